"""What lies in the mailbox is read, each mail once, and the mailbox is cleared of it afterwards."""

from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Q

from anlan.cases.mail.terms import MAX_BYTES, Outcome
from anlan.channels.mail_in import Mailbox, Waiting, opened
from anlan.flows.take_mail import Letter, take_mail
from anlan.store.models import MailboxState

LEASE = timedelta(minutes=15)
"""How long whoever reads the mailbox may take."""

SECONDS = 300
"""After this no further mail is begun; the next reading goes on. The last one may take some minutes."""


def read_mailbox(*, acting_user: None, address: str, now: datetime) -> int:
    """Read what lies in the mailbox at `address`, for SECONDS; how many mails were done.

    Nothing while somebody else reads it. That it could be read, or since when it cannot, is kept for the page
    of the mailbox.
    """
    if not _claimed(now):
        return 0
    try:
        with opened(address) as mailbox:
            done = _read(mailbox, now)
    except OSError as error:
        _failed(error, now)
        return 0
    good = {"claimed_until": None, "read_at": now, "failed_at": None, "error": ""}
    MailboxState.objects.update_or_create(pk=1, defaults=good)
    return done


def _claimed(now: datetime) -> bool:
    """Claim the mailbox, unless somebody reads it."""
    MailboxState.objects.get_or_create(pk=1)
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return bool(MailboxState.objects.filter(free, pk=1).update(claimed_until=now + LEASE))


def _read(mailbox: Mailbox, now: datetime) -> int:
    until, done = monotonic() + SECONDS, 0
    for each in mailbox.waiting():
        if monotonic() > until:
            break
        done += _took(mailbox, each, now)
    return done


def _took(mailbox: Mailbox, waiting: Waiting, now: datetime) -> bool:
    """Take one mail, and clear the mailbox of it; was it done?"""
    raw = mailbox.read(waiting.place) if waiting.size <= MAX_BYTES else None
    letter = Letter(mailbox.name, waiting.place, waiting.size, raw)
    outcome = take_mail(acting_user=None, letter=letter, now=now)
    if outcome in (Outcome.ASIDE, Outcome.IGNORED):
        mailbox.put_into(outcome, waiting.place)
    elif outcome is not Outcome.READING:
        mailbox.remove(waiting.place)
    return outcome is not Outcome.READING


@transaction.atomic
def _failed(error: OSError, now: datetime) -> None:
    """Keep since when the mailbox cannot be read."""
    state, _made = MailboxState.objects.select_for_update().get_or_create(pk=1)
    state.failed_at = state.failed_at or now
    state.error, state.claimed_until = str(error)[:200], None
    state.save()
