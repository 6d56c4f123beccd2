"""Several units act for one case: each has a task of its own beside the leading unit."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.cases import states, task_states
from anlan.cases.drawing import Purpose
from anlan.cases.task_states import ACTION_FOR, TaskState, TaskStep
from anlan.cases.terms import PhotoStage, State
from anlan.cases.verification import check_drawn, check_evidence, check_verifier
from anlan.flows import case_steps, clocks
from anlan.flows.close_by_system import close_when_tasks_ended
from anlan.flows.dispatch_case import hold_unit, unit_to_give
from anlan.flows.draw_verifiers import check_redraw, draw, pool_of
from anlan.flows.store_photos import Picture, store_photos
from anlan.staff.terms import Action
from anlan.store.models import Case, CaseEvent, CaseTask
from anlan.store.readers.limits import terms_for
from anlan.store.readers.staff import Acting, with_those_above


@transaction.atomic
def give_task(
    *, acting_user: Acting, case_id: int, version: int, now: datetime, unit_code: str, what: str
) -> CaseTask:
    """Give another unit its part of a case that has a leading unit.

    Raises Refused("task_needs_lead", "task_twice", "task_of_lead", "unit_unknown", "unit_elsewhere",
    "words_missing"), NotFound, Conflict.
    """
    held = hold_unit(unit_code)
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.DISPATCH)
    if case.unit is None or State(case.state) in states.ENDED:
        raise Refused("task_needs_lead")
    if not what.strip():
        raise Refused("words_missing")
    unit = unit_to_give(acting_user, case, unit_code, held)
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
    )
    _time(case, task, now)
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
    """The unit says what it did and shows it; verifiers from outside the unit are drawn.

    Raises Refused("words_missing", "picture_missing", ...), NotFound, Conflict.
    """
    case, task, actor = _lock(acting_user, case_id, version, task_id, TaskStep.RECTIFY)
    if not done.strip():
        raise Refused("words_missing")
    if not pictures:
        raise Refused("picture_missing")
    task.rectified_by = acting_user.user  # before the draw, which leaves them out
    columns = {"rectified_at": now, "drawn_verifiers": pool_of(draw(case, Purpose.TASK, now, work=task))}
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

    The end of the last task closes a case that a sensor or a reporter's word verified.
    Raises Refused("verifier_inside_unit", "not_drawn", "evidence_missing", "evidence_too_old", ...),
    NotFound, Conflict.
    """
    case, task, actor = _verifying(acting_user, case_id, version, task_id, TaskStep.PASS)
    columns = {"ended_at": now}
    event = _take(case, task, TaskStep.PASS, actor=actor, now=now, reason=seen, columns=columns)
    photos = store_photos(pictures, case=case, stage=PhotoStage.VERIFICATION, event=event, now=now)
    check_evidence(task, photos)
    close_when_tasks_ended(case, now)
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
    case, task, actor = _verifying(acting_user, case_id, version, task_id, TaskStep.FAIL)
    columns: dict[str, Any] = {
        "rectified_at": None,
        "rework_count": task.rework_count + 1,
        "drawn_verifiers": [],
    }
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
    close_when_tasks_ended(case, now)
    return task


@transaction.atomic
def draw_task_again(
    *, acting_user: Acting, case_id: int, version: int, task_id: int, now: datetime, reason: str
) -> CaseTask:
    """Draw verifiers of a task anew; the draw before is kept.

    Raises Refused("nothing_to_draw", "reason_missing", "redraw_by_another", "redrawn_often", ...), NotFound,
    Conflict.
    """
    case, task, actor = lock_task(acting_user, case_id, version, task_id, Action.DISPATCH)
    if task.state != TaskState.RECTIFIED:
        raise Refused("nothing_to_draw")
    if not reason.strip():
        raise Refused("reason_missing")
    asked = case.events.filter(step="task_drawn_again", changes__task__0=task.pk)
    check_redraw(acting_user, task, task.drawn_verifiers, asked)
    task.drawn_verifiers = pool_of(draw(case, Purpose.TASK, now, work=task, reason=reason.strip()))
    task.save(update_fields=["drawn_verifiers"])
    _record(case, task, "task_drawn_again", actor=actor, now=now, reason=reason, before=task.state)
    return task


def follow(case: Case) -> None:
    """Bring what a case says of its tasks to what they say: how many are open, and whose units see it."""
    tasks = list(case.tasks.exclude(state=TaskState.WITHDRAWN).values_list("state", "unit_path"))
    case.open_tasks = sum(TaskState(state) not in task_states.ENDED for state, _ in tasks)
    case.task_reach = sorted({above for _, path in tasks for above in with_those_above(path)}) or None


def _lock(
    acting: Acting, case_id: int, version: int, task_id: int, step: TaskStep
) -> tuple[Case, CaseTask, case_steps.Actor]:
    """The case and its task, locked, and the role in which the person may take `step` on the task."""
    return lock_task(acting, case_id, version, task_id, ACTION_FOR[step])


def _verifying(
    acting: Acting, case_id: int, version: int, task_id: int, step: TaskStep
) -> tuple[Case, CaseTask, case_steps.Actor]:
    """As `_lock`, for somebody from outside the unit who was drawn."""
    case, task, actor = _lock(acting, case_id, version, task_id, step)
    check_verifier(task, acting.memberships)
    check_drawn(task.drawn_verifiers, [membership.pk for membership in acting.memberships])
    return case, task, actor


def lock_task(
    acting: Acting, case_id: int, version: int, task_id: int, action: Action
) -> tuple[Case, CaseTask, case_steps.Actor]:
    """The case and its task, locked, and the role in which the person may do `action` to the task.

    Raises NotFound, Refused("not_permitted", "case_has_ended"), Conflict.
    """
    case = case_steps.lock_seen(acting, case_id)
    task = case.tasks.select_related("unit").filter(pk=task_id).first()
    if task is None:
        raise NotFound
    actor = case_steps.allowed(acting, action, task)
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
    task.state = reached
    for name, value in columns.items():
        setattr(task, name, value)
    _time(case, task, now)
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
    changes = told_of(task, before)
    return case_steps.record(case, what, actor=actor, now=now, reason=reason, changes=changes)


def told_of(task: CaseTask, before: str) -> dict[str, list[Any]]:
    """What the history keeps of a task with each entry that is about it."""
    return {
        "task": [task.pk, task.pk],
        "task_unit": [None, task.unit.name],
        "task_state": [before, task.state],
    }


def _time(case: Case, task: CaseTask, now: datetime) -> None:
    """Bring the task's clock to where it stands, and save it."""
    clocks.follow_task(case, task, now, terms_for(case.category, case.severity))
    task.save()
