"""When a message leaves, and what happens to one that nobody takes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.staff.notices import NO_CHOICE, WAITS, Choice, Way, is_quiet, next_time, next_try, send_at

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI)

TIMES = st.times().map(lambda each: each.replace(microsecond=0))
NEW_YORK = ZoneInfo("America/New_York")
ANY_DAY = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31))
CLOCKS_ARE_SET = st.one_of(
    st.datetimes(datetime(2026, 3, 8, 4), datetime(2026, 3, 8, 9)),
    st.datetimes(datetime(2026, 11, 1, 4), datetime(2026, 11, 1, 9)),
)
MOMENTS = st.builds(
    lambda at, zone: at.replace(tzinfo=UTC).astimezone(zone),
    ANY_DAY | CLOCKS_ARE_SET,
    st.sampled_from([SHANGHAI, NEW_YORK]),
)
CHOICES = st.builds(
    Choice, digest_at=st.none() | TIMES, quiet_from=st.none() | TIMES, quiet_to=st.none() | TIMES
)
WAYS = st.sampled_from(Way)


def at(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


NIGHT = Choice(quiet_from=time(21), quiet_to=time(7))


@pytest.mark.parametrize(
    ("way", "choice", "now", "leaves"),
    [
        (Way.EMAIL, NO_CHOICE, NOON, NOON),
        (Way.EMAIL, Choice(digest_at=time(17)), NOON, at(17)),
        (Way.EMAIL, Choice(digest_at=time(9)), NOON, at(9, day=25)),
        (Way.SMS, Choice(digest_at=time(17)), NOON, NOON),  # only mail is gathered
        (Way.SMS, NIGHT, at(23), at(7, day=25)),
        (Way.SMS, NIGHT, at(6, 59), at(7)),
        (Way.SMS, NIGHT, at(7), at(7)),
        (Way.SMS, NIGHT, at(21), at(7, day=25)),
        (Way.SMS, Choice(quiet_from=time(12), quiet_to=time(14)), NOON, at(14)),
        (Way.EMAIL, Choice(digest_at=time(22), quiet_from=time(21), quiet_to=time(7)), NOON, at(7, day=25)),
    ],
)
def test_a_message_waits_for_the_digest_and_for_the_end_of_quiet_hours(
    way: Way, choice: Choice, now: datetime, leaves: datetime
) -> None:
    assert send_at(way, choice, now, urgent=False) == leaves


@pytest.mark.parametrize(
    ("quiet_to", "now", "leaves"),
    [
        (time(1, 45), "2026-11-01T01:30-04:00", "2026-11-01T01:45-04:00"),
        (time(1, 45), "2026-11-01T01:30-05:00", "2026-11-01T01:45-05:00"),  # the hour comes again
        (time(7), "2026-11-01T01:30-04:00", "2026-11-01T07:00-05:00"),
        (time(2, 30), "2026-03-08T01:30-05:00", "2026-03-08T03:30-04:00"),  # there is no 02:30
        (time(7), "2026-03-07T22:00-05:00", "2026-03-08T07:00-04:00"),
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall_where_it_is_set(
    quiet_to: time, now: str, leaves: str
) -> None:
    choice = Choice(quiet_from=time(21), quiet_to=quiet_to)
    found = send_at(Way.SMS, choice, datetime.fromisoformat(now).astimezone(NEW_YORK), urgent=False)
    assert found.isoformat() == datetime.fromisoformat(leaves).isoformat()


@given(WAYS, CHOICES, MOMENTS)
def test_what_is_urgent_leaves_at_once(way: Way, choice: Choice, now: datetime) -> None:
    assert send_at(way, choice, now, urgent=True) == now


@given(WAYS, CHOICES, MOMENTS)
def test_nothing_leaves_in_the_past_or_later_than_two_days(way: Way, choice: Choice, now: datetime) -> None:
    leaves = send_at(way, choice, now, urgent=False).astimezone(UTC)
    assert now.astimezone(UTC) <= leaves <= now.astimezone(UTC) + timedelta(days=2, hours=1)


@given(WAYS, CHOICES, MOMENTS)
def test_nothing_that_is_not_urgent_leaves_in_quiet_hours(way: Way, choice: Choice, now: datetime) -> None:
    assert not is_quiet(choice, send_at(way, choice, now, urgent=False).time())


@given(TIMES, MOMENTS)
def test_the_next_time_of_day_lies_within_a_day(of_day: time, now: datetime) -> None:
    found = next_time(of_day, now)

    is_skipped = found.time() != of_day
    assert not is_skipped or found.date().isoformat() in ("2025-03-09", "2026-03-08", "2027-03-14")
    assert timedelta() < found.astimezone(UTC) - now.astimezone(UTC) <= timedelta(days=1, hours=1)


def test_tries_come_ever_later_until_it_is_a_dead_letter() -> None:
    times = [next_try(tries, NOON) for tries in range(1, len(WAITS) + 2)]

    assert times == [*(NOON + wait for wait in WAITS), None]
    assert list(WAITS) == sorted(WAITS)
