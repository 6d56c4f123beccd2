"""Where a case stands, in the words of the public: the only place that says so."""

from collections.abc import Mapping
from types import MappingProxyType

from anlan.cases.terms import State
from anlan.publishing.terms import PublicState

PUBLIC: Mapping[State, PublicState] = MappingProxyType(
    {
        State.NEW: PublicState.RECEIVED,
        State.ACCEPTED: PublicState.IN_HAND,
        State.DISPATCHED: PublicState.IN_HAND,
        State.IN_PROGRESS: PublicState.IN_HAND,
        State.RECTIFIED: PublicState.IN_HAND,
        State.VERIFIED: PublicState.IN_HAND,
        State.RETURNED: PublicState.IN_HAND,
        State.REWORK: PublicState.IN_HAND,
        State.REOPENED: PublicState.IN_HAND,
        State.PARKED: PublicState.IN_HAND,
        State.CLOSED: PublicState.DONE,
        State.REJECTED: PublicState.NOT_TAKEN_UP,
        State.CANCELLED: PublicState.NOT_TAKEN_UP,
        State.MERGED: PublicState.JOINED,
    }
)

OPEN = frozenset({PublicState.RECEIVED, PublicState.IN_HAND})
"""States in which something is still to be done."""
