"""What of a case's history a reporter may read: states, dates, kinds of units; no names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from anlan.cases.terms import State, Step

RECEIVED = "received"
JOINED = "joined"
ADDED = "added"
WITHDRAWN = "withdrawn"
HANDED_OVER = "handed_over"
CLOSED_ELSEWHERE = "closed_elsewhere"

STEPS_SHOWN = frozenset(
    {
        Step.ACCEPT,
        Step.REJECT,
        Step.DISPATCH,
        Step.RECALL,
        Step.RETURN,
        Step.START,
        Step.RECTIFY,
        Step.PASS,
        Step.FAIL,
        Step.CLOSE,
        Step.REOPEN,
        Step.NOT_FIXED,
        Step.PARK,
        Step.RESUME,
        Step.CANCEL,
        HANDED_OVER,
        CLOSED_ELSEWHERE,
    }
)
"""Steps that a reporter hears of; joins are told from the report's own side."""


class ActingUnit(Protocol):
    """The unit in whose name somebody acted."""

    @property
    def kind(self) -> str: ...


class EventFacts(Protocol):
    """What is read of an event; a row of the store fits as it is."""

    @property
    def at(self) -> datetime: ...
    @property
    def step(self) -> str: ...
    @property
    def state_after(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def actor_unit(self) -> ActingUnit | None: ...


@dataclass(frozen=True)
class PublicStep:
    """One line of the history: what happened, when, which state that led to, and what kind of unit did it."""

    at: datetime
    step: str
    state: State
    unit_kind: str = ""


def public_history(
    events: Iterable[EventFacts], *, received_at: datetime, joined_at: datetime | None = None
) -> tuple[PublicStep, ...]:
    """The lines that the holder of a receipt reads, oldest first, beginning with the report itself.

    `events` are those of the case since the report came, in order; `joined_at` is when the report was joined
    to the case, None when the case began with it.
    """
    lines = [PublicStep(received_at, RECEIVED, State.NEW)]
    if joined_at is not None:
        lines.append(PublicStep(joined_at, JOINED, State.MERGED))
    lines += [
        PublicStep(event.at, _told(event), State(event.state_after), _kind(event))
        for event in events
        if event.step in STEPS_SHOWN and event.state_after
    ]
    return tuple(sorted(lines, key=lambda line: line.at))


def _told(event: EventFacts) -> str:
    """The step; of a verification without a verifier, with what made it: "pass_resident", "pass_sensor"."""
    by_itself = event.step in (Step.PASS, Step.FAIL) and event.source in ("resident", "sensor")
    return f"{event.step}_{event.source}" if by_itself else event.step


def _kind(event: EventFacts) -> str:
    return event.actor_unit.kind if event.actor_unit else ""
