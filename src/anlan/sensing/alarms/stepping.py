"""Which level hears of an alarm, and when the next one does.

A level hears after so many minutes in which nobody answered, counted from when it was raised (or got worse).
After a time in which nobody looked, the highest level that is due hears at once; those below it hear with it,
since they are the ones who can act. Where a level has nobody, the next hears at once: while nobody is told,
nobody can answer. A level once told stays told: a clock that is set back repeats nothing.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from anlan.base.errors import Refused
from anlan.sensing.alarms.terms import DutyLevel
from anlan.sensing.terms import Colour

Minutes = Mapping[DutyLevel, int]
"""Level: minutes without an answer after which it hears."""

STANDARD: Mapping[Colour, Minutes] = MappingProxyType(
    {
        Colour.RED: MappingProxyType({DutyLevel.TOWNSHIP: 0, DutyLevel.COUNTY: 3, DutyLevel.CITY: 10}),
        Colour.ORANGE: MappingProxyType({DutyLevel.TOWNSHIP: 0, DutyLevel.COUNTY: 10, DutyLevel.CITY: 30}),
        Colour.YELLOW: MappingProxyType({DutyLevel.TOWNSHIP: 0, DutyLevel.COUNTY: 30, DutyLevel.CITY: 120}),
        Colour.BLUE: MappingProxyType({DutyLevel.TOWNSHIP: 0, DutyLevel.COUNTY: 240}),
    }
)
"""Until a city says otherwise."""


def level_due(minutes: Minutes, since: datetime, now: datetime) -> DutyLevel:
    """The highest level that should have heard by `now`; NONE before the first."""
    waited = now - since
    due = [level for level, after in minutes.items() if timedelta(minutes=after) <= waited]
    return max(due, default=DutyLevel.NONE)


def up_to_somebody(due: DutyLevel, minutes: Minutes, somebody: Callable[[DutyLevel], bool]) -> DutyLevel:
    """The level that hears now: the one that is due, or the first above it when there is nobody up to it.

    `somebody` says whether a level has people; asked from the lowest up, until one has. With nobody at all
    the steps keep their times, for somebody may come on duty.
    """
    first = next((level for level in sorted(minutes) if somebody(level)), DutyLevel.NONE)
    return max(due, first)


def levels_between(told: DutyLevel, due: DutyLevel, minutes: Minutes) -> list[DutyLevel]:
    """The levels above `told` up to `due` that hear at all, the lowest first."""
    return sorted(level for level in minutes if told < level <= due)


def next_at(minutes: Minutes, told: DutyLevel, since: datetime) -> datetime | None:
    """When the next level hears if nobody answers; None when all have heard."""
    later = [after for level, after in minutes.items() if level > told]
    return since + timedelta(minutes=min(later)) if later else None


def check_minutes(minutes: Minutes) -> None:
    """A level above never hears before the one below. Raises Refused with what is wrong."""
    if DutyLevel.TOWNSHIP not in minutes:
        raise Refused("policy_without_township")
    if any(after < 0 for after in minutes.values()):
        raise Refused("policy_minutes_negative")
    waits = [minutes[level] for level in sorted(minutes)]
    if waits != sorted(waits):
        raise Refused("policy_out_of_order")
