"""Which step leads from which state to which: the only place that says so."""

from collections.abc import Mapping
from types import MappingProxyType

from anlan.base.errors import Refused
from anlan.cases.terms import Stage, State, Step

FORMER = None
"""The state that a parked or merged case had before."""

STEPS: Mapping[tuple[State, Step], State | None] = MappingProxyType(
    {
        (State.NEW, Step.ACCEPT): State.ACCEPTED,
        (State.NEW, Step.REJECT): State.REJECTED,
        (State.NEW, Step.MERGE): State.MERGED,
        (State.ACCEPTED, Step.DISPATCH): State.DISPATCHED,
        (State.ACCEPTED, Step.MERGE): State.MERGED,
        (State.ACCEPTED, Step.PARK): State.PARKED,
        (State.ACCEPTED, Step.CANCEL): State.CANCELLED,
        (State.DISPATCHED, Step.START): State.IN_PROGRESS,
        (State.DISPATCHED, Step.RETURN): State.RETURNED,  # wrong unit: back to the desk, not to another unit
        (State.DISPATCHED, Step.RECALL): State.ACCEPTED,  # the desk sent it by mistake
        (State.DISPATCHED, Step.PARK): State.PARKED,
        (State.DISPATCHED, Step.CANCEL): State.CANCELLED,
        (State.IN_PROGRESS, Step.RECTIFY): State.RECTIFIED,
        (State.IN_PROGRESS, Step.RETURN): State.RETURNED,
        (State.IN_PROGRESS, Step.PARK): State.PARKED,
        (State.IN_PROGRESS, Step.CANCEL): State.CANCELLED,
        (State.RETURNED, Step.DISPATCH): State.DISPATCHED,
        (State.RETURNED, Step.MERGE): State.MERGED,
        (State.RETURNED, Step.PARK): State.PARKED,
        (State.RETURNED, Step.CANCEL): State.CANCELLED,
        (State.RECTIFIED, Step.PASS): State.VERIFIED,
        (State.RECTIFIED, Step.FAIL): State.REWORK,  # rework stays with the unit that left it undone
        (State.REWORK, Step.START): State.IN_PROGRESS,
        (State.REWORK, Step.PARK): State.PARKED,
        (State.VERIFIED, Step.CLOSE): State.CLOSED,
        (State.VERIFIED, Step.NOT_FIXED): State.REWORK,  # the reporter's "no" comes before the closing
        (State.CLOSED, Step.REOPEN): State.REOPENED,
        (State.CLOSED, Step.NOT_FIXED): State.REWORK,  # stays with the unit that left it undone
        (State.REOPENED, Step.DISPATCH): State.DISPATCHED,  # never cancelled: the hazard was real
        (State.REOPENED, Step.PARK): State.PARKED,
        (State.REJECTED, Step.REOPEN): State.NEW,  # the desk looks at it again
        (State.CANCELLED, Step.REOPEN): State.ACCEPTED,
        (State.PARKED, Step.RESUME): FORMER,
        (State.MERGED, Step.UNMERGE): FORMER,
    }
)

ENDED = frozenset({State.CLOSED, State.REJECTED, State.MERGED, State.CANCELLED})
"""States in which nobody has anything to do."""

NOT_OFFERED = frozenset({Step.NOT_FIXED})
"""Steps that nobody takes on the page of a case: a reporter's answer or a second check takes them."""

REASON_NEEDED = frozenset(
    {Step.REJECT, Step.RETURN, Step.FAIL, Step.REOPEN, Step.NOT_FIXED, Step.PARK, Step.CANCEL, Step.RECALL}
)
"""Steps that say why."""

WAITS_FOR: Mapping[State, Stage] = MappingProxyType(
    {
        State.NEW: Stage.ACCEPT,
        State.ACCEPTED: Stage.DISPATCH,
        State.RETURNED: Stage.DISPATCH,
        State.REOPENED: Stage.DISPATCH,
        State.DISPATCHED: Stage.HANDLE,
        State.IN_PROGRESS: Stage.HANDLE,
        State.REWORK: Stage.HANDLE,
        State.RECTIFIED: Stage.VERIFY,
        State.VERIFIED: Stage.CLOSE,
    }
)
"""What each open state waits for; a parked case waits for its review date."""


def after(state: State, step: Step, former: State | None = None) -> State:
    """The state that `step` leads to; `former` is where a parked or merged case came from.

    Raises Refused("step_not_allowed") with the steps that are.
    """
    if (state, step) not in STEPS:
        raise Refused("step_not_allowed", state=state, step=step, allowed=steps_from(state))
    reached = STEPS[state, step] or former
    if reached is None:
        raise Refused("former_state_unknown", state=state, step=step)
    return reached


def steps_from(state: State) -> tuple[Step, ...]:
    """The steps open to a case in `state`, in the order of the table."""
    return tuple(step for (origin, step) in STEPS if origin is state)


def check_reason(step: Step, reason: str) -> None:
    """Raise Refused("reason_missing") when `step` must say why and does not."""
    if step in REASON_NEEDED and not reason.strip():
        raise Refused("reason_missing", step=step)
