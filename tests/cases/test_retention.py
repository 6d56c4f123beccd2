"""How long contacts and photos are kept: a day for each end of a case, and never one before it."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from anlan.cases import retention
from anlan.cases.satisfaction import REOPEN_WITHIN

DAYS = st.dates(date(2020, 1, 1), date(2200, 1, 1))


@given(DAYS, st.integers(0, 36_500))
def test_a_photo_is_kept_for_so_many_days_after_the_end_and_not_one_more(ended_on: date, keep: int) -> None:
    assert retention.photo_erased_after(ended_on, keep) - ended_on == timedelta(days=keep)


@given(DAYS, st.integers(0, 36_500), st.integers(0, 1000), st.integers(0, 1000))
def test_a_later_end_or_a_longer_time_never_erases_earlier(
    ended_on: date, keep: int, later: int, more: int
) -> None:
    last_day = retention.photo_erased_after(ended_on, keep)
    assert retention.photo_erased_after(ended_on + timedelta(days=later), keep + more) >= last_day


def test_photos_stay_while_a_reporter_may_still_say_that_nothing_is_fixed() -> None:
    assert timedelta(days=retention.SHORTEST_PHOTO_DAYS) >= REOPEN_WITHIN
    assert retention.SHORTEST_PHOTO_DAYS <= retention.PHOTO_DAYS <= retention.EVIDENCE_DAYS
    assert retention.SHORTEST_EVIDENCE_DAYS <= retention.EVIDENCE_DAYS
