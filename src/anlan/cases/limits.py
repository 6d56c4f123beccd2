"""A limit: a whole number of units of time."""

import re
from dataclasses import dataclass
from enum import StrEnum

from anlan.base.errors import Refused


class TimeUnit(StrEnum):
    """In what a limit is counted."""

    EMERGENCY_HOURS = "emergency hours"  # day and night, every day
    WORKING_HOURS = "working hours"
    WORKING_DAYS = "working days"
    DAYS = "days"  # of the calendar


WORKING = frozenset({TimeUnit.WORKING_HOURS, TimeUnit.WORKING_DAYS})
"""Units that count working time only."""

MOST = 100_000
"""No limit is longer, in whatever unit."""

_WRITTEN = re.compile(r"\s*([+-]?[\d.,_]+)\s+([a-z][a-z\s]*)", re.IGNORECASE | re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,4000}", re.ASCII)


@dataclass(frozen=True)
class Limit:
    """How long something may take. Raises Refused("limit_out_of_range")."""

    amount: int
    unit: TimeUnit

    def __post_init__(self) -> None:
        if not 0 <= self.amount <= MOST:
            raise Refused("limit_out_of_range", amount=self.amount, most=MOST)

    def __str__(self) -> str:
        """As it is written: "1 working day"."""
        unit = self.unit.removesuffix("s") if self.amount == 1 else str(self.unit)
        return f"{self.amount} {unit}"


def read_limit(text: str) -> Limit:
    """A limit as it is written: "2 working days", "1 working day", "36 emergency hours".

    Raises Refused("limit_unreadable"), Refused("limit_not_whole"), Refused("limit_out_of_range").
    """
    written = _WRITTEN.fullmatch(text)
    unit = None if written is None else _unit(written[2])
    if written is None or unit is None:
        raise Refused("limit_unreadable", text=text)
    if not _WHOLE.fullmatch(written[1]):
        raise Refused("limit_not_whole", text=text)
    return Limit(int(written[1]), unit)


def _unit(text: str) -> TimeUnit | None:
    words = " ".join(text.lower().split())
    return next((unit for unit in TimeUnit if words in (unit.value, unit.value.removesuffix("s"))), None)
