"""Why something is due when it is: which hours of which days were counted, which days passed over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from anlan.base.clock import array_of, micros, moment, year_of, zone
from anlan.base.when_used import when_used
from anlan.cases.calendars import DayKind, WorkCalendar
from anlan.cases.due_times import Pause, due, joined, worked_between
from anlan.cases.limits import WORKING, Limit
from anlan.cases.working_time import timetable

if TYPE_CHECKING:
    import numpy as np
else:
    np = when_used("numpy")

NOTHING = timedelta()


@dataclass(frozen=True)
class Stretch:
    """A piece of time that was counted."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class DayFacts:
    """What a day between start and end was, and its name if it has one."""

    day: date
    kind: DayKind
    name: str


@dataclass(frozen=True)
class Explanation:
    """A deadline and how it came about; moments are on the calendar's clock.

    Counting began at `begun`. Each of `pauses` comes with how far it moved the end. `days` are those from the
    first to the last in units of working time, else (). `assumed` are years whose holidays nobody announced.
    """

    start: datetime
    begun: datetime
    limit: Limit
    due: datetime
    pauses: tuple[tuple[Pause, timedelta], ...]
    stretches: tuple[Stretch, ...]
    days: tuple[DayFacts, ...]
    assumed: tuple[int, ...]


def explain(
    start: datetime, limit: Limit, calendar: WorkCalendar, pauses: Iterable[Pause] = ()
) -> Explanation:
    """How the deadline that `due` gives comes about; raises as it does."""
    stood = joined(pauses)
    ends = due(start, limit, calendar, stood)
    working = limit.unit in WORKING
    begun = _begun(start, calendar) if working else start.astimezone(zone(calendar.zone))
    pieces = _working_windows(begun, ends, calendar) if working else [Stretch(begun, ends)]
    days = _days(begun, ends, calendar) if working else ()
    return Explanation(
        start=start.astimezone(zone(calendar.zone)),
        begun=begun,
        limit=limit,
        due=ends,
        pauses=tuple((pause, _moved_by(pause, begun, ends, calendar, limit)) for pause in stood),
        stretches=tuple(_without(pieces, stood)),
        days=days,
        assumed=tuple(year for year in sorted({each.day.year for each in days}) if calendar.is_assumed(year)),
    )


def _begun(start: datetime, calendar: WorkCalendar) -> datetime:
    year = year_of(micros(start))
    return moment(timetable(calendar, year, year).begun(array_of([start]))[0], zone(calendar.zone))


def _moved_by(
    pause: Pause, begun: datetime, ends: datetime, calendar: WorkCalendar, limit: Limit
) -> timedelta:
    """How far a pause moved the end: one that moved it began before the end as it is written at last."""
    if pause.begins >= ends:
        return NOTHING
    since, until = max(pause.begins, begun), max(pause.ends, begun)
    return worked_between(since, until, calendar) if limit.unit in WORKING else until - since


def _working_windows(begun: datetime, ends: datetime, calendar: WorkCalendar) -> list[Stretch]:
    first, last = micros(begun), micros(ends)
    table = timetable(calendar, year_of(first), year_of(max(first, last)))
    inside = (table.opens < last) & (table.closes > first)
    opens, closes = np.maximum(table.opens[inside], first), np.minimum(table.closes[inside], last)
    where = zone(calendar.zone)
    return [
        Stretch(moment(one, where), moment(other, where)) for one, other in zip(opens, closes, strict=True)
    ]


def _without(pieces: list[Stretch], pauses: list[Pause]) -> list[Stretch]:
    """The pieces with the pauses cut out."""
    for pause in pauses:
        cut = [
            part
            for piece in pieces
            for part in (
                Stretch(piece.begins, min(piece.ends, pause.begins)),
                Stretch(max(piece.begins, pause.ends), piece.ends),
            )
        ]
        pieces = cut
    zone_of_piece = pieces[0].begins.tzinfo if pieces else None
    return [
        Stretch(piece.begins.astimezone(zone_of_piece), piece.ends.astimezone(zone_of_piece))
        for piece in pieces
        if piece.begins < piece.ends
    ]


def _days(begun: datetime, ends: datetime, calendar: WorkCalendar) -> tuple[DayFacts, ...]:
    count = max(0, (ends.date() - begun.date()).days + 1)
    days = [begun.date() + timedelta(days=number) for number in range(count)]
    return tuple(
        DayFacts(day, found.kind, found.name)
        for day in days
        for found in (calendar.version_on(day).day(day),)
    )
