"""Tasks of a case in which several units act: which step leads from which state to which."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from anlan.base.errors import Refused
from anlan.cases.terms import Stage
from anlan.staff.terms import Action


class TaskState(StrEnum):
    """Where a task stands."""

    GIVEN = "given"
    IN_PROGRESS = "in_progress"
    RECTIFIED = "rectified"
    VERIFIED = "verified"
    WITHDRAWN = "withdrawn"


class TaskStep(StrEnum):
    """What somebody does to a task."""

    START = "start"
    RECTIFY = "rectify"
    PASS = "pass"  # of a verification
    FAIL = "fail"
    WITHDRAW = "withdraw"


STEPS: Mapping[tuple[TaskState, TaskStep], TaskState] = MappingProxyType(
    {
        (TaskState.GIVEN, TaskStep.START): TaskState.IN_PROGRESS,
        (TaskState.GIVEN, TaskStep.RECTIFY): TaskState.RECTIFIED,  # taken in hand and done at once
        (TaskState.GIVEN, TaskStep.WITHDRAW): TaskState.WITHDRAWN,
        (TaskState.IN_PROGRESS, TaskStep.RECTIFY): TaskState.RECTIFIED,
        (TaskState.IN_PROGRESS, TaskStep.WITHDRAW): TaskState.WITHDRAWN,
        (TaskState.RECTIFIED, TaskStep.PASS): TaskState.VERIFIED,
        (
            TaskState.RECTIFIED,
            TaskStep.FAIL,
        ): TaskState.IN_PROGRESS,  # stays with its unit
        (TaskState.RECTIFIED, TaskStep.WITHDRAW): TaskState.WITHDRAWN,
    }
)

ENDED = frozenset({TaskState.VERIFIED, TaskState.WITHDRAWN})
"""States in which a task holds up nothing any more."""

REASON_NEEDED = frozenset({TaskStep.FAIL, TaskStep.WITHDRAW})

WAITS_FOR: Mapping[TaskState, Stage] = MappingProxyType(
    {
        TaskState.GIVEN: Stage.HANDLE,
        TaskState.IN_PROGRESS: Stage.HANDLE,
        TaskState.RECTIFIED: Stage.VERIFY,
    }
)
"""What an open task waits for: its own clock runs until then."""

CLOCKS: Mapping[Stage, str] = MappingProxyType({Stage.HANDLE: "task_handle", Stage.VERIFY: "task_verify"})
"""What the clock of a task is called, by what the task waits for: it is none of the case's own stages."""

ACTION_FOR: Mapping[TaskStep, Action] = MappingProxyType(
    {
        TaskStep.START: Action.HANDLE,
        TaskStep.RECTIFY: Action.HANDLE,
        TaskStep.PASS: Action.VERIFY,
        TaskStep.FAIL: Action.VERIFY,
        TaskStep.WITHDRAW: Action.DISPATCH,
    }
)


class TaskFacts(Protocol):
    """What rules read of a task."""

    @property
    def state(self) -> str: ...


def after(state: TaskState, step: TaskStep) -> TaskState:
    """The state that `step` leads to. Raises Refused("task_step_not_allowed")."""
    if (state, step) not in STEPS:
        raise Refused("task_step_not_allowed", state=state, step=step)
    return STEPS[state, step]


def steps_from(state: TaskState) -> tuple[TaskStep, ...]:
    """The steps open to a task in `state`, in the order of the table."""
    return tuple(step for origin, step in STEPS if origin is state)


def clock_of(state: str) -> str:
    """The clock that runs while a task stands in `state`; "" for one that ended."""
    stage = WAITS_FOR.get(TaskState(state))
    return CLOCKS[stage] if stage else ""


def stage_of(clock: str) -> str:
    """The stage whose limit holds for a clock: its own, or that of the stage a task's clock stands for."""
    return next((str(stage) for stage, name in CLOCKS.items() if name == clock), clock)


def check_all_ended(tasks: Iterable[TaskFacts]) -> None:
    """Raise Refused("tasks_open") while a task of the case is neither verified nor withdrawn."""
    left = sum(TaskState(task.state) not in ENDED for task in tasks)
    if left:
        raise Refused("tasks_open", count=left)
