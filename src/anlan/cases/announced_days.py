"""Calendars of countries, with their zones: China's by `chinesecalendar`, others by `holidays`."""

from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

from anlan.base.errors import Refused
from anlan.cases.calendars import SUMMER_AFTERNOONS, Announced, Day, DayKind, Version, WorkCalendar

CHINA = "cn"
CHINA_SUMMER = "cn-summer"

MOST_LIVE_THERE = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
}
"""Zones of countries whose first one in the table is a rim of them; for another give the zone by its name."""


class China:
    """Holidays and make-up workdays as the State Council announces them, year by year."""

    def day(self, day: date) -> Day | None:
        """What was announced of a day; None where nothing is special about it."""
        from chinese_calendar import constants

        if day in constants.workdays:
            return Day(DayKind.MAKE_UP, str(constants.workdays[day]))
        if day in constants.holidays:
            return Day(DayKind.HOLIDAY, str(constants.holidays[day]))
        return None

    def knows(self, year: int) -> bool:
        """Is the year announced and in this release of the table?"""
        return year in _china_years()


@lru_cache
def _china_years() -> frozenset[int]:
    from chinese_calendar import constants

    return frozenset(day.year for day in constants.holidays)


class Country:
    """Holidays of a country, or of a part of one ("de-by"), by the package `holidays`."""

    def __init__(self, code: str) -> None:
        country, _, part = code.upper().partition("-")
        self.code = code
        self.days = _country_days(country, part)

    def day(self, day: date) -> Day | None:
        """What the law says of a day; None where nothing is special about it."""
        worked = self.days.is_working_day(day)
        if worked == (day.weekday() not in self.days.weekend):
            return None
        return Day(DayKind.MAKE_UP if worked else DayKind.HOLIDAY, str(self.days.get(day, "")))

    def knows(self, year: int) -> bool:
        """Does the package know the year?"""
        return bool(self.days.start_year <= year <= self.days.end_year)


def _country_days(country: str, part: str) -> Any:
    import holidays

    try:
        return holidays.country_holidays(country, subdiv=part or None)
    except (NotImplementedError, KeyError):
        raise Refused("calendar_unknown", calendar=f"{country}-{part}".rstrip("-").lower()) from None


def announced(code: str) -> Announced:
    """The days that a country announces; raises Refused("calendar_unknown")."""
    return China() if code == CHINA else Country(code)


def zone_of(code: str) -> str:
    """The zone of a country's clock: its first in the table of the time zone database.

    Raises Refused("calendar_unknown").
    """
    wanted = code.partition("-")[0].upper()
    if wanted in MOST_LIVE_THERE:
        return MOST_LIVE_THERE[wanted]
    table = resources.files("tzdata") / "zoneinfo" / "zone.tab"
    for line in table.read_text("utf-8").splitlines():
        if line.startswith(f"{wanted}\t"):
            return line.split("\t")[2]
    raise Refused("calendar_unknown", calendar=code)


@lru_cache(maxsize=32)
def calendar(code: str, zone: str = "") -> WorkCalendar:
    """The calendar of a country, or of a part of one, with the usual windows; `zone` is the country's if "".

    Raises Refused("calendar_unknown").
    """
    code = code.lower()
    if code in (CHINA, CHINA_SUMMER):
        seasons = (SUMMER_AFTERNOONS,) if code == CHINA_SUMMER else ()
        return WorkCalendar(zone or "Asia/Shanghai", (Version(announced=China(), seasons=seasons),))
    days = Country(code)
    week = frozenset(range(7)) - days.days.weekend
    return WorkCalendar(zone or zone_of(code), (Version(announced=days, week=week),))
