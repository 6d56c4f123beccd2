"""A calendar's versions as they are kept: a country's days written down, a city's own table, both as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from anlan.base.clock import YEARS
from anlan.cases.calendars import (
    Announced,
    Day,
    DayKind,
    NothingAnnounced,
    Season,
    Version,
    Window,
    WorkCalendar,
    check_versions,
)

YEARS_BACK, YEARS_AHEAD = 10, 6
"""A country's days are written down from so many years before today to so many after it."""


class Source(StrEnum):
    """Who says it."""

    COUNTRY = "country"
    CITY = "city"


@dataclass(frozen=True)
class WrittenDays:
    """A country's days as they were known when somebody wrote them down; `known` are the announced years.

    `until` is the first year that was not written down.
    """

    days: Mapping[date, Day]
    known: frozenset[int]
    until: int = YEARS.stop

    def day(self, day: date) -> Day | None:
        """What was announced of a day; None where nothing is special about it."""
        return self.days.get(day)

    def knows(self, year: int) -> bool:
        """Was the year announced, and written down?"""
        return year in self.known


def written_down(announced: Announced, years: range) -> WrittenDays:
    """The days of these years as they are announced now."""
    first = date(years.start, 1, 1)
    count = (date(years.stop, 1, 1) - first).days
    days = {day: found for n in range(count) if (found := announced.day(day := first + timedelta(days=n)))}
    return WrittenDays(days, frozenset(year for year in years if announced.knows(year)), years.stop)


def years_around(today: date) -> range:
    """The years of which a country's days are written down."""
    return range(today.year - YEARS_BACK, today.year + YEARS_AHEAD + 1)


def kept(version: Version) -> dict[str, Any]:
    """A version as it is kept, but for its day of effect and a country's days."""
    return {
        "week": sorted(version.week),
        "windows": _kept_windows(version.windows),
        "seasons": [[*each.first, *each.last, _kept_windows(each.windows)] for each in version.seasons],
        "days": _kept_days(version.own_days),
        "years": sorted(version.years),
    }


def taken(
    cells: Mapping[str, Any], effective: date | None = None, announced: Announced | None = None
) -> Version:
    """The version that `kept` kept; raises what `Version` raises."""
    return Version(
        effective=effective,
        announced=announced or NothingAnnounced(),
        windows=_taken_windows(cells["windows"]),
        seasons=tuple(
            Season((a, b), (c, d), _taken_windows(windows)) for a, b, c, d, windows in cells["seasons"]
        ),
        own_days=_taken_days(cells["days"]),
        week=frozenset(cells["week"]),
        years=frozenset(cells["years"]),
    )


def kept_announced(days: WrittenDays) -> dict[str, Any]:
    """A country's days as they are kept."""
    return {"days": _kept_days(days.days), "known": sorted(days.known), "until": days.until}


def taken_announced(cells: Mapping[str, Any]) -> WrittenDays:
    """A country's days that `kept_announced` kept."""
    return WrittenDays(_taken_days(cells["days"]), frozenset(cells["known"]), cells["until"])


def same_ahead(kept_one: Version, live: Version, today: date) -> bool:
    """Does what a country announces say the same of today and of what follows as what was written down?

    What was written down must reach far enough for that: two years, of which deadlines are made.
    """
    written = kept_one.announced
    if not isinstance(written, WrittenDays) or written.until < today.year + 3:
        return False
    count = (date(written.until, 1, 1) - today).days
    ahead = [today + timedelta(days=n) for n in range(count)]
    years = range(today.year, written.until)
    return (
        (kept_one.windows, kept_one.seasons, kept_one.week) == (live.windows, live.seasons, live.week)
        and [written.knows(year) for year in years] == [live.announced.knows(year) for year in years]
        and all(written.day(day) == live.announced.day(day) for day in ahead)
    )


def merged(zone: str, country: Sequence[Version], city: Sequence[Version]) -> WorkCalendar:
    """One calendar of both: on each day the city's version of it, over what the country had announced then.

    Before the first version of the city, the country's alone; raises Refused("versions_overlap").
    """
    check_versions(each.effective for each in city)
    of_country, of_city = WorkCalendar(zone, tuple(country)), tuple(city)
    days = {each.effective or date.min for each in (*country, *city)}
    return WorkCalendar(zone, tuple(_on(day, of_country, of_city) for day in sorted(days)))


def _on(day: date, country: WorkCalendar, city: Sequence[Version]) -> Version:
    base, effective = country.version_on(day), None if day == date.min else day
    held = [each for each in city if each.effective is None or each.effective <= day]
    if not held:
        return replace(base, effective=effective)
    latest = max(held, key=lambda each: each.effective or date.min)
    return replace(latest, effective=effective, announced=base.announced)


def _kept_windows(windows: Sequence[Window]) -> list[list[int]]:
    return [list(window) for window in windows]


def _taken_windows(cells: Sequence[Sequence[int]]) -> tuple[Window, ...]:
    return tuple(Window(opens, closes) for opens, closes in cells)


def _kept_days(days: Mapping[date, Day]) -> dict[str, list[Any]]:
    return {
        day.isoformat(): [found.kind, found.name]
        + ([] if found.windows is None else [_kept_windows(found.windows)])
        for day, found in sorted(days.items())
    }


def _taken_days(cells: Mapping[str, Sequence[Any]]) -> dict[date, Day]:
    return {
        date.fromisoformat(day): Day(
            DayKind(found[0]), found[1], _taken_windows(found[2]) if len(found) > 2 else None
        )
        for day, found in cells.items()
    }
