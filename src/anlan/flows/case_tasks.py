"""Several units act for one case: each has a task of its own beside the leading unit."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.cases import deadlines, states, task_states
from anlan.cases.task_states import ACTION_FOR, TaskState, TaskStep
from anlan.cases.terms import PhotoStage, State
from anlan.cases.verification import check_evidence, check_verifier
from anlan.flows import case_steps
from anlan.flows.dispatch_case import unit_to_give
from anlan.flows.store_photos import Picture, store_photos
from anlan.staff.terms import Action
from anlan.store.models import Case, CaseEvent, CaseTask
from anlan.store.readers.limits import terms_for
from anlan.store.readers.staff import Acting


@transaction.atomic
def give_task(
    *, acting_user: Acting, case_id: int, version: int, now: datetime, unit_code: str, what: str
) -> CaseTask:
    """Give another unit its part of a case that has a leading unit.

    Raises Refused("task_needs_lead", "task_twice", "task_of_lead", "unit_unknown", "unit_elsewhere",
    "words_missing"), NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.DISPATCH)
    if case.unit is None or State(case.state) in states.ENDED:
        raise Refused("task_needs_lead")
    if not what.strip():
        raise Refused("words_missing")
    unit = unit_to_give(acting_user, case, unit_code)
    if unit == case.unit:
        raise Refused("task_of_lead")
    if case.tasks.filter(unit=unit).exclude(state__in=task_states.ENDED).exists():
        raise Refused("task_twice", unit=unit.name)
    task = CaseTask.objects.create(
        case=case,
        unit=unit,
        unit_path=unit.path,
        area_path=case.area_path,
        what=what.strip(),
        given_at=now,
        stage_since=now,
        due_at=_due(case, TaskState.GIVEN, now),
    )
    follow(case)
    _record(case, task, "task_given", actor=actor, now=now, reason=what, before="")
    return task


@transaction.atomic
def start_task(*, acting_user: Acting, case_id: int, version: int, task_id: int, now: datetime) -> CaseTask:
    """The unit takes its task in hand. Raises Refused, NotFound, Conflict."""
    case, task, actor = _lock(acting_user, case_id, version, task_id, TaskStep.START)
    _take(case, task, TaskStep.START, actor=actor, now=now)
    return task


@transaction.atomic
def rectify_task(
    *,
    acting_user: Acting,
    case_id: int,
    version: int,
    task_id: int,
    now: datetime,
    done: str,
    pictures: Sequence[Picture] = (),
) -> CaseTask:
    """The unit says what it did and shows it.

    Raises Refused("words_missing", "picture_missing", ...), NotFound, Conflict.
    """
    case, task, actor = _lock(acting_user, case_id, version, task_id, TaskStep.RECTIFY)
    if not done.strip():
        raise Refused("words_missing")
    if not pictures:
        raise Refused("picture_missing")
    columns = {"rectified_at": now, "rectified_by": acting_user.user}
    event = _take(case, task, TaskStep.RECTIFY, actor=actor, now=now, reason=done, columns=columns)
    store_photos(pictures, case=case, stage=PhotoStage.AFTER, event=event, now=now)
    return task


@transaction.atomic
def pass_task(
    *,
    acting_user: Acting,
    case_id: int,
    version: int,
    task_id: int,
    now: datetime,
    seen: str,
    pictures: Sequence[Picture],
) -> CaseTask:
    """Somebody outside the task's unit saw, after the rectification, that its part is done.

    Raises Refused("verifier_inside_unit", "evidence_missing", "evidence_too_old", ...), NotFound, Conflict.
    """
    case, task, actor = _lock(acting_user, case_id, version, task_id, TaskStep.PASS)
    check_verifier(task, acting_user.memberships)
    columns = {"ended_at": now}
    event = _take(case, task, TaskStep.PASS, actor=actor, now=now, reason=seen, columns=columns)
    photos = store_photos(pictures, case=case, stage=PhotoStage.VERIFICATION, event=event, now=now)
    check_evidence(task, photos)
    return task


