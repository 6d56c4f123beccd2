"""The work of a unit that is dissolved goes to the unit that follows it, each piece with its history."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from anlan.cases import task_states
from anlan.cases.drawing import Purpose
from anlan.cases.terms import Stage
from anlan.flows import case_steps, clocks
from anlan.flows.case_tasks import follow
from anlan.flows.draw_verifiers import draw, is_spent, pool_of, redraw
from anlan.flows.staff_history import record
from anlan.store.models import Case, CaseTask, Category, Responsibility, Site, StageClock, Unit
from anlan.store.models.cases import OPEN
from anlan.store.models.tasks import OPEN_TASK
from anlan.store.readers.staff import Acting


def hand_over(unit: Unit, successor: Unit, acting_user: Acting, now: datetime) -> None:
    """Move open cases, open tasks, sites, categories and what the unit is named for to `successor`.

    Rules that name the unit stay as they were put in force: they find `successor` by following the unit.
    """
    _hold_cases(unit)
    _tasks(unit, successor, acting_user, now)
    _cases(unit, successor, acting_user, now)
    changes = {"unit": (unit, successor)}
    for responsibility in Responsibility.objects.filter(unit=unit).select_related("area", "category"):
        subject = f"named:{responsibility.area.code}/{responsibility.category.code}"
        responsibility.unit = successor
        responsibility.save(update_fields=["unit"])
        record(acting_user.user, "named", subject, changes, now)
    for category in Category.objects.filter(unit=unit):
        category.unit = successor
        category.save(update_fields=["unit"])
        record(acting_user.user, "changed", f"category:{category.code}", changes, now)
    Site.objects.filter(unit=unit).update(unit=successor, unit_path=successor.path)


def _hold_cases(unit: Unit) -> None:
    """Lock the open cases in which the unit has a part, by rising id, as everybody who locks several."""
    tasks = CaseTask.objects.filter(OPEN_TASK, unit=unit).values("case")
    part = Q(unit=unit) & OPEN | Q(pk__in=tasks)
    list(Case.objects.select_for_update(no_key=True).filter(part).order_by("pk").values_list("pk"))


def _cases(unit: Unit, successor: Unit, acting: Acting, now: datetime) -> None:
    actor = case_steps.Actor(user=acting.user, source="system")
    for case in (
        Case.objects.select_for_update(no_key=True, of=("self",)).filter(OPEN, unit=unit).order_by("pk")
    ):
        case.unit, case.unit_path = successor, successor.path
        running = StageClock.objects.filter(case=case, task=None, ended_at=None, unit=unit)
        running.update(unit=successor, unit_path=successor.path)
        _record(case, unit, successor, actor, now, {})
        if case.stage == Stage.VERIFY and is_spent(case, case.drawn_verifiers):
            redraw(case, now, actor=actor, reason=unit.name)


def _tasks(unit: Unit, successor: Unit, acting: Acting, now: datetime) -> None:
    """A task moves; it is withdrawn where the successor leads the case or has a task in it already."""
    actor = case_steps.Actor(user=acting.user, source="system")
    found = (
        CaseTask.objects.filter(unit=unit).exclude(state__in=sorted(task_states.ENDED)).order_by("case_id")
    )
    for task in found:
        case = Case.objects.select_for_update(no_key=True).get(pk=task.case_id)
        before = task.state
        others = case.tasks.filter(OPEN_TASK, unit=successor)
        if case.unit_id == successor.pk or others.exists():
            task.state, task.ended_at = task_states.TaskState.WITHDRAWN, now
            task.due_at = task.near_at = None
            clocks.end(StageClock.objects.filter(task=task, ended_at=None), now)
        else:
            _move_task(case, task, successor, now)
        task.save()
        follow(case)
        told: dict[str, list[Any]] = {
            "task": [task.pk, task.pk],
            "task_unit": [unit.name, successor.name],
            "task_state": [before, task.state],
        }
        _record(case, unit, successor, actor, now, told)


def _move_task(case: Case, task: CaseTask, successor: Unit, now: datetime) -> None:
    """The task with its clock; when all who were drawn for it belong to the successor, others are drawn."""
    task.unit, task.unit_path = successor, successor.path
    running = StageClock.objects.filter(task=task, ended_at=None)
    running.update(unit=successor, unit_path=successor.path)
    if is_spent(task, task.drawn_verifiers):
        task.drawn_verifiers = pool_of(draw(case, Purpose.TASK, now, work=task, reason=task.unit.name))


def _record(
    case: Case,
    unit: Unit,
    successor: Unit,
    actor: case_steps.Actor,
    now: datetime,
    told: dict[str, list[object]],
) -> None:
    changes = told or {"unit": [unit.name, successor.name]}
    case_steps.record(case, "unit_dissolved", actor=actor, now=now, changes=changes)
