"""A unit asks for more time, and somebody else grants or declines it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from anlan.base.errors import Refused
from anlan.cases import deadlines, extensions, task_states
from anlan.cases.extensions import Ends
from anlan.cases.limits import Limit, TimeUnit
from anlan.cases.task_states import stage_of
from anlan.cases.terms import TOTAL, Stage
from anlan.flows import case_steps
from anlan.flows.case_tasks import lock_task, told_of
from anlan.staff.terms import Action
from anlan.store.models import Case, CaseTask, Extension, StageClock
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
    return _ask(case, _running(case), actor, now, Limit(amount, TimeUnit(unit)), reason)


@transaction.atomic
def ask_for_task_time(
    *,
    acting_user: Acting,
    case_id: int,
    version: int,
    task_id: int,
    now: datetime,
    amount: int,
    unit: str,
    reason: str,
) -> Extension:
    """As `ask_for_time`, by the unit of a task for its own part. Raises as that does."""
    case, task, actor = lock_task(acting_user, case_id, version, task_id, Action.HANDLE)
    clock = _running_of(task)
    return _ask(case, clock, actor, now, Limit(amount, TimeUnit(unit)), reason, told_of(task, task.state))


@transaction.atomic
def grant_time(
    *, acting_user: Acting, case_id: int, version: int, now: datetime, reason: str = ""
) -> Extension:
    """Somebody else grants the time: the ends of the stage and of the case move, the old end stays on file.

    Raises Refused("no_extension", "own_extension", "extension_too_short", ...), NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.PARK)
    asked = _asked(_running(case), actor)
    clock, more = asked.clock, Limit(asked.amount, TimeUnit(asked.time_unit))
    total = StageClock.objects.filter(case=case, stage=TOTAL, ended_at=None).first()
    ends = extensions.extended(_ends(clock, total), more, city_calendar(), now)
    changes = _told(more, clock.due_at, ends.stage)
    asked.due_before = clock.due_at
    case.due_at = asked.due_after = ends.stage.astimezone(UTC)
    _move(clock, ends.stage, case)
    case.near_at = clock.near_at
    if total is not None:
        _move(total, ends.total, case)
    _answer(asked, actor, now, granted=True, reason=reason)
    case_steps.record(case, "extension_granted", actor=actor, now=now, reason=reason, changes=changes)
    return asked


@transaction.atomic
def grant_task_time(
    *, acting_user: Acting, case_id: int, version: int, task_id: int, now: datetime, reason: str = ""
) -> Extension:
    """As `grant_time`, for the part of another unit; the end of the whole case stays. Raises as that does."""
    case, task, actor = lock_task(acting_user, case_id, version, task_id, Action.PARK)
    asked = _asked(_running_of(task), actor)
    clock, more = asked.clock, Limit(asked.amount, TimeUnit(asked.time_unit))
    ends = extensions.extended(_ends(clock), more, city_calendar(), now)
    changes = _told(more, clock.due_at, ends.stage) | told_of(task, task.state)
    asked.due_before = clock.due_at
    _move(clock, ends.stage, case)
    asked.due_after = task.due_at = clock.due_at
    task.near_at = clock.near_at
    task.save(update_fields=["due_at", "near_at"])
    _answer(asked, actor, now, granted=True, reason=reason)
    case_steps.record(case, "extension_granted", actor=actor, now=now, reason=reason, changes=changes)
    return asked


@transaction.atomic
def decline_time(*, acting_user: Acting, case_id: int, version: int, now: datetime, reason: str) -> Extension:
    """Somebody else declines, and says why; the end stays.

    Raises Refused("reason_missing", "no_extension", "own_extension"), NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.PARK)
    return _decline(case, _asked(_running(case), actor), actor, now, reason)


@transaction.atomic
def decline_task_time(
    *, acting_user: Acting, case_id: int, version: int, task_id: int, now: datetime, reason: str
) -> Extension:
    """As `decline_time`, for the part of another unit. Raises as that does."""
    case, task, actor = lock_task(acting_user, case_id, version, task_id, Action.PARK)
    asked = _asked(_running_of(task), actor)
    return _decline(case, asked, actor, now, reason, told_of(task, task.state))


def _ask(
    case: Case,
    clock: StageClock,
    actor: case_steps.Actor,
    now: datetime,
    more: Limit,
    reason: str,
    told: Mapping[str, list[Any]] = case_steps.NO_COLUMNS,
) -> Extension:
    if actor.user is None or not reason.strip():
        raise Refused("reason_missing")
    if clock.extensions.filter(answered_at=None).exists():
        raise Refused("extension_asked")
    ends = extensions.extended(_ends(clock), more, city_calendar(), now)
    asked = Extension.objects.create(
        case=case,
        clock=clock,
        amount=more.amount,
        time_unit=more.unit,
        asked_by=actor.user,
        asked_at=now,
        reason=reason.strip(),
    )
    changes = _told(more, clock.due_at, ends.stage) | dict(told)
    case_steps.record(case, "extension_asked", actor=actor, now=now, reason=reason, changes=changes)
    return asked


def _decline(
    case: Case,
    asked: Extension,
    actor: case_steps.Actor,
    now: datetime,
    reason: str,
    told: Mapping[str, list[Any]] = case_steps.NO_COLUMNS,
) -> Extension:
    if not reason.strip():
        raise Refused("reason_missing")
    _answer(asked, actor, now, granted=False, reason=reason)
    changes = dict(told)
    case_steps.record(case, "extension_declined", actor=actor, now=now, reason=reason, changes=changes)
    return asked


def _running(case: Case) -> StageClock:
    """The clock of the rectification that runs now. Raises Refused("extension_not_here")."""
    clock = StageClock.objects.filter(
        case=case, stage=Stage.HANDLE, ended_at=None, paused_at=None, due_at__isnull=False
    ).first()
    if clock is None:
        raise Refused("extension_not_here")
    return clock


def _running_of(task: CaseTask) -> StageClock:
    """The clock of a task that its unit works on. Raises Refused("extension_not_here")."""
    name = task_states.CLOCKS[Stage.HANDLE]
    clock = StageClock.objects.filter(task=task, stage=name, ended_at=None, paused_at=None).first()
    if clock is None:
        raise Refused("extension_not_here")
    return clock


def _asked(clock: StageClock, actor: case_steps.Actor) -> Extension:
    """What waits for this person's answer. Raises Refused("no_extension", "own_extension")."""
    asked = clock.extensions.select_related("clock").filter(answered_at=None).first()
    if asked is None or actor.user is None:
        raise Refused("no_extension")
    extensions.check_answerer(asked.asked_by_id, actor.user.pk)
    return asked


def _ends(clock: StageClock, total: StageClock | None = None) -> Ends:
    if clock.due_at is None:
        raise Refused("extension_not_here")
    return Ends(clock.due_at, None if total is None else total.due_at)


def _move(clock: StageClock, due_at: datetime | None, case: Case) -> None:
    if due_at is None:
        return
    terms = terms_for(case.category, case.severity)
    clock.due_at = due_at.astimezone(UTC)
    clock.near_at = deadlines.near(stage_of(clock.stage), clock.began_at, clock.due_at, terms)
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