@transaction.atomic
def fail_task(
    *,
    acting_user: Acting,
    case_id: int,
    version: int,
    task_id: int,
    now: datetime,
    reason: str,
    pictures: Sequence[Picture] = (),
) -> CaseTask:
    """The unit's part is not done: back to it. Raises Refused, NotFound, Conflict."""
    case, task, actor = _lock(acting_user, case_id, version, task_id, TaskStep.FAIL)
    check_verifier(task, acting_user.memberships)
    columns = {"rectified_at": None, "rework_count": task.rework_count + 1}
    event = _take(case, task, TaskStep.FAIL, actor=actor, now=now, reason=reason, columns=columns)
    store_photos(pictures, case=case, stage=PhotoStage.VERIFICATION, event=event, now=now)
    return task


@transaction.atomic
def withdraw_task(
    *, acting_user: Acting, case_id: int, version: int, task_id: int, now: datetime, reason: str
) -> CaseTask:
    """The desk takes a task back. Raises Refused, NotFound, Conflict."""
    case, task, actor = _lock(acting_user, case_id, version, task_id, TaskStep.WITHDRAW)
    columns = {"ended_at": now}
    _take(case, task, TaskStep.WITHDRAW, actor=actor, now=now, reason=reason, columns=columns)
    return task


def follow(case: Case) -> None:
    """Bring what a case says of its tasks to what they say: how many are open, and whose units see it."""
    tasks = list(case.tasks.exclude(state=TaskState.WITHDRAWN).values_list("state", "unit_path"))
    case.open_tasks = sum(TaskState(state) not in task_states.ENDED for state, _ in tasks)
    case.task_reach = sorted({above for _, path in tasks for above in _above(path)}) or None


def _above(path: str) -> list[str]:
    """The path of a unit and those of the units above it."""
    codes = path.rstrip(".").split(".")
    return [".".join(codes[:depth]) + "." for depth in range(1, len(codes) + 1)]


def _lock(
    acting: Acting, case_id: int, version: int, task_id: int, step: TaskStep
) -> tuple[Case, CaseTask, case_steps.Actor]:
    """The case and its task, locked, and the role in which the person may take `step` on the task."""
    case = case_steps.lock_seen(acting, case_id)
    task = case.tasks.select_related("unit").filter(pk=task_id).first()
    if task is None:
        raise NotFound
    actor = case_steps.allowed(acting, ACTION_FOR[step], task)
    case_steps.check_version(case, version)
    if State(case.state) in states.ENDED:
        raise Refused("case_has_ended")
    return case, task, actor


def _take(
    case: Case,
    task: CaseTask,
    step: TaskStep,
    *,
    actor: case_steps.Actor,
    now: datetime,
    reason: str = "",
    columns: Mapping[str, Any] = case_steps.NO_COLUMNS,
) -> CaseEvent:
    """Move a locked task one step, and write its case's history."""
    before = TaskState(task.state)
    reached = task_states.after(before, step)
    if step in task_states.REASON_NEEDED and not reason.strip():
        raise Refused("reason_missing", step=step)
    if task_states.WAITS_FOR.get(reached) != task_states.WAITS_FOR.get(before):
        task.stage_since, task.due_at = now, _due(case, reached, now)
    task.state = reached
    for name, value in columns.items():
        setattr(task, name, value)
    task.save()
    follow(case)
    return _record(case, task, f"task_{step}", actor=actor, now=now, reason=reason, before=before)


def _record(
    case: Case,
    task: CaseTask,
    what: str,
    *,
    actor: case_steps.Actor,
    now: datetime,
    reason: str,
    before: str,
) -> CaseEvent:
    changes: dict[str, list[Any]] = {
        "task": [task.pk, task.pk],
        "task_unit": [None, task.unit.name],
        "task_state": [before, task.state],
    }
    return case_steps.record(case, what, actor=actor, now=now, reason=reason, changes=changes)


def _due(case: Case, state: TaskState, now: datetime) -> datetime | None:
    stage = task_states.WAITS_FOR.get(state)
    return deadlines.due(stage, now, terms_for(case.category, case.severity)) if stage else None
