"""Which hours of which days are worked: windows by season, holidays, make-up workdays, in versions.

A calendar is a row of versions, each in force from its day on, so that a change never rewrites the past. A
year whose holidays nobody has announced yet is assumed to have none: its working days are those of the week.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, Protocol

from anlan.base.errors import Refused

MINUTES_A_DAY = 24 * 60


class DayKind(StrEnum):
    """What a day is to those who work."""

    WORKDAY = "workday"
    MAKE_UP = "make_up"  # worked in exchange for a holiday
    REST = "rest"  # of the week
    HOLIDAY = "holiday"


WORKED = frozenset({DayKind.WORKDAY, DayKind.MAKE_UP})


class Window(NamedTuple):
    """Worked from `opens` to `closes`, in minutes since midnight."""

    opens: int
    closes: int


class Day(NamedTuple):
    """What somebody decided about one day; `windows` are its own, None for those of its season."""

    kind: DayKind
    name: str = ""
    windows: tuple[Window, ...] | None = None


class Season(NamedTuple):
    """Part of each year with windows of its own: months and days, both included; it may pass new year."""

    first: tuple[int, int]
    last: tuple[int, int]
    windows: tuple[Window, ...]

    def has(self, day: date) -> bool:
        """Does the day lie in it?"""
        today = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= today <= self.last
        return today >= self.first or today <= self.last


class Announced(Protocol):
    """Holidays and make-up workdays as a country announces them."""

    def day(self, day: date) -> Day | None:
        """What was announced of a day; None where nothing is special about it."""

    def knows(self, year: int) -> bool:
        """Are the days of the year announced?"""


class NothingAnnounced:
    """The days of a city that has only its own table."""

    def day(self, day: date) -> Day | None:
        """Nothing."""
        return None

    def knows(self, year: int) -> bool:
        """Nothing is left to be announced."""
        return True


MONDAY_TO_FRIDAY = frozenset(range(5))
DEFAULT_WINDOWS = (Window(510, 720), Window(840, 1050))
"""08:30-12:00 and 14:00-17:30."""

SUMMER_AFTERNOONS = Season((6, 1), (9, 30), (Window(510, 720), Window(870, 1080)))
"""An example of a season, as cities of the south have it: afternoons of 14:30-18:00."""


@dataclass(frozen=True)
class Version:
    """How a calendar is from a day on; None is from ever. `years` are those of which it has all days itself.

    Raises Refused("windows_overlap"), Refused("window_backwards"), Refused("seasons_overlap"),
    Refused("season_without_hours"), Refused("nothing_worked").
    """

    effective: date | None = None
    announced: Announced = field(default_factory=NothingAnnounced)
    windows: tuple[Window, ...] = DEFAULT_WINDOWS
    seasons: tuple[Season, ...] = ()
    own_days: Mapping[date, Day] = field(default_factory=dict)
    week: frozenset[int] = MONDAY_TO_FRIDAY  # 0 is Monday
    years: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        own = [day.windows for day in self.own_days.values() if day.windows is not None]
        for windows in (self.windows, *(season.windows for season in self.seasons), *own):
            check_windows(windows)
        check_seasons(self.seasons)
        if not self.week or not self.windows:
            raise Refused("nothing_worked")

    def day(self, day: date) -> Day:
        """What the day is: the city's own word first, then the country's, then the week's."""
        return self.own_days.get(day) or self.day_without_own(day)

    def day_without_own(self, day: date) -> Day:
        """What the day would be without the city's own word."""
        of_the_week = Day(DayKind.WORKDAY if day.weekday() in self.week else DayKind.REST)
        return self.announced.day(day) or of_the_week

    def knows(self, year: int) -> bool:
        """Are the days of the year announced, by the country or here?"""
        return year in self.years or self.announced.knows(year)

    def windows_of(self, day: date) -> tuple[Window, ...]:
        """The windows in which the day is worked, () for none."""
        found = self.day(day)
        if found.kind not in WORKED:
            return ()
        if found.windows is not None:
            return found.windows
        return next((season.windows for season in self.seasons if season.has(day)), self.windows)


