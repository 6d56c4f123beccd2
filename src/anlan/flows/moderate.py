"""A person decides what the public reads of a case; every look at words as they came is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.cases.terms import Step
from anlan.flows.note_look import note_look
from anlan.flows.publish_cases import forget_news
from anlan.publishing.open311.answering import Answers, lines
from anlan.publishing.redaction import covered, spans_in
from anlan.publishing.spans import Span
from anlan.publishing.terms import ModerationStep, PlaceRule
from anlan.staff.permissions import deciding
from anlan.staff.terms import Action, Spot
from anlan.store.models import Case, CaseEvent, Membership, Moderation, PublicCase, Report, ReportAddition
from anlan.store.readers.staff import Acting

LONGEST = 10_000
"""Characters that the public reads of one case: several reports and what was added to them."""


WORDS = ("words", "done_words", "address")
"""Columns of what the public reads."""


class Source(StrEnum):
    """Who said something."""

    REPORT = "report"
    ANSWERS = "answers"  # to what a category asks
    ADDITION = "addition"  # of a reporter, later
    DONE = "done"  # of the unit, when it rectified


@dataclass(frozen=True)
class Original:
    """Words as they came, what may reach a person in them, and the words without it."""

    source: Source
    words: str
    spans: Sequence[Span]
    suggested: str


@transaction.atomic
def look_at(*, acting_user: Acting, case_id: int, now: datetime) -> list[Original]:
    """What was said of a case, the first first; that somebody looked is kept. Raises NotFound.

    That is the words of its reports, what was added to them, and what was done when it was last rectified.
    """
    shown, membership = locked_for(acting_user, case_id)
    note(shown.pk, membership, ModerationStep.LOOKED, now)
    note_look(acting_user=acting_user, case_id=case_id, now=now)
    return [_original(source, words) for source, words in _said_of(case_id) if words.strip()]


def _said_of(case_id: int) -> list[tuple[Source, str]]:
    reports = Report.objects.filter(case=case_id).order_by("received_at", "pk")
    added = ReportAddition.objects.filter(report__case=case_id).order_by("received_at", "pk")
    done = CaseEvent.objects.filter(case=case_id, step=Step.RECTIFY).order_by("-at", "-pk")
    return [
        *(said for pair in reports.values_list("words", "answers") for said in _reported(*pair)),
        *((Source.ADDITION, words) for words in added.values_list("words", flat=True)),
        *((Source.DONE, words) for words in done.values_list("reason", flat=True)[:1]),
    ]


def _reported(words: str, answers: Answers) -> list[tuple[Source, str]]:
    """Words and answers of one report; answers are read and covered as words are."""
    return [(Source.REPORT, words), (Source.ANSWERS, "\n".join(lines(answers)))]


def _original(source: Source, words: str) -> Original:
    spans = spans_in(words)
    return Original(source, words, spans, covered(words, spans))


@transaction.atomic
def clear_words(
    *, acting_user: Acting, case_id: int, words: str, with_address: bool, now: datetime, done: str = ""
) -> PublicCase:
    """Let the public read what was reported and `done`, and the address where the place may be exact.

    Raises NotFound, Refused("words_missing", "words_too_long").
    """
    shown, membership = locked_for(acting_user, case_id)
    words, done = words.strip(), done.strip()
    if not words and not done:
        raise Refused("words_missing")
    if max(len(words), len(done)) > LONGEST:
        raise Refused("words_too_long", most=LONGEST)
    exact = with_address and shown.place_rule == PlaceRule.EXACT
    address = Case.objects.values_list("address", flat=True).get(pk=case_id) if exact else ""
    shown.words, shown.done_words, shown.address = words, done, address
    shown.cleared_at = shown.updated_at = now
    shown.waiting_since = None
    shown.save(update_fields=[*WORDS, "cleared_at", "updated_at", "waiting_since"])
    note(case_id, membership, ModerationStep.CLEARED, now, words="\n\n".join(filter(None, (words, done))))
    return shown


@transaction.atomic
def withhold_words(*, acting_user: Acting, case_id: int, reason: str, now: datetime) -> None:
    """Take cleared words back, or say that what waits is not for the public.

    Raises NotFound, Refused("reason_missing").
    """
    shown, membership = locked_for(acting_user, case_id)
    check_reason(reason)
    shown.words = shown.done_words = shown.address = ""
    shown.updated_at, shown.waiting_since = now, None
    shown.save(update_fields=[*WORDS, "updated_at", "waiting_since"])
    note(case_id, membership, ModerationStep.WITHHELD, now, reason=reason)


@transaction.atomic
def hide_case(*, acting_user: Acting, case_id: int, reason: str, now: datetime) -> None:
    """Take a case from every public page, and back what followers were not told yet.

    Raises NotFound, Refused("reason_missing").
    """
    shown, membership = locked_for(acting_user, case_id)
    check_reason(reason)
    if shown.shown:
        PublicCase.objects.filter(pk=case_id).update(shown=False, updated_at=now)
        forget_news(case_id)
        note(case_id, membership, ModerationStep.HIDDEN, now, reason=reason)


@transaction.atomic
def show_case(*, acting_user: Acting, case_id: int, now: datetime) -> None:
    """Show a hidden case again. Raises NotFound, Refused("kind_never_shown")."""
    shown, membership = locked_for(acting_user, case_id)
    if shown.category.public_place == PlaceRule.NEVER:
        raise Refused("kind_never_shown")
    if not shown.shown:
        PublicCase.objects.filter(pk=case_id).update(shown=True, updated_at=now)
        note(case_id, membership, ModerationStep.SHOWN, now)


def locked_for(acting_user: Acting, case_id: int) -> tuple[PublicCase, Membership]:
    """The row, locked, and the membership that lets this person decide. Raises NotFound."""
    shown = (
        PublicCase.objects.select_for_update(of=("self",))
        .select_related("category")
        .filter(pk=case_id)
        .first()
    )
    if shown is None:
        raise NotFound
    membership = deciding(acting_user.memberships, Action.MODERATE, Spot(shown.area_path))
    if membership is None:
        raise NotFound
    return shown, membership


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("reason_missing")


def note(
    case_id: int,
    membership: Membership,
    step: ModerationStep,
    now: datetime,
    *,
    reason: str = "",
    words: str = "",
    photo: UUID | None = None,
) -> None:
    """Write down what a person did about what the public sees of a case."""
    Moderation.objects.create(
        case_id=case_id,
        at=now,
        actor=membership.user,
        actor_unit=membership.unit,
        step=step,
        reason=reason.strip(),
        words=words,
        photo=photo,
    )
