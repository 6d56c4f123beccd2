"""Working time as a line: every moment has a place on it, and every place is reached at a moment.

The windows of all days are laid end to end. A moment between two windows has the place of the closing before
it, and a place that is both a closing and the next opening is reached at the closing: that is how an end that
is an opening, or lies outside working time, comes to be written as the closing before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from anlan.base.clock import DAY, EPOCH_DAY, MINUTE, YEARS, Moments, WallClock, wall_clock
from anlan.base.errors import Refused
from anlan.base.when_used import when_used
from anlan.cases.calendars import WorkCalendar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")


@dataclass(frozen=True, eq=False)
class Timetable:
    """The windows of some whole years of a calendar, in order; moments are microseconds since 1970 UTC.

    `opens` and `closes` are the windows, `opening_days` the day each lies on, `workdays` the days that are
    worked; days count from 1970-01-01.
    """

    first_year: int
    last_year: int
    opens: Moments
    closes: Moments
    opening_days: NDArray[np.int64]
    workdays: NDArray[np.int64]
    clock: WallClock

    @cached_property
    def _worked_before(self) -> Moments:
        """For each window, the working time before it opens."""
        return np.concatenate(([0], np.cumsum(self.closes - self.opens)[:-1]))

    @cached_property
    def _worked_after(self) -> Moments:
        """For each window, the working time until it closes."""
        worked: Moments = np.cumsum(self.closes - self.opens)
        return worked

    def covers(self, ends: Moments) -> bool:
        """Do all ends lie before the last year, where places and workdays that are not there would go?"""
        return bool(ends.max() < (date(self.last_year, 1, 1).toordinal() - EPOCH_DAY) * DAY)

    def places(self, moments: Moments) -> Moments:
        """How much working time lies before each moment."""
        window = np.searchsorted(self.opens, moments, side="right") - 1
        found: Moments = np.minimum(moments, self.closes[window])
        found += self._worked_before[window] - self.opens[window]
        return found

    def reached(self, places: Moments) -> Moments:
        """When that much working time has passed: the earliest such moment, so never an opening.

        Places beyond the last window give its closing.
        """
        window = np.minimum(np.searchsorted(self._worked_after, places), len(self.opens) - 1)
        late = places - self._worked_before[window]
        ends: Moments = np.minimum(self.opens[window] + late, self.closes[window])
        return ends

    def written(self, ends: Moments) -> Moments:
        """Ends as they are written: one that is an opening or outside working time is the closing before."""
        return self.reached(self.places(ends))

    def begun(self, starts: Moments) -> Moments:
        """When work on something that starts then begins: at once, or at the next opening."""
        following = np.minimum(np.searchsorted(self.closes, starts, side="right"), len(self.opens) - 1)
        return np.maximum(starts, self.opens[following])

    def days_later(self, starts: Moments, days: NDArray[np.int64]) -> Moments:
        """The same clock time that many workdays after the day of each start, which is a workday."""
        shown = self.clock.local(starts)
        day = np.searchsorted(self.workdays, shown // DAY)
        target = np.minimum(day + days, len(self.workdays) - 1)
        return self.clock.instant(self.workdays[target] * DAY + shown % DAY)


def timetable(calendar: WorkCalendar, first_year: int, last_year: int) -> Timetable:
    """The windows of these years and of those around them; raises Refused("beyond_calendar")."""
    first, last = first_year - 1, last_year + 1
    if first < YEARS.start or last >= YEARS.stop:
        raise Refused("beyond_calendar", first=YEARS.start, last=YEARS.stop - 1)
    return _timetable(calendar, first, last)


@lru_cache(maxsize=64)
def _timetable(calendar: WorkCalendar, first: int, last: int) -> Timetable:
    clock = wall_clock(calendar.zone, first, last)
    windows = np.concatenate([_windows(calendar, year) for year in range(first, last + 1)])
    days, opens, closes = windows.T
    opened = clock.instant(days * DAY + opens * MINUTE)
    closed = np.maximum(opened, clock.instant(days * DAY + closes * MINUTE))
    return Timetable(first, last, opened, closed, days, np.unique(days), clock)


@lru_cache(maxsize=512)
def _windows(calendar: WorkCalendar, year: int) -> NDArray[np.int64]:
    """The windows of a year, a row each: day since 1970, opening and closing in minutes of the day."""
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    days = [date.fromordinal(ordinal) for ordinal in range(first, last + 1)]
    rows = [
        (day.toordinal() - EPOCH_DAY, *window)
        for day in days
        for window in sorted(calendar.version_on(day).windows_of(day))
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)
