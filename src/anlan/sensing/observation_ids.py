"""A reading's number: made of its series and its time, and read back from it.

A reading has no row number; it is known by series and time. SensorThings wants one integer, so the number is
`series * 2**41 + milliseconds since 2000-01-01 UTC`: below 2**63 for 4 million series until the year 2069.
Readings of one series within one millisecond share a number, which then names the earliest of them.
"""

from datetime import UTC, datetime, timedelta

SHIFT = 41
ZERO = datetime(2000, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
LAST = ZERO + MILLISECOND * ((1 << SHIFT) - 1)
MOST_SERIES = (1 << (63 - SHIFT)) - 1


def number_of(series: int, at: datetime) -> int:
    """The number of a reading; `at` lies between ZERO and LAST."""
    return (series << SHIFT) + (at - ZERO) // MILLISECOND


def reading_of(number: int) -> tuple[int, datetime, datetime]:
    """The series of a reading, and the millisecond in which it lies: from, up to but not with."""
    series, since = number >> SHIFT, number & ((1 << SHIFT) - 1)
    first = ZERO + since * MILLISECOND
    return min(max(series, 0), 2**31 - 1), first, first + MILLISECOND