@dataclass(frozen=True, eq=False)
class WorkCalendar:
    """The versions of a calendar, by the day from which they are in force, and the zone of its clock.

    Raises Refused("versions_overlap") where two begin on one day.
    """

    zone: str
    versions: tuple[Version, ...]

    def __post_init__(self) -> None:
        check_versions(version.effective for version in self.versions)
        if not self.versions:
            raise Refused("nothing_worked")

    def version_on(self, day: date) -> Version:
        """The version in force on a day; before the first version, the first."""
        held = bisect_right(self._days, day)
        return self._in_order[max(0, held - 1)]

    @cached_property
    def _in_order(self) -> list[Version]:
        return sorted(self.versions, key=lambda each: each.effective or date.min)

    @cached_property
    def _days(self) -> list[date]:
        return [each.effective or date.min for each in self._in_order]

    def is_assumed(self, year: int) -> bool:
        """Has nobody announced the days of this year yet?"""
        return not self.version_on(date(year, 12, 31)).knows(year)


def check_windows(windows: Iterable[Window]) -> None:
    """Raise Refused("window_backwards") or Refused("windows_overlap")."""
    ordered = sorted(windows)
    for each in ordered:
        if not 0 <= each.opens < each.closes <= MINUTES_A_DAY:
            raise Refused("window_backwards", window=window_text(each))
    for one, other in pairwise(ordered):
        if other.opens < one.closes:
            raise Refused("windows_overlap", one=window_text(one), other=window_text(other))


def check_seasons(seasons: Iterable[Season]) -> None:
    """Raise Refused("season_without_hours"), Refused("seasons_overlap") where two have one day."""
    leap_year = [date.fromordinal(date(2024, 1, 1).toordinal() + n) for n in range(366)]
    listed = list(seasons)
    if not all(season.windows for season in listed):
        raise Refused("season_without_hours")
    for day in leap_year:
        if sum(season.has(day) for season in listed) > 1:
            raise Refused("seasons_overlap", day=f"{day:%m-%d}")


def check_versions(effective: Iterable[date | None]) -> None:
    """Raise Refused("versions_overlap") where two versions begin on one day."""
    listed = list(effective)
    twice = next((day for day in listed if listed.count(day) > 1), ...)
    if twice is not ...:
        raise Refused("versions_overlap", day="" if twice is None else twice.isoformat())


def clock_text(minutes: int) -> str:
    """Minutes since midnight as "08:30"."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def window_text(window: Window) -> str:
    """A window as "08:30-12:00"."""
    return f"{clock_text(window.opens)}-{clock_text(window.closes)}"


def read_windows(text: str) -> tuple[Window, ...]:
    """Windows written as "08:30-12:00, 14:00-17:30".

    Raises Refused("windows_unreadable", ...), Refused("window_backwards"), Refused("windows_overlap").
    """
    parts = [part.strip() for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip()]
    windows = tuple(sorted(_window(part) for part in parts))
    if not windows:
        raise Refused("windows_unreadable", text=text)
    check_windows(windows)
    return windows


_SEASON = re.compile(r"(\d\d)-(\d\d)/(\d\d)-(\d\d)=(.+)")


def read_season(text: str) -> Season:
    """A season written as "06-01/09-30=08:30-12:00,14:30-18:00".

    Raises Refused("season_unreadable", ...) and what `read_windows` raises.
    """
    written = _SEASON.fullmatch(text.strip())
    if written is None:
        raise Refused("season_unreadable", text=text)
    first, last = (int(written[1]), int(written[2])), (int(written[3]), int(written[4]))
    try:
        for month, day in (first, last):
            date(2024, month, day)
    except ValueError:
        raise Refused("season_unreadable", text=text) from None
    return Season(first, last, read_windows(written[5]))


def season_text(season: Season) -> str:
    """A season as `read_season` reads it."""
    (a, b), (c, d) = season.first, season.last
    return f"{a:02}-{b:02}/{c:02}-{d:02}=" + ",".join(map(window_text, season.windows))


def _window(text: str) -> Window:
    opens, _, closes = text.replace("–", "-").replace("—", "-").partition("-")
    try:
        return Window(_minutes(opens), _minutes(closes))
    except ValueError:
        raise Refused("windows_unreadable", text=text) from None


def _minutes(text: str) -> int:
    hours, _, minutes = text.strip().replace("：", ":").partition(":")
    if not (hours.isdecimal() and len(minutes) == 2 and minutes.isdecimal() and int(minutes) < 60):
        raise ValueError(text)
    return int(hours) * 60 + int(minutes)
