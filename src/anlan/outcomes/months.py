"""The months for which scores are made: when one begins and ends, and when it is published."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

PUBLISHED_AFTER = timedelta(days=10)
"""A month is published so long after its end; late checks and answers count until then."""

REVISIONS = 6
"""A published month is looked at again with each of so many months after it.

Within them lie the 14 days in which a reporter may say that nothing is fixed, and the 180 days after a
closing in which the same hazard counts as come back.
"""


def month_of(at: datetime, zone: ZoneInfo) -> date:
    """The first day of the month that `at` lies in, on the clock of `zone`."""
    return at.astimezone(zone).date().replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month + timedelta(days=31)).replace(day=1)


def starts_at(month: date, zone: ZoneInfo) -> datetime:
    """Midnight at which a month begins."""
    return datetime(month.year, month.month, 1, tzinfo=zone)


def months_between(first: date, last: date) -> Iterator[date]:
    """Each month from `first` to `last`, both included."""
    month = first
    while month <= last:
        yield month
        month = next_month(month)


def is_published(month: date, now: datetime, zone: ZoneInfo) -> bool:
    """Are the figures of a month final at `now`?"""
    return now >= starts_at(next_month(month), zone) + PUBLISHED_AFTER


def revisions_due(published: Collection[date]) -> Iterator[tuple[date, int]]:
    """Each published month with the numbers of its revisions, one for each later published month.

    Ordered by month and number. The number says how many months later it was, up to REVISIONS.
    """
    for month in sorted(published):
        later = month
        for number in range(1, REVISIONS + 1):
            later = next_month(later)
            if later in published:
                yield month, number
