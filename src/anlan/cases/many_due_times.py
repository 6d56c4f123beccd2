"""When many things must end at once, on arrays: the arithmetic that due_times.py describes.

Moments and spans of working time are microseconds. All raise Refused("beyond_calendar") for what lies outside
of the years in which deadlines are reckoned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from anlan.base.clock import DAY, HOUR, Moments, wall_clock, year_of
from anlan.base.when_used import when_used
from anlan.cases.calendars import WorkCalendar
from anlan.cases.limits import WORKING, TimeUnit
from anlan.cases.pauses import Pause, PauseRow, pause_rows
from anlan.cases.working_time import Timetable, timetable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

DAYS_A_UNIT = {TimeUnit.WORKING_HOURS: 0.3, TimeUnit.WORKING_DAYS: 1.6}
"""About how many days of the calendar one of a unit takes: how far to look first, never a result."""


def due_many(
    starts: Moments,
    unit: TimeUnit,
    amounts: NDArray[np.int64],
    calendar: WorkCalendar,
    pauses: Sequence[Sequence[Pause]] = (),
) -> Moments:
    """When each of many things must end: `amounts` are counted in `unit`, `pauses` are a `joined` list each.

    No lists at all are the same as empty ones.
    """
    if starts.size == 0:
        return starts
    rows = pause_rows(pauses)
    if unit not in WORKING:
        return _moved(_plain_ends(starts, unit, amounts, calendar), starts, rows)
    latest = np.array([starts.max() + int(amounts.max() * DAYS_A_UNIT[unit]) * DAY])
    return _covered(starts, latest, calendar, lambda table: _working_ends(starts, unit, amounts, table, rows))


def moved_many(
    ends: Moments,
    starts: Moments,
    unit: TimeUnit,
    calendar: WorkCalendar,
    pauses: Sequence[Sequence[Pause]],
) -> Moments:
    """Many ends, of things begun at `starts`, moved by their `joined` pauses, by the rule above."""
    rows = pause_rows(pauses)
    if ends.size == 0 or not rows:
        return ends
    if unit not in WORKING:
        return _moved(ends, starts, rows)
    return _covered(starts, ends, calendar, lambda table: _paused(ends, table.begun(starts), table, rows))


def moved_by(
    ends: Moments, starts: Moments, unit: TimeUnit, calendar: WorkCalendar, pause: PauseRow
) -> Moments:
    """Many ends, of things begun at `starts`, each moved by one pause of its own."""
    if ends.size == 0:
        return ends
    if unit not in WORKING:
        return _moved(ends, starts, [pause])
    first = np.minimum(starts, pause[0])
    latest = np.maximum(ends, pause[1])
    return _covered(first, latest, calendar, lambda table: _paused(ends, table.begun(starts), table, [pause]))


def part_way_many(
    starts: Moments, ends: Moments, shares: NDArray[np.float64], unit: TimeUnit, calendar: WorkCalendar
) -> Moments:
    """When these shares of the time that counts have passed, as `part_way` of each."""
    if starts.size == 0:
        return starts
    if unit not in WORKING:
        plain: Moments = starts + ((ends - starts) * shares).astype(np.int64)
        return plain

    def near(table: Timetable) -> Moments:
        begun, until = table.places(starts), table.places(ends)
        reached = table.reached(begun + ((until - begun) * shares).astype(np.int64))
        return np.where(until > begun, reached, ends)

    return _covered(starts, ends, calendar, near)


def later_many(starts: Moments, worked: Moments, calendar: WorkCalendar) -> Moments:
    """When so much working time (microseconds) has passed after each start."""
    if starts.size == 0:
        return starts
    return _covered(starts, starts, calendar, lambda table: table.reached(table.places(starts) + worked))


def worked_many(starts: Moments, ends: Moments, calendar: WorkCalendar) -> Moments:
    """The working time, in microseconds, between each start and its end."""
    if starts.size == 0:
        return starts
    table = timetable(calendar, year_of(int(starts.min())), year_of(int(ends.max())))
    return table.places(ends) - table.places(starts)


def _covered(
    starts: Moments, ends: Moments, calendar: WorkCalendar, reckon: Callable[[Timetable], Moments]
) -> Moments:
    """What `reckon` gives with a table that reaches beyond all of it."""
    latest = max(int(starts.max()), int(ends.max()))
    table = timetable(calendar, year_of(int(min(starts.min(), ends.min()))), year_of(latest))
    while True:
        found = reckon(table)
        if table.covers(found):
            return found
        table = timetable(calendar, table.first_year + 1, 2 * table.last_year - table.first_year)


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
    return _paused(ends, begun, table, rows)


def _paused(ends: Moments, begun: Moments, table: Timetable, rows: Sequence[PauseRow]) -> Moments:
    """Ends in units of working time, moved by pauses."""
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
