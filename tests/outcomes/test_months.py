"""Months of scores on the local clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from anlan.outcomes.months import (
    PUBLISHED_AFTER,
    REVISIONS,
    is_published,
    month_of,
    months_between,
    next_month,
    revisions_due,
    starts_at,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_a_month_begins_at_local_midnight() -> None:
    assert starts_at(date(2026, 11, 1), SHANGHAI) == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert month_of(datetime(2026, 10, 31, 16, tzinfo=UTC), SHANGHAI) == date(2026, 11, 1)
    assert month_of(datetime(2026, 10, 31, 15, 59, tzinfo=UTC), SHANGHAI) == date(2026, 10, 1)


def test_months_follow_one_another_over_the_year() -> None:
    assert [*months_between(date(2026, 11, 1), date(2027, 1, 1))] == [
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
    ]
    assert next_month(date(2028, 1, 1)) == date(2028, 2, 1)


def test_a_month_is_published_ten_days_after_its_end() -> None:
    end = starts_at(date(2026, 12, 1), SHANGHAI)

    found = [is_published(date(2026, 11, 1), end + timedelta(days=days), SHANGHAI) for days in (-1, 0, 9, 10)]

    assert found == [False, False, False, True]


@given(st.sets(st.integers(0, 30), max_size=20))
def test_a_published_month_is_looked_at_again_with_each_of_the_next_six(numbers: set[int]) -> None:
    months = {date(2024 + number // 12, number % 12 + 1, 1): number for number in numbers}

    found = [*revisions_due(months)]

    assert found == sorted(found)
    assert set(found) == {
        (month, later - number)
        for month, number in months.items()
        for later in numbers
        if 1 <= later - number <= REVISIONS
    }


def test_the_revisions_see_all_that_counts_late() -> None:
    for month in months_between(date(2026, 1, 1), date(2028, 12, 1)):
        last = next_month(month)
        for _ in range(REVISIONS):
            last = next_month(last)
        seen_until = starts_at(last, SHANGHAI) + PUBLISHED_AFTER
        assert seen_until >= starts_at(next_month(month), SHANGHAI) + timedelta(days=180)
