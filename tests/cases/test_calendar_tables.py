"""A calendar as it is kept: what a country announced and what the city says, each from its day on."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.cases.announced_days import China
from anlan.cases.calendar_tables import (
    WrittenDays,
    kept,
    kept_announced,
    merged,
    taken,
    taken_announced,
    written_down,
    years_around,
)
from anlan.cases.calendars import SUMMER_AFTERNOONS, Day, DayKind, Version, Window

DAYS = st.dates(date(2025, 1, 1), date(2028, 12, 31))
OWN = st.builds(
    Day,
    st.sampled_from([DayKind.HOLIDAY, DayKind.MAKE_UP, DayKind.WORKDAY]),
    st.text(max_size=10),
    st.sampled_from([None, (Window(540, 600),), (Window(0, 60), Window(120, 1440))]),
)
VERSIONS = st.builds(
    Version,
    seasons=st.sampled_from([(), (SUMMER_AFTERNOONS,)]),
    own_days=st.dictionaries(DAYS, OWN, max_size=5),
    week=st.frozensets(st.integers(0, 6), min_size=1),
    years=st.frozensets(st.integers(2026, 2030), max_size=2),
)


@given(VERSIONS)
def test_a_version_is_taken_as_it_was_kept(version: Version) -> None:
    again = taken(kept(version))
    assert again == Version(
        announced=again.announced,
        windows=version.windows,
        seasons=version.seasons,
        own_days=version.own_days,
        week=version.week,
        years=version.years,
    )


@given(DAYS)
def test_days_that_were_written_down_are_what_was_announced(day: date) -> None:
    days = taken_announced(kept_announced(written_down(China(), years_around(date(2026, 11, 30)))))

    assert days.day(day) == China().day(day)
    assert days.knows(day.year) == China().knows(day.year)


def test_what_a_country_corrects_later_changes_nothing_before() -> None:
    first = Version(announced=WrittenDays({date(2026, 11, 24): Day(DayKind.HOLIDAY)}, frozenset({2026})))
    corrected = Version(effective=date(2026, 11, 30), announced=WrittenDays({}, frozenset({2026, 2027})))
    found = merged("Asia/Shanghai", [first, corrected], [])

    assert found.version_on(date(2026, 11, 24)).day(date(2026, 11, 24)).kind is DayKind.HOLIDAY
    assert [found.is_assumed(year) for year in (2026, 2027, 2028)] == [False, False, True]


def test_the_citys_version_lies_over_what_the_country_had_announced_by_then() -> None:
    new_year = date(2027, 1, 1)
    country = [
        Version(week=frozenset({0, 1})),
        Version(
            effective=date(2026, 12, 1), announced=WrittenDays({new_year: Day(DayKind.HOLIDAY)}, frozenset())
        ),
    ]
    city = [Version(effective=date(2026, 11, 20), years=frozenset({2027}))]
    found = merged("Asia/Shanghai", country, city)

    wednesday = date(2026, 11, 18)
    assert found.version_on(wednesday).day(wednesday).kind is DayKind.REST
    assert found.version_on(date(2026, 11, 25)).day(date(2026, 11, 25)).kind is DayKind.WORKDAY
    assert found.version_on(new_year).day(new_year).kind is DayKind.HOLIDAY
    assert [found.is_assumed(year) for year in (2027, 2028)] == [False, True]


def test_two_versions_of_the_city_do_not_begin_on_one_day() -> None:
    twice = [Version(effective=date(2026, 12, 1))] * 2
    with pytest.raises(Refused, match="versions_overlap"):
        merged("Asia/Shanghai", [Version()], twice)
