"""Months of scores on the local clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from anlan.outcomes.months import is_published, month_of, months_between, next_month, starts_at

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
