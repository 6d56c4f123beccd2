"""Moments as whole microseconds, and the local time of a zone for arrays of them.

Local times that a zone skips or repeats are read as RFC 5545 (3.3.5) reads them: a skipped one with the
offset before the gap, a repeated one as its first occurrence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from anlan.base.errors import Refused
from anlan.base.when_used import when_used

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

type Moments = NDArray[np.int64]
"""Microseconds since 1970 UTC; local ones since 1970 by the clock on the wall."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH_DAY = date(1970, 1, 1).toordinal()

YEARS = range(1900, 3000)
"""Outside of these nobody promises anything."""


def zone(name: str) -> ZoneInfo:
    """The time zone; raises Refused("zone_unknown")."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused("zone_unknown", zone=name) from None


def micros(at: datetime) -> int:
    """Microseconds since 1970 UTC of a moment with its zone; raises Refused("zone_missing")."""
    if at.utcoffset() is None:
        raise Refused("zone_missing", at=at.isoformat())
    return (at - EPOCH) // MICROSECOND


def in_utc(at: datetime) -> datetime:
    """The same moment in UTC; raises Refused("zone_missing").

    Two moments of one zone with clocks that are set are compared and subtracted by what the clock on the wall
    shows, which is not the time that passes.
    """
    return EPOCH + micros(at) * MICROSECOND


def moment(at: int, where: ZoneInfo) -> datetime:
    """The moment `at` microseconds since 1970 UTC, on the clock of `where`."""
    return (EPOCH + int(at) * MICROSECOND).astimezone(where)


def year_of(at: int) -> int:
    """The year, in UTC, of a moment; raises Refused("beyond_calendar") outside of YEARS."""
    days = at // DAY + EPOCH_DAY
    if not date(YEARS.start, 1, 1).toordinal() <= days < date(YEARS.stop, 1, 1).toordinal():
        raise Refused("beyond_calendar", first=YEARS.start, last=YEARS.stop - 1)
    return date.fromordinal(days).year


def array_of(moments: Iterable[datetime]) -> Moments:
    """The moments as an array; raises Refused("zone_missing")."""
    return np.array([micros(each) for each in moments], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class WallClock:
    """Local time of a zone between two days: `offsets[i]` holds from `changes[i]` (UTC) on."""

    changes: Moments
    offsets: Moments

    def local(self, at: Moments) -> Moments:
        """What the clock on the wall shows at these moments."""
        return at + self.offsets[np.searchsorted(self.changes, at, side="right") - 1]

    def instant(self, shown: Moments) -> Moments:
        """When the clock on the wall shows this."""
        # the old offset holds through a gap, and through the first run of an hour that comes twice
        passed = self.changes[1:] + np.maximum(self.offsets[:-1], self.offsets[1:])
        return shown - self.offsets[np.searchsorted(passed, shown, side="right")]


@lru_cache(maxsize=64)
def wall_clock(name: str, first_year: int, last_year: int) -> WallClock:
    """The clock on the wall of a zone for whole years, with a day to spare on both sides."""
    where = zone(name)
    start = (date(first_year, 1, 1).toordinal() - EPOCH_DAY - 1) * DAY
    stop = (date(last_year, 12, 31).toordinal() - EPOCH_DAY + 2) * DAY
    changes, offsets = [start], [_offset(start, where)]
    for at in range(start, stop, 7 * DAY):
        while (change := _next_change(at, min(at + 7 * DAY, stop), offsets[-1], where)) is not None:
            changes.append(change)
            offsets.append(_offset(change, where))
            at = change
    return WallClock(np.array(changes, dtype=np.int64), np.array(offsets, dtype=np.int64))


def _offset(at: int, where: ZoneInfo) -> int:
    offset = moment(at, where).utcoffset()
    return 0 if offset is None else offset // MICROSECOND


def _next_change(low: int, high: int, offset: int, where: ZoneInfo) -> int | None:
    """The first second after `low` up to `high` with another offset, by halving; None when it holds."""
    if _offset(high, where) == offset:
        return None
    while high - low > 1_000_000:
        middle = (low + high) // 2_000_000 * 1_000_000
        low, high = (middle, high) if _offset(middle, where) == offset else (low, middle)
    return high
