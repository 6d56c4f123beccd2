"""Calendars of many kinds, for tests that must hold in all of them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from anlan.cases.announced_days import calendar
from anlan.cases.calendars import SUMMER_AFTERNOONS, Day, DayKind, Version, Window, WorkCalendar
from anlan.cases.limits import Limit, TimeUnit
from anlan.cases.pauses import Pause

NIGHTS = WorkCalendar(
    "America/New_York",
    (
        Version(windows=(Window(0, 300), Window(1200, 1440)), week=frozenset(range(7))),
        Version(effective=date(2026, 7, 1), windows=(Window(90, 210), Window(600, 1080))),
    ),
)
"""Works through the hour that the clocks of New York skip, and through the one that comes twice."""

CHANGED = WorkCalendar(
    "Asia/Shanghai",
    (
        *calendar("cn").versions,
        Version(
            effective=date(2026, 2, 10),
            seasons=(SUMMER_AFTERNOONS,),
            own_days={
                date(2026, 2, 11): Day(DayKind.HOLIDAY, "storm"),
                date(2026, 2, 15): Day(DayKind.MAKE_UP, "", (Window(540, 600),)),
            },
        ),
        Version(effective=date(2026, 10, 20), week=frozenset(range(6))),
    ),
)
"""A city that changed its own calendar twice in a year."""

CALENDARS = (
    *(calendar(code) for code in ("cn", "cn-summer", "de-by", "us", "il")),
    calendar("au-nsw", "Australia/Lord_Howe"),  # whose clocks are set by half an hour
    calendar("ma", "Africa/Casablanca"),  # and here for Ramadan
    NIGHTS,
    CHANGED,
)

calendars = st.sampled_from(CALENDARS)
limits = st.builds(Limit, st.integers(0, 60), st.sampled_from(list(TimeUnit)))
minutes = st.integers(0, 366 * 24 * 60 - 1)


def moment_in(found: WorkCalendar, minute: int) -> datetime:
    """So many minutes after the beginning of 2026, on the clock of a calendar; whole minutes of UTC."""
    return (datetime(2025, 12, 31, 12, tzinfo=ZoneInfo("UTC")) + timedelta(minutes=minute)).astimezone(
        ZoneInfo(found.zone)
    )


def pauses_in(found: WorkCalendar, pairs: list[tuple[int, int]]) -> list[Pause]:
    """Pauses between these minutes."""
    ordered = [(min(pair), max(pair)) for pair in pairs]
    return [Pause(moment_in(found, begins), moment_in(found, ends)) for begins, ends in ordered]


pairs = st.lists(st.tuples(minutes, minutes), max_size=3)
