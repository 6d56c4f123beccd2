"""A mail becomes a report, or an addition to the one that it answers; once, whoever is killed meanwhile.

1. The row of the mail is claimed: by its Message-ID and mailbox, so that the same mail twice is one.
2. It is read, and its photos are drawn anew, outside any transaction.
3. One transaction stores the report, ends the row and says that an answer is due.

The mail stays in the mailbox until 3 is done: killed before, it is read again, and a claim runs out.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from anlan.base.errors import Refused
from anlan.cases.emergency_words import sounds_urgent
from anlan.cases.mail.automatic import ignored
from anlan.cases.mail.naming import kind_named, sentence_with
from anlan.cases.mail.reading import parsed, read, report_words, sender_of
from anlan.cases.mail.terms import Aside, Ignored, Mail, Outcome
from anlan.cases.mail.tokens import thread_in
from anlan.cases.terms import Channel, PlaceSource
from anlan.flows.counting import mark_of
from anlan.flows.follow_report import PHOTOS_IN_ALL, add_to_report
from anlan.flows.hold_report import add_to_held, take_report
from anlan.flows.mail_threads import address_of, begin_thread, go_on, our_address, thread_key
from anlan.flows.mail_tokens import mail_token
from anlan.flows.receipts import installation_salt
from anlan.flows.store_photos import Picture, take_picture
from anlan.flows.submit_report import Told
from anlan.flows.weigh_report import Sender
from anlan.publishing.photos import MAX_PHOTOS
from anlan.publishing.receipts import key_of
from anlan.store.models import HeldReport, InMail, MailThread, Report
from anlan.store.readers import report_form as offers

LEASE = timedelta(minutes=10)
"""How long whoever claimed a mail may take; four photos take some minutes at most."""

MOST_TRIES = 3
"""Readers that may end over a mail before it is set aside."""

LONGEST_HEAD = 200_000
"""Bytes in which the fields of a mail are looked for before it is read."""

_MESSAGE_ID = re.compile(rb"^message-id:\s{0,20}(<[^<>\s]{1,250}>)", re.IGNORECASE | re.MULTILINE)

type Left = list[list[str]]
"""The names of what was attached and is not kept, each with why."""

_log = logging.getLogger("anlan.mail")


@dataclass(frozen=True)
class Letter:
    """A mail as it lies in a mailbox; `raw` is None of one that is too large to be read."""

    mailbox: str
    place: str
    size: int
    raw: bytes | None


def take_mail(*, acting_user: None, letter: Letter, now: datetime) -> Outcome:
    """Take one mail; what became of it. READING: somebody else is at it, look again later."""
    mark = _mark_of(letter)
    row = _claim(mark, letter, now)
    if row is None:
        return Outcome(InMail.objects.get(mark=mark).outcome)
    if letter.raw is None:
        return _end(row, Outcome.ASIDE, Aside.TOO_LARGE)
    if row.tries > MOST_TRIES:
        return _end(row, Outcome.ASIDE, Aside.ENDED_READER)
    try:
        mail, passed_over = _read(letter.raw)
    except Exception:  # a mail may be anything: one that breaks its reader must not stop those behind it
        _log.exception("a mail could not be read")
        return _end(row, Outcome.ASIDE, Aside.UNREADABLE)
    if passed_over is not None:
        return _end(row, Outcome.IGNORED, passed_over)
    pictures, left = _pictures(mail, now)
    try:
        return _store(row, letter.mailbox, mail, pictures, left, now)
    except Refused:
        return _end(row, Outcome.ASIDE, Aside.REFUSED)


def _mark_of(letter: Letter) -> bytes:
    """What stands for the mail: its Message-ID, else its bytes."""
    if letter.raw is None:
        return _mark(letter.mailbox, f"large {letter.place} {letter.size}")
    head = letter.raw[:LONGEST_HEAD].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    said = _MESSAGE_ID.search(head)
    return _mark(letter.mailbox, (said[1] if said else letter.raw).decode("latin-1"))


def _mark(mailbox: str, what: str) -> bytes:
    return mark_of("mail", f"{mailbox} {what}", installation_salt())


def _claim(mark: bytes, letter: Letter, now: datetime) -> InMail | None:
    """The row of a mail that nobody has done and nobody is at; None for any other."""
    facts = {"came_at": now, "place": letter.place[:200], "size": letter.size}
    InMail.objects.get_or_create(mark=mark, defaults=facts)
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    mine = InMail.objects.filter(free, mark=mark, outcome=Outcome.READING)
    got = mine.update(claimed_until=now + LEASE, tries=F("tries") + 1, place=letter.place[:200])
    return InMail.objects.get(mark=mark) if got else None


def _end(row: InMail, outcome: Outcome, why: str = "") -> Outcome:
    """Write down what became of a mail."""
    row.outcome, row.why, row.claimed_until = outcome, why, None
    row.save()
    return outcome


def _read(raw: bytes) -> tuple[Mail, Ignored | None]:
    message = parsed(raw)
    ours = {our_address().lower(), settings.DEFAULT_FROM_EMAIL.lower()}
    return read(message, most_photos=MAX_PHOTOS), ignored(message, sender_of(message), ours)


def _pictures(mail: Mail, now: datetime) -> tuple[list[Picture], Left]:
    """The photos, drawn anew, and what is not kept."""
    pictures: list[Picture] = []
    left: Left = [[name, why] for name, why in mail.left]
    for photo in mail.photos:
        try:
            pictures.append(take_picture(photo.data, now=now))
        except Refused as no:
            left.append([photo.name, no.reason])
    return pictures, left


@transaction.atomic
def _store(
    row: InMail, mailbox: str, mail: Mail, pictures: Sequence[Picture], left: Left, now: datetime
) -> Outcome:
    """Store what a mail says, and end its row, or neither. Raises Refused."""
    row.left, row.sounds_urgent = left, sounds_urgent(report_words(mail))
    thread = _answered(mail, mailbox)
    if thread is not None and _added(row, thread, mail, pictures, now):
        return _end(row, Outcome.ADDED)
    if not report_words(mail) and not pictures:
        return _end(row, Outcome.ASIDE, Aside.EMPTY)
    _begin(row, mail, pictures, now)
    return _end(row, Outcome.REPORT)


def _answered(mail: Mail, mailbox: str) -> MailThread | None:
    """The thread that a mail goes on: by the word that only its reader has, else by an earlier mail.

    An address in From proves nothing: it counts only beside the id of an earlier mail from there.
    """
    known = thread_in(mail, thread_key())
    found = MailThread.objects.filter(pk=known).first() if known is not None else None
    if found is not None:
        return found
    marks = [_mark(mailbox, each) for each in mail.answers]
    earlier = MailThread.objects.filter(mails__mark__in=marks).order_by("-pk").first()
    if earlier is None or not mail.sender or address_of(earlier.key).lower() != mail.sender:
        return None
    return earlier


def _added(row: InMail, thread: MailThread, mail: Mail, pictures: Sequence[Picture], now: datetime) -> bool:
    """Add it to the report of a thread, or to what waits before it is one; False when neither takes it."""
    words = mail.words
    if not words and not pictures:
        return False
    report = Report.objects.filter(idempotency_key=thread.key, withdrawn_at=None).first()
    held = HeldReport.objects.filter(idempotency_key=thread.key, decided_at=None, withdrawn_at=None).first()
    common = {"acting_user": None, "token": mail_token(row), "words": words, "now": now}
    if report is not None:
        fitting = pictures[: max(PHOTOS_IN_ALL - report.photos.count(), 0)]
        add_to_report(**common, report_id=report.pk, pictures=fitting)  # type: ignore[arg-type]
    elif held is not None:
        fitting = pictures[: MAX_PHOTOS - len(held.pictures)]
        add_to_held(acting_user=None, held_id=held.pk, words=words, pictures=fitting)
    else:
        return False
    row.left += [["", "too_many"]] * (len(pictures) > len(fitting))
    row.thread = thread
    go_on(thread, mail)
    row.answer_due = bool(row.left) or row.sounds_urgent
    return True


def _begin(row: InMail, mail: Mail, pictures: Sequence[Picture], now: datetime) -> None:
    """The report that a mail makes, at once or held, with the thread in which it is answered."""
    token = mail_token(row)
    told = replace(_told(mail), pictures=pictures)
    is_clear = told.category_code and told.place_source is PlaceSource.ADDRESS
    sender = Sender(mail=mail.sender or "unknown", unclear=not is_clear)
    take_report(acting_user=None, token=token, told=told, sender=sender, now=now, channel=Channel.MAIL)
    if mail.sender:
        row.thread = begin_thread(key_of(token), mail, now)
        row.answer_due = True


def _told(mail: Mail) -> Told:
    """What a mail tells: the kind and the place that its words name, else the whole city and no kind."""
    words = report_words(mail)
    families = offers.families()
    kinds = [kind for family in families for kind in family.kinds]
    meant = offers.areas_meant(words)
    city = offers.whole_city()
    area = meant[0] if len(meant) == 1 else city
    return Told(
        category_code=kind_named(words, kinds, families),
        words=words,
        area_code=area.code if area is not None else "",
        address=_sentence(words, meant[0].name) if len(meant) == 1 else "",
        place_source=PlaceSource.ADDRESS if len(meant) == 1 else PlaceSource.AREA,
        email=mail.sender,
        language=mail.language,
    )


def _sentence(words: str, name: str) -> str:
    return sentence_with(name, words) or sentence_with(name[:2], words)
