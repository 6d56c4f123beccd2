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

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from anlan.base.clock import (
    DAY,
    HOUR,
    MICROSECOND,
    Moments,
    array_of,
    micros,
    moment,
    wall_clock,
    year_of,
    zone,
)
from anlan.base.errors import Refused
from anlan.cases.calendars import WorkCalendar
from anlan.cases.limits import MOST, WORKING, Limit, TimeUnit
from anlan.cases.working_time import Timetable, timetable

NEVER = np.iinfo(np.int64).max
"""Where a case has fewer pauses than others of its list."""

DAYS_A_UNIT = {TimeUnit.WORKING_HOURS: 0.3, TimeUnit.WORKING_DAYS: 1.6}
"""About how many days of the calendar one of a unit takes: how far to look first, never a result."""

PauseRow = tuple[Moments, Moments]
"""Beginnings and ends of one pause for each thing of a list, NEVER where it has none."""


class Pause(NamedTuple):
    """A time in which a clock stands still."""

    begins: datetime
    ends: datetime


def joined(pauses: Iterable[Pause]) -> list[Pause]:
    """The pauses in order of time, those that overlap made one.

    Raises Refused("pause_backwards"), Refused("zone_missing").
    """
    found: list[Pause] = []
    for pause in sorted(pauses, key=lambda each: (micros(each.begins), micros(each.ends))):
        if pause.ends < pause.begins:
            raise Refused("pause_backwards", begins=pause.begins.isoformat(), ends=pause.ends.isoformat())
        if found and pause.begins <= found[-1].ends:
            found[-1] = Pause(found[-1].begins, max(found[-1].ends, pause.ends))
        else:
            found.append(pause)
    return found


def due(start: datetime, limit: Limit, calendar: WorkCalendar, pauses: Iterable[Pause] = ()) -> datetime:
    """When something that starts at `start` and may take `limit` must end, on the calendar's clock.

    Raises Refused("zone_missing"), Refused("pause_backwards"), Refused("beyond_calendar").
    """
    ends = due_many(array_of([start]), limit.unit, np.array([limit.amount]), calendar, [joined(pauses)])
    return moment(ends[0], zone(calendar.zone))


def due_many(
    starts: Moments,
    unit: TimeUnit,
    amounts: NDArray[np.int64],
    calendar: WorkCalendar,
    pauses: Sequence[Sequence[Pause]] = (),
) -> Moments:
    """When each of many things must end: `amounts` are counted in `unit`, `pauses` are a `joined` list each.

    No lists at all are the same as empty ones. Raises Refused("beyond_calendar").
    """
    if starts.size == 0:
        return starts
    rows = _pause_rows(pauses)
    if unit not in WORKING:
        return _moved(_plain_ends(starts, unit, amounts, calendar), starts, rows)
    latest = int(starts.max() + amounts.max() * DAYS_A_UNIT[unit] * DAY)
    table = timetable(calendar, year_of(int(starts.min())), year_of(latest))
    while True:
        ends = _working_ends(starts, unit, amounts, table, rows)
        if table.covers(ends):
            return ends
        table = timetable(calendar, table.first_year + 1, 2 * table.last_year - table.first_year)


def elapsed(
    start: datetime, now: datetime, unit: TimeUnit, calendar: WorkCalendar, pauses: Iterable[Pause] = ()
) -> int:
    """How many whole units have passed at `now`: the longest limit that would have ended by then, 0 at least.

    Raises as `due` does.
    """
    stood = joined(pauses)
    most = min(MOST, max(0, (now - start) // timedelta(hours=1)) + 2)
    by_then = bisect_right(range(most), now, key=lambda n: due(start, Limit(n, unit), calendar, stood))
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


def _plain_ends(
    starts: Moments, unit: TimeUnit, amounts: NDArray[np.int64], calendar: WorkCalendar
) -> Moments:
    if unit is TimeUnit.EMERGENCY_HOURS:
        return starts + amounts * HOUR
    latest = int((starts + amounts * DAY).max())
    clock = wall_clock(calendar.zone, year_of(int(starts.min())), year_of(latest))
    later = clock.instant(clock.local(starts) + amounts * DAY)
    return np.where(amounts == 0, starts, later)  # in an hour that comes twice the clock alone would not do


def _working_ends(
    starts: Moments,
    unit: TimeUnit,
    amounts: NDArray[np.int64],
    table: Timetable,
    rows: Sequence[PauseRow],
) -> Moments:
    begun = table.begun(starts)
    if unit is TimeUnit.WORKING_HOURS:
        ends = table.reached(table.places(begun) + amounts * HOUR)
    else:
        ends = table.written(table.days_later(begun, amounts))
    for begins, stops in rows:
        stood = table.places(np.maximum(stops, begun)) - table.places(np.maximum(begins, begun))
        ends = np.where(begins < ends, table.reached(table.places(ends) + stood), ends)
    return ends


def _moved(ends: Moments, starts: Moments, rows: Sequence[PauseRow]) -> Moments:
    """Ends in units that count all time, moved by pauses."""
    for begins, stops in rows:
        stood = np.maximum(stops, starts) - np.maximum(begins, starts)
        ends = np.where(begins < ends, ends + stood, ends)
    return ends


def _pause_rows(pauses: Sequence[Sequence[Pause]]) -> list[PauseRow]:
    """The first pause of each list, then the second of each, and so on."""
    rows = []
    for place in range(max(map(len, pauses), default=0)):
        begins, ends = (
            np.array([micros(each[place][side]) if place < len(each) else NEVER for each in pauses])
            for side in (0, 1)
        )
        rows.append((begins, ends))
    return rows
