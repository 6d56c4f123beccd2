"""Who hears of a stage that is near its end or over it, one rung after another.

After a time in which nobody looked (the worker was down for a day), every rung that is due hears, once:
they are other people. That the end is near is then no news, so the handler hears with the head of the unit.
A rung once reached stays reached: a clock that is set back, or an end that is moved, repeats nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import IntEnum
from types import MappingProxyType


class Rung(IntEnum):
    """Who hears, from the handler up."""

    NOBODY = 0
    HANDLER = 1
    UNIT_HEAD = 2
    TOWNSHIP = 3
    COUNTY = 4
    CITY = 5  # 督办


GRACE: Mapping[Rung, timedelta] = MappingProxyType(
    {
        Rung.UNIT_HEAD: timedelta(0),
        Rung.TOWNSHIP: timedelta(days=1),
        Rung.COUNTY: timedelta(days=3),
        Rung.CITY: timedelta(days=7),
    }
)
"""How long after the end of a stage each rung hears, day and night; the handler hears when it is near."""


def rung_reached(near_at: datetime, due_at: datetime, now: datetime) -> Rung:
    """The highest rung that should have heard by `now`; `near_at` is where the stage turns amber."""
    over = [rung for rung, grace in GRACE.items() if due_at + grace <= now]
    if over:
        return max(over)
    return Rung.HANDLER if near_at <= now else Rung.NOBODY


def rungs_between(before: Rung, reached: Rung) -> tuple[tuple[Rung, bool], ...]:
    """The rungs above `before` up to `reached`, and for each whether it hears or is passed over."""
    return tuple((Rung(rung), rung in (reached, *GRACE)) for rung in range(before + 1, reached + 1))
