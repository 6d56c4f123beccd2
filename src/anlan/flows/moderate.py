"""A person decides what the public reads of a case; every look at the words as they came is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.flows.publish_cases import forget_news
from anlan.publishing.redaction import covered, spans_in
from anlan.publishing.spans import Span
from anlan.publishing.terms import ModerationStep, PlaceRule
from anlan.staff.permissions import deciding
from anlan.staff.terms import Action, Spot
from anlan.store.models import Case, Membership, Moderation, PublicCase, Report
from anlan.store.readers.staff import Acting

LONGEST = 2000


@dataclass(frozen=True)
class Original:
    """The words of one report as they came, what may reach a person in them, and the words without it."""

    words: str
    spans: Sequence[Span]
    suggested: str


@transaction.atomic
def look_at(*, acting_user: Acting, case_id: int, now: datetime) -> list[Original]:
    """The words of a case's reports, the first first; that somebody looked is kept. Raises NotFound."""
    shown, membership = _locked(acting_user, case_id)
    _note(shown, membership, ModerationStep.LOOKED, now)
    reports = Report.objects.filter(case=case_id).order_by("received_at", "pk")
    return [_original(words) for words in reports.values_list("words", flat=True) if words]


def _original(words: str) -> Original:
    spans = spans_in(words)
    return Original(words, spans, covered(words, spans))


@transaction.atomic
def clear_words(
    *, acting_user: Acting, case_id: int, words: str, with_address: bool, now: datetime
) -> PublicCase:
    """Let the public read these words, and the address where the place may be exact.

    Raises NotFound, Refused("words_missing", "words_too_long").
    """
    shown, membership = _locked(acting_user, case_id)
    words = words.strip()
    if not words:
        raise Refused("words_missing")
    if len(words) > LONGEST:
        raise Refused("words_too_long", most=LONGEST)
    exact = with_address and shown.place_rule == PlaceRule.EXACT
    address = Case.objects.values_list("address", flat=True).get(pk=case_id) if exact else ""
    shown.words, shown.address, shown.cleared_at, shown.updated_at = words, address, now, now
    shown.save(update_fields=["words", "address", "cleared_at", "updated_at"])
    _note(shown, membership, ModerationStep.CLEARED, now, words=words)
    return shown


@transaction.atomic
def withhold_words(*, acting_user: Acting, case_id: int, reason: str, now: datetime) -> None:
    """Take cleared words back. Raises NotFound, Refused("reason_missing")."""
    shown, membership = _locked(acting_user, case_id)
    _check_reason(reason)
    shown.words = shown.address = ""
    shown.updated_at = now
    shown.save(update_fields=["words", "address", "updated_at"])
    _note(shown, membership, ModerationStep.WITHHELD, now, reason=reason)


@transaction.atomic
def hide_case(*, acting_user: Acting, case_id: int, reason: str, now: datetime) -> None:
    """Take a case from every public page, and back what followers were not told yet.

    Raises NotFound, Refused("reason_missing").
    """
    shown, membership = _locked(acting_user, case_id)
    _check_reason(reason)
    if shown.shown:
        PublicCase.objects.filter(pk=case_id).update(shown=False, updated_at=now)
        forget_news(case_id)
        _note(shown, membership, ModerationStep.HIDDEN, now, reason=reason)


@transaction.atomic
def show_case(*, acting_user: Acting, case_id: int, now: datetime) -> None:
    """Show a hidden case again. Raises NotFound, Refused("kind_never_shown")."""
    shown, membership = _locked(acting_user, case_id)
    if shown.category.public_place == PlaceRule.NEVER:
        raise Refused("kind_never_shown")
    if not shown.shown:
        PublicCase.objects.filter(pk=case_id).update(shown=True, updated_at=now)
        _note(shown, membership, ModerationStep.SHOWN, now)


def _locked(acting_user: Acting, case_id: int) -> tuple[PublicCase, Membership]:
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


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("reason_missing")


def _note(
    shown: PublicCase,
    membership: Membership,
    step: ModerationStep,
    now: datetime,
    *,
    reason: str = "",
    words: str = "",
) -> None:
    Moderation.objects.create(
        case_id=shown.pk,
        at=now,
        actor=membership.user,
        actor_unit=membership.unit,
        step=step,
        reason=reason.strip(),
        words=words,
    )
