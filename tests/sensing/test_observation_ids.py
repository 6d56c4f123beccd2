"""Numbers of readings go back to series and time."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from anlan.sensing.observation_ids import LAST, MOST_SERIES, ZERO, number_of, reading_of

MOMENTS = st.datetimes(ZERO.replace(tzinfo=None), LAST.replace(tzinfo=None) - timedelta(seconds=1)).map(
    lambda at: at.replace(tzinfo=ZERO.tzinfo)
)


@given(st.integers(1, MOST_SERIES), MOMENTS)
def test_a_number_goes_back_to_its_series_and_millisecond(series: int, at: datetime) -> None:
    number = number_of(series, at)
    assert 0 < number < 2**63
    found, first, after = reading_of(number)
    assert found == min(series, 2**31 - 1) and first <= at < after


@given(st.tuples(st.integers(1, 1000), MOMENTS), st.tuples(st.integers(1, 1000), MOMENTS))
def test_numbers_are_in_the_order_of_series_and_time(
    one: tuple[int, datetime], other: tuple[int, datetime]
) -> None:
    if one <= other:
        assert number_of(*one) <= number_of(*other)


@given(st.integers(0, 10**19))
def test_any_number_can_be_asked_for(number: int) -> None:
    if number < 2**63:
        series, first, after = reading_of(number)
        assert 0 <= series < 2**31 and first < after
