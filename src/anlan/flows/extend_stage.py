"""A unit asks for more time, and somebody else grants or declines it."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from anlan.base.errors import Refused
from anlan.cases import deadlines, extensions
from anlan.cases.extensions import Ends
from anlan.cases.limits import Limit, TimeUnit
from anlan.cases.terms import TOTAL, Stage
from anlan.flows import case_steps
from anlan.staff.terms import Action
from anlan.store.models import Case, Extension, StageClock
from anlan.store.readers.limits import city_calendar, terms_for
from anlan.store.readers.staff import Acting


@transaction.atomic
def ask_for_time(
    *, acting_user: Acting, case_id: int, version: int, now: datetime, amount: int, unit: str, reason: str
) -> Extension:
    """The unit that handles a case asks for so much more time; nothing moves until somebody else grants it.

    Raises Refused("reason_missing", "extension_not_here", "extension_asked", "extension_too_short",
    "limit_out_of_range", "beyond_calendar"), NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.HANDLE)
    if actor.user is None or not reason.strip():
        raise Refused("reason_missing")
    clock = _running(case)
    if clock.extensions.filter(answered_at=None).exists():
        raise Refused("extension_asked")
    more = Limit(amount, TimeUnit(unit))
    ends = extensions.extended(_ends(clock), more, city_calendar(), now)
    asked = Extension.objects.create(
        case=case,
        clock=clock,
        amount=amount,
        time_unit=more.unit,
        asked_by=actor.user,
        asked_at=now,
        reason=reason.strip(),
    )
    changes = _told(more, clock.due_at, ends.stage)
    case_steps.record(case, "extension_asked", actor=actor, now=now, reason=reason, changes=changes)
    return asked


@transaction.atomic
def grant_time(
    *, acting_user: Acting, case_id: int, version: int, now: datetime, reason: str = ""
) -> Extension:
    """Somebody else grants the time: the ends of the stage and of the case move, the old end stays on file.

    Raises Refused("no_extension", "own_extension", "extension_too_short", ...), NotFound, Conflict.
    """
    case, asked, actor = _answering(acting_user, case_id, version)
    clock, more = asked.clock, Limit(asked.amount, TimeUnit(asked.time_unit))
    total = StageClock.objects.filter(case=case, stage=TOTAL, ended_at=None).first()
    ends = extensions.extended(_ends(clock, total), more, city_calendar(), now)
    changes = _told(more, clock.due_at, ends.stage)
    asked.due_before = clock.due_at
    case.due_at = asked.due_after = ends.stage.astimezone(UTC)
    _move(clock, ends.stage, case)
    if total is not None:
        _move(total, ends.total, case)
    _answer(asked, actor, now, granted=True, reason=reason)
    case_steps.record(case, "extension_granted", actor=actor, now=now, reason=reason, changes=changes)
    return asked


@transaction.atomic
def decline_time(*, acting_user: Acting, case_id: int, version: int, now: datetime, reason: str) -> Extension:
    """Somebody else declines, and says why; the end stays.

    Raises Refused("reason_missing", "no_extension", "own_extension"), NotFound, Conflict.
    """
    case, asked, actor = _answering(acting_user, case_id, version)
    if not reason.strip():
        raise Refused("reason_missing")
    _answer(asked, actor, now, granted=False, reason=reason)
    case_steps.record(case, "extension_declined", actor=actor, now=now, reason=reason)
    return asked


def _running(case: Case) -> StageClock:
    """The clock of the rectification that runs now. Raises Refused("extension_not_here")."""
    clock = StageClock.objects.filter(
        case=case, stage=Stage.HANDLE, ended_at=None, paused_at=None, due_at__isnull=False
    ).first()
    if clock is None:
        raise Refused("extension_not_here")
    return clock


def _answering(acting: Acting, case_id: int, version: int) -> tuple[Case, Extension, case_steps.Actor]:
    case, actor = case_steps.lock(acting, case_id, version=version, action=Action.PARK)
    clock = _running(case)
    asked = clock.extensions.select_related("clock").filter(answered_at=None).first()
    if asked is None or actor.user is None:
        raise Refused("no_extension")
    extensions.check_answerer(asked.asked_by_id, actor.user.pk)
    return case, asked, actor


def _ends(clock: StageClock, total: StageClock | None = None) -> Ends:
    if clock.due_at is None:
        raise Refused("extension_not_here")
    return Ends(clock.due_at, None if total is None else total.due_at)


def _move(clock: StageClock, due_at: datetime | None, case: Case) -> None:
    if due_at is None:
        return
    terms = terms_for(case.category, case.severity)
    clock.due_at = due_at.astimezone(UTC)
    clock.near_at = deadlines.near(clock.stage, clock.began_at, clock.due_at, terms)
    clock.save(update_fields=["due_at", "near_at"])


def _answer(asked: Extension, actor: case_steps.Actor, now: datetime, *, granted: bool, reason: str) -> None:
    asked.answered_by, asked.answered_at = actor.user, now
    asked.granted, asked.answer = granted, reason.strip()
    asked.save()


def _told(more: Limit, before: datetime | None, after: datetime) -> dict[str, list[Any]]:
    """What the history keeps: how much was asked, the end before and the end after."""
    return {
        "more_time": [None, f"{more.amount} {more.unit}"],
        "due_at": [before and before.isoformat(), after.astimezone(UTC).isoformat()],
    }
