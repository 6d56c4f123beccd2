"""Reporters who wrote by mail are answered below their mail: what became of it, and what the desk decided."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import override

from anlan.cases.mail.terms import Outcome
from anlan.cases.terms import Channel, Step
from anlan.flows import mail_words
from anlan.flows.counting import count, mark_of
from anlan.flows.mail_threads import address_of, post
from anlan.flows.mail_tokens import mail_token
from anlan.flows.receipts import installation_salt
from anlan.flows.submit_report import code_again
from anlan.store.models import CaseEvent, CountKind, HeldReport, InMail, Report

MOST_ANSWERS = 10
"""Answers by itself that one address gets in a day: two machines that answer each other end after these."""

LEASE = timedelta(minutes=5)
"""How long whoever answers a mail may take, and until the next try when the mail system did not take it."""

TRIED = timedelta(days=2)

_log = logging.getLogger("anlan.mail")

BY_ITSELF: Mapping[str, str] = MappingProxyType({"Auto-Submitted": "auto-replied"})
"""RFC 3834: no machine that follows it answers."""

WROTE = "wrote"
"""The step of a case's history in which somebody at the desk writes to a reporter."""

EVENT_WORDS: Mapping[str, Callable[[CaseEvent], str]] = MappingProxyType(
    {Step.REJECT: mail_words.rejected, WROTE: mail_words.written}
)
"""The steps of a case that say something to reporters, and what."""


def answer_mails(*, acting_user: None, now: datetime) -> int:
    """Tell the senders of mails what became of them; how many answers left.

    One that the mail system does not take is tried again after LEASE, for TRIED. Sent again, by somebody who
    was killed before, it has the same Message-ID.
    """
    InMail.objects.filter(answer_due=True, came_at__lt=now - TRIED).update(answer_due=False)
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    due = InMail.objects.filter(free, answer_due=True).exclude(outcome=Outcome.READING)
    return sum(_answer_claimed(pk, now) for pk in due.order_by("came_at", "pk").values_list("pk", flat=True))


def _answer_claimed(pk: int, now: datetime) -> bool:
    """Answer one mail if nobody else does; did an answer leave?"""
    free = InMail.objects.filter(Q(claimed_until=None) | Q(claimed_until__lte=now), answer_due=True)
    if not free.filter(pk=pk).update(claimed_until=now + LEASE):
        return False
    try:
        sent = _answer(InMail.objects.select_related("thread").get(pk=pk), now)
    except OSError:
        _log.exception("an answer to a mail was not taken")
        return False
    InMail.objects.filter(pk=pk).update(answer_due=False, claimed_until=None, left=[])
    return sent


def _answer(row: InMail, now: datetime) -> bool:
    """Tell the sender of a mail what became of it, in the language of the mail."""
    to = address_of(row.thread.key) if row.thread is not None else ""
    if row.thread is None or not to or not _may_answer(to, now):
        return False
    with override(row.thread.language or settings.LANGUAGE_CODE):
        said = mail_words.added() if row.outcome == Outcome.ADDED else _taken(row, row.thread.key)
        text = "\n\n".join([*_first(row), *said, *mail_words.not_kept(row.left)])
        subject = mail_words.subject()
        post(row.thread.key, to=to, subject=subject, text=text, name=f"mail.{row.pk}", headers=BY_ITSELF)
    return True


def answer_held(*, acting_user: None, held_id: int) -> bool:
    """Tell who reported by mail that a person let the report in, or set it aside and why; was it sent?"""
    held = HeldReport.objects.select_related("report").filter(pk=held_id, channel=Channel.MAIL).first()
    if held is None or not held.decision:
        return False
    language = held.report.language if held.report is not None else held.told.get("language", "")
    name = f"held.{held.pk}.{held.decision}"
    return _write(held.idempotency_key, language, lambda: mail_words.decided(held), name)


def answer_event(*, acting_user: None, event_id: int) -> int:
    """Tell reporters by mail what a step of their case says to them; how many were written to."""
    event = CaseEvent.objects.select_related("case").filter(pk=event_id, step__in=EVENT_WORDS).first()
    if event is None:
        return 0
    reports = Report.objects.filter(case=event.case_id, withdrawn_at=None)
    meant = {"pk": event.changes["report"][-1]} if event.step == WROTE else {"channel": Channel.MAIL}
    words = EVENT_WORDS[event.step]
    return sum(
        _write(each.idempotency_key, each.language, lambda: words(event), f"event.{event.pk}.{each.pk}")
        for each in reports.filter(**meant)
    )


def _write(key: UUID, language: str, words: Callable[[], str], name: str) -> bool:
    """Write to the reporter of the report with this key, if an address of theirs is kept; was it?"""
    to = address_of(key)
    if not to:
        return False
    with override(language or settings.LANGUAGE_CODE):
        text = f"{words()}\n\n{mail_words.receipt_page()}\n"
        post(key, to=to, subject=mail_words.subject(), text=text, name=name)
    return True


def _first(row: InMail) -> list[str]:
    """The numbers to call, when what the mail says sounds as if somebody were in danger."""
    return [mail_words.urgent()] if row.sounds_urgent else []


def _taken(row: InMail, key: UUID) -> list[str]:
    """What confirms the report that a mail began."""
    report = Report.objects.filter(idempotency_key=key).first()
    held = HeldReport.objects.filter(idempotency_key=key).first()
    kept = report or held
    code = code_again(mail_token(row), kept.receipt_hash) if kept is not None else None
    photos = report.photos.count() if report is not None else len(held.pictures) if held is not None else 0
    return mail_words.taken(code, held.reasons if held is not None and report is None else None, photos)


@transaction.atomic
def _may_answer(address: str, now: datetime) -> bool:
    """Count an answer to an address; is it not one too many today?"""
    mark = mark_of("mail answer", address.lower(), installation_salt())
    return count(CountKind.ANSWER, mark, now).in_day < MOST_ANSWERS
