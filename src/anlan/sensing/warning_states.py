"""Where a warning may go from where it stands, and who must agree: the one table."""

from collections.abc import Mapping
from types import MappingProxyType

from anlan.base.errors import Refused
from anlan.sensing.terms import Colour, MessageStatus, WarningState, WarningStep

S, D = WarningState, WarningStep

AFTER: Mapping[tuple[WarningState, WarningStep], WarningState] = MappingProxyType(
    {
        (S.DRAFT, D.CHANGE): S.DRAFT,
        (S.DRAFT, D.HAND_IN): S.WAITING,
        (S.DRAFT, D.ISSUE): S.ISSUED,
        (S.DRAFT, D.DROP): S.DROPPED,
        (S.WAITING, D.SEND_BACK): S.DRAFT,
        (S.WAITING, D.ISSUE): S.ISSUED,
        (S.WAITING, D.DROP): S.DROPPED,
        (S.ISSUED, D.REPLACE): S.UPDATED,
        (S.ISSUED, D.CANCEL): S.CANCELLED,
        (S.ISSUED, D.EXPIRE): S.EXPIRED,
    }
)
"""What is not in the table is not allowed."""

TWO_PERSONS = frozenset({Colour.RED, Colour.ORANGE})


def after(state: str, step: WarningStep) -> WarningState:
    """Where `step` leads. Raises Refused("warning_step_not_allowed")."""
    found = AFTER.get((WarningState(state), step))
    if found is None:
        raise Refused("warning_step_not_allowed")
    return found


def check_second_person(colour: str, writers: frozenset[int], signing: int, state: str) -> None:
    """Red and orange leave only by the hand of somebody who wrote none of it.

    Raises Refused("second_person_missing") before it was handed in, Refused("signs_own") for a writer.
    """
    if colour not in TWO_PERSONS:
        return
    if state == WarningState.DRAFT:
        raise Refused("second_person_missing")
    if signing in writers:
        raise Refused("signs_own")


def check_meant(status: str, before: str, *, drill: bool, typed: str) -> None:
    """A message that people take for real is meant so: its status is typed, and never comes out of a drill.

    `before` is the status of the message that it follows, "" without one; `drill` whether a drill runs there.
    Raises Refused("drill_stays_drill"), Refused("drill_running"), Refused("status_not_typed").
    """
    if before and status != before:
        raise Refused("drill_stays_drill", status=before)
    if drill and status == MessageStatus.ACTUAL and not before:  # a real one can be ended during a drill
        raise Refused("drill_running")
    if typed.strip() != status:
        raise Refused("status_not_typed", status=status)
