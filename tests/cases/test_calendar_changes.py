"""The city's own calendar in a draft, and what may come into force when."""

from datetime import date

import pytest

from anlan.base.errors import Refused
from anlan.cases.announced_days import China, calendar
from anlan.cases.calendar_changes import (
    beginning,
    check_begins,
    check_make_ups,
    differences,
    hours_text,
    with_days,
    without_days,
)
from anlan.cases.calendar_tables import merged
from anlan.cases.calendars import Day, DayKind, Version, Window

HOLIDAY, MAKE_UP = Day(DayKind.HOLIDAY, "灯会"), Day(DayKind.MAKE_UP)
CN = calendar("cn")
TODAY = date(2026, 11, 30)  # a Monday
DRAFT = Version(announced=China())


def on(day: int, month: int = 12) -> date:
    return date(2026, month, day)


def test_days_are_named_and_taken_back() -> None:
    three = with_days(DRAFT, on(8), on(10), HOLIDAY)

    assert [three.day(on(day)).kind for day in (7, 8, 10, 11)] == ["workday", "holiday", "holiday", "workday"]
    assert sorted(without_days(three, on(9), on(31)).own_days) == [on(8)]


@pytest.mark.parametrize(
    ("reason", "first", "last", "day"),
    [
        ("days_backwards", on(9), on(8), HOLIDAY),
        ("days_too_many", on(1), date(2027, 3, 1), HOLIDAY),
        ("day_named_twice", on(7), on(9), HOLIDAY),
        ("make_up_is_worked", on(5), on(7), MAKE_UP),
        ("windows_overlap", on(5), on(5), Day(DayKind.MAKE_UP, "", (Window(480, 600), Window(540, 660)))),
    ],
)
def test_days_that_contradict_are_refused(reason: str, first: date, last: date, day: Day) -> None:
    with pytest.raises(Refused, match=reason):
        with_days(with_days(DRAFT, on(9), on(9), HOLIDAY), first, last, day)


def test_a_make_up_workday_is_one_on_a_day_that_is_free_otherwise() -> None:
    free = with_days(DRAFT, on(5), on(6), MAKE_UP)
    check_make_ups(free)

    holiday_worked = with_days(DRAFT, date(2026, 10, 1), date(2026, 10, 1), MAKE_UP)
    assert holiday_worked.windows_of(date(2026, 10, 1)) != ()


def test_the_past_is_not_the_drafts_to_say() -> None:
    repeated = with_days(
        with_days(DRAFT, on(8), on(8), HOLIDAY), date(2026, 10, 1), date(2026, 10, 1), HOLIDAY
    )
    kept = beginning(repeated, on(1), CN)
    assert (sorted(kept.own_days), kept.effective) == ([on(8)], on(1))

    with pytest.raises(Refused, match="own_day_before") as refused:
        beginning(repeated, on(9), CN)
    assert refused.value.facts == {"day": "2026-12-08", "name": "灯会", "begins": "2026-12-09"}


@pytest.mark.parametrize(
    ("reason", "day", "others"),
    [
        ("calendar_day_past", on(29, 11), {}),
        ("versions_overlap", on(1), {1: on(1)}),
        ("calendar_follows", on(1), {1: on(1, 6), 2: date(2027, 1, 1)}),
    ],
)
def test_a_version_that_would_contradict_another_is_refused(
    reason: str, day: date, others: dict[int, date]
) -> None:
    with pytest.raises(Refused, match=reason):
        check_begins(day, TODAY, others)


def test_a_version_may_begin_today_after_all_others() -> None:
    check_begins(TODAY, TODAY, {1: on(29, 11), 2: on(1, 6)})


def test_the_days_that_change_are_told_with_their_hours() -> None:
    draft = beginning(with_days(with_days(DRAFT, on(8), on(8), HOLIDAY), on(12), on(12), MAKE_UP), on(1), CN)
    after = merged(CN.zone, CN.versions, [draft])

    found = [
        (change.day, change.after.kind, hours_text(change.hours_before), hours_text(change.hours_after))
        for change in differences(CN, after, TODAY, date(2027, 12, 31))
    ]
    usual = "08:30-12:00, 14:00-17:30"
    assert found == [(on(8), "holiday", usual, ""), (on(12), "make_up", "", usual)]
