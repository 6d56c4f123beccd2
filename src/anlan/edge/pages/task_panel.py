"""What the page of a case says of its tasks, and the forms for the steps that this person may take."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.base.errors import Refused
from anlan.cases.states import ENDED
from anlan.cases.task_states import ACTION_FOR, TaskState, TaskStep, steps_from
from anlan.cases.terms import Rectified, State
from anlan.cases.verification import check_drawn, check_verifier
from anlan.edge.pages import case_labels
from anlan.edge.pages.case_forms import WORDS, FailForm, PassForm, ReasonForm, RectifyForm, StepForm
from anlan.edge.pages.case_panel import lost_of
from anlan.staff.permissions import may
from anlan.staff.terms import Action, Placed
from anlan.store.readers.cases import CaseView
from anlan.store.readers.proof import Proof
from anlan.store.readers.staff import Acting

FORMS: dict[TaskStep, type[StepForm]] = {
    TaskStep.START: StepForm,
    TaskStep.RECTIFY: RectifyForm,
    TaskStep.PASS: PassForm,
    TaskStep.FAIL: FailForm,
    TaskStep.WITHDRAW: ReasonForm,
}


class GiveForm(StepForm):
    """A task for another unit."""

    unit_code = forms.ChoiceField(label=_("Unit"))
    what = forms.CharField(label=_("What it has to do"), max_length=WORDS, widget=forms.Textarea({"rows": 3}))


class Task(Rectified, Placed, Protocol):
    """What the page reads of a task."""

    @property
    def pk(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def drawn_verifiers(self) -> Sequence[int]: ...


GIVE = _("Give another unit a task")

type Tried = tuple[str, StepForm | None]
"""Which form was refused, and it."""

NOTHING_TRIED: Tried = ("", None)


@dataclass(frozen=True)
class TaskLine:
    """A task on the page: what this person may do to it, and what was asked of its time."""

    task: Any
    offers: list[dict[str, Any]]
    extensions: list[Any]
    drawn_units: list[str]
    may_ask: bool
    may_answer: bool
    may_draw: bool


def task_panel(
    view: CaseView, proof: Proof, acting: Acting, name: str = "", tried: StepForm | None = None
) -> dict[str, Any]:
    """The context of case/tasks.html; `tried` is the form named `name` as it was refused."""
    giving = view.case.unit is not None and State(view.case.state) not in ENDED
    may_give = giving and may(acting.memberships, Action.DISPATCH, view.case)
    offers = [_offers(view, acting, task, name, tried) for task in view.tasks]
    shown = (name == "give" and may_give) or any(offer["tried"] for each in offers for offer in each)
    return {
        "tasks": [
            _line(view, proof, acting, task, each) for task, each in zip(view.tasks, offers, strict=True)
        ],
        "task_lost": lost_of(_called(name), tried) if tried and not shown else None,
        "task_give": (tried if name == "give" else give_form(view)) if may_give else None,
        "task_give_tried": name == "give",
    }


def _called(name: str) -> object:
    return GIVE if name == "give" else case_labels.TASK_STEPS[TaskStep(name.partition("-")[2])]


def _line(view: CaseView, proof: Proof, acting: Acting, task: Any, offers: list[dict[str, Any]]) -> TaskLine:
    asked = proof.extensions_of(task.pk)
    waits = any(each.answered_at is None and each.clock.ended_at is None for each in asked)
    going = State(view.case.state) not in ENDED and task.state in (TaskState.GIVEN, TaskState.IN_PROGRESS)
    runs = going and view.case.state != State.PARKED
    return TaskLine(
        task,
        offers,
        asked,
        proof.units_drawn_for(task),
        may_ask=runs and not waits and may(acting.memberships, Action.HANDLE, task),
        may_answer=runs and waits and may(acting.memberships, Action.PARK, task),
        may_draw=task.state == TaskState.RECTIFIED and may(acting.memberships, Action.DISPATCH, task),
    )


def give_form(view: CaseView, data: Any = None) -> GiveForm:
    """The form that gives a task, with the units that work where the case lies."""
    form = GiveForm(data, initial={"version": view.case.version}, auto_id="task_give_%s")
    field = form.fields["unit_code"]
    if isinstance(field, forms.ChoiceField):
        field.choices = [
            (load.unit.code, load.unit.name) for load in view.units if load.unit != view.case.unit
        ]
    return form


def task_form(view: CaseView, task: Task, step: TaskStep, data: Any = None, files: Any = None) -> StepForm:
    """The form of a step on a task."""
    initial = {"version": view.case.version}
    return FORMS[step](data, files, initial=initial, auto_id=f"task_{task.pk}_{step}_%s")


def _offers(
    view: CaseView, acting: Acting, task: Task, name: str, tried: StepForm | None
) -> list[dict[str, Any]]:
    if State(view.case.state) in ENDED:
        return []
    steps = [step for step in steps_from(TaskState(task.state)) if _may(acting, task, step)]
    return [
        {
            "step": step,
            "words": case_labels.TASK_STEPS[step],
            "form": tried if name == f"{task.pk}-{step}" else task_form(view, task, step),
            "tried": name == f"{task.pk}-{step}",
        }
        for step in steps
    ]


def _may(acting: Acting, task: Task, step: TaskStep) -> bool:
    if not may(acting.memberships, ACTION_FOR[step], task):
        return False
    if ACTION_FOR[step] is Action.VERIFY:
        try:
            check_verifier(task, acting.memberships)
            check_drawn(task.drawn_verifiers, [membership.pk for membership in acting.memberships])
        except Refused:
            return False
    return True
