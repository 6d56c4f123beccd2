"""Where an alarm may go from where it stands: the one table."""

from collections.abc import Mapping
from types import MappingProxyType

from anlan.base.errors import Refused
from anlan.sensing.alarms.terms import AlarmState, AlarmStep

S, D = AlarmState, AlarmStep

AFTER: Mapping[tuple[AlarmState, AlarmStep], AlarmState] = MappingProxyType(
    {
        (S.RAISED, D.WORSEN): S.RAISED,
        (S.RAISED, D.EASE): S.RAISED,
        (S.RAISED, D.ACKNOWLEDGE): S.ACKNOWLEDGED,
        (S.RAISED, D.ESCALATE): S.ESCALATED,
        (S.RAISED, D.CLEAR): S.CLEARED,
        (S.ESCALATED, D.WORSEN): S.ESCALATED,
        (S.ESCALATED, D.EASE): S.ESCALATED,
        (S.ESCALATED, D.ACKNOWLEDGE): S.ACKNOWLEDGED,
        (S.ESCALATED, D.ESCALATE): S.ESCALATED,
        (S.ESCALATED, D.CLEAR): S.CLEARED,
        (S.ACKNOWLEDGED, D.WORSEN): S.RAISED,  # who saw to the lesser danger may not know of this one
        (S.ACKNOWLEDGED, D.EASE): S.ACKNOWLEDGED,
        (S.ACKNOWLEDGED, D.ACKNOWLEDGE): S.ACKNOWLEDGED,  # more is being done, or somebody else does it
        (S.ACKNOWLEDGED, D.CLEAR): S.CLEARED,
        (S.ACKNOWLEDGED, D.CLOSE): S.CLOSED,  # a device that measures wrongly never gets normal
        (S.CLEARED, D.RAISE): S.RAISED,
        (S.CLEARED, D.CLOSE): S.CLOSED,
        **{(state, step): state for state in S if state != S.CLOSED for step in (D.HOLD, D.RELEASE, D.LINK)},
    }
)
"""What is not in the table is not allowed."""


def after(state: str, step: AlarmStep) -> AlarmState:
    """Where `step` leads. Raises Refused("alarm_step_not_allowed")."""
    found = AFTER.get((AlarmState(state), step))
    if found is None:
        raise Refused("alarm_step_not_allowed", state=state, step=step)
    return found
