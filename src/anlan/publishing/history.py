"""The months of an area or a place: how many hazards were reported and removed, small numbers not exactly.

A small number is given as a range, and so is every sum that holds one: what was left out cannot be had by
taking the other months from the sum.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

FEWEST = 3
"""The smallest number above 0 that is given exactly."""

MONTHS = 12


@dataclass(frozen=True)
class Between:
    """A number that is given as the range in which it lies; both ends are the same when it is exact."""

    least: int
    most: int

    def __str__(self) -> str:
        return f"{self.least:,}" if self.least == self.most else f"{self.least:,}–{self.most:,}"

    def __add__(self, other: "Between") -> "Between":
        return Between(self.least + other.least, self.most + other.most)


@dataclass(frozen=True)
class Month:
    """What was reported and removed in the month that begins with `first`."""

    first: date
    reported: Between
    removed: Between


@dataclass(frozen=True)
class History:
    """Months that follow each other, the newest last, and their sums."""

    months: tuple[Month, ...]
    reported: Between
    removed: Between

    @property
    def most(self) -> int:
        """The largest number in it, for the scale of a chart."""
        return max(max(each.reported.most, each.removed.most) for each in self.months)

    @property
    def has_ranges(self) -> bool:
        """Is any number not exact?"""
        return self.reported.least != self.reported.most or self.removed.least != self.removed.most


def months_up_to(today: date, count: int = MONTHS) -> tuple[date, ...]:
    """The first days of `count` months, the last of them that of `today`."""
    last = today.year * 12 + today.month - 1
    return tuple(date(at // 12, at % 12 + 1, 1) for at in range(last - count + 1, last + 1))


def published(n: int) -> Between:
    """A number as it is published."""
    return Between(1, FEWEST - 1) if 0 < n < FEWEST else Between(n, n)


def history_of(counts: Mapping[date, tuple[int, int]], today: date) -> History:
    """The last months of what was counted by month: (reported, removed)."""
    months = tuple(
        Month(first, *(published(n) for n in counts.get(first, (0, 0)))) for first in months_up_to(today)
    )
    return History(months, _sum(each.reported for each in months), _sum(each.removed for each in months))


def _sum(numbers: Iterable[Between]) -> Between:
    return sum(numbers, Between(0, 0))
