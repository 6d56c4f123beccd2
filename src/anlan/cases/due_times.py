"""By when something must be done: limits in working time, with pauses, one at a time or a million at once.

Assumptions, in the order in which they are used:

- In the two working units a start outside working time moves to the next opening; a closing is outside, an
  opening is not. The other two units start at once.
- `working hours`: that much working time later. `working days`: the same clock time that many workdays later.
  `days`: the same clock time that many days later. `emergency hours`: elapsed time.
- In the working units an end that is an opening, or lies outside working time, is written as the closing
  before it.
- Pauses that overlap are joined, then taken in order of time. One that begins before the end as written so
  far moves it by the pause's working time after the start (by its elapsed time in the other two units), even
  where the pause runs past that end. One that begins later moves nothing.
- A limit of nothing ends where it starts, written by the same rule.

The clock on the wall decides what "the same time" is, see base/clock.py.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from anlan.base.clock import HOUR, MICROSECOND, array_of, in_utc, micros, moment, year_of, zone
from anlan.base.when_used import when_used
from anlan.cases.calendars import WorkCalendar
from anlan.cases.limits import MOST, WORKING, Limit, TimeUnit
from anlan.cases.many_due_times import due_many as due_many
from anlan.cases.pauses import Pause as Pause
from anlan.cases.pauses import joined as joined
from anlan.cases.working_time import timetable

if TYPE_CHECKING:
    import numpy as np
else:
    np = when_used("numpy")


def due(start: datetime, limit: Limit, calendar: WorkCalendar, pauses: Iterable[Pause] = ()) -> datetime:
    """When something that starts at `start` and may take `limit` must end, on the calendar's clock.

    Raises Refused("zone_missing"), Refused("pause_backwards"), Refused("beyond_calendar").
    """
    ends = due_many(array_of([start]), limit.unit, np.array([limit.amount]), calendar, [joined(pauses)])
    return moment(ends[0], zone(calendar.zone))


def elapsed(
    start: datetime, now: datetime, unit: TimeUnit, calendar: WorkCalendar, pauses: Iterable[Pause] = ()
) -> int:
    """How many whole units have passed at `now`: the longest limit that would have ended by then, 0 at least.

    Raises as `due` does.
    """
    stood, until = joined(pauses), micros(now)
    most = min(MOST, max(0, (until - micros(start)) // HOUR) + 2)
    by_then = bisect_right(
        range(most), until, key=lambda n: micros(due(start, Limit(n, unit), calendar, stood))
    )
    return max(0, by_then - 1)


def worked_between(start: datetime, end: datetime, calendar: WorkCalendar) -> timedelta:
    """The working time between two moments; negative where `end` is the earlier one."""
    ends = array_of([start, end])
    table = timetable(calendar, year_of(int(ends.min())), year_of(int(ends.max())))
    first, last = table.places(ends)
    return int(last - first) * MICROSECOND


def moved(end: datetime, start: datetime, pause: Pause, unit: TimeUnit, calendar: WorkCalendar) -> datetime:
    """`end`, of something begun at `start`, moved by one pause more, by the rule above.

    Raises Refused("zone_missing"), Refused("beyond_calendar").
    """
    end, start, pause = in_utc(end), in_utc(start), Pause(*map(in_utc, pause))
    if pause.begins >= end:
        return end
    begins, stops = max(pause.begins, start), max(pause.ends, start)
    if unit not in WORKING:
        return end + (stops - begins)
    return _worked_after(end, worked_between(begins, stops, calendar), calendar)


def part_way(
    start: datetime, end: datetime, share: float, unit: TimeUnit, calendar: WorkCalendar
) -> datetime:
    """When this share of the time that counts between the two has passed.

    Raises Refused("zone_missing"), Refused("beyond_calendar").
    """
    start, end = in_utc(start), in_utc(end)
    if unit not in WORKING:
        return start + (end - start) * share
    worked = worked_between(start, end, calendar)
    return _worked_after(start, worked * share, calendar) if worked > timedelta(0) else end


def _worked_after(at: datetime, worked: timedelta, calendar: WorkCalendar) -> datetime:
    """When so much working time has passed after `at`."""
    begun = array_of([at])
    first = last = year_of(int(begun[0]))
    while True:
        table = timetable(calendar, first, last)
        ends = table.reached(table.places(begun) + worked // MICROSECOND)
        if table.covers(ends):
            return moment(ends[0], zone(calendar.zone))
        last += 1 + last - first
