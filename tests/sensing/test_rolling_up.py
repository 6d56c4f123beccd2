"""Sums of readings add up, whatever their order; names are found wherever they stand; a pace holds."""

from itertools import groupby

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anlan.sensing.messages import joined
from anlan.sensing.name_table import NameTable
from anlan.sensing.pace import BURST_SECONDS, Pace
from anlan.sensing.rolling_up import DAY, HOUR, MINUTE, Found, all_later, in_order, newest, rolled_up, summed

READINGS = st.lists(
    st.tuples(st.integers(1, 3), st.integers(-2 * DAY, 2 * DAY), st.integers(-99, 99)), min_size=1
)


def found(readings: list[tuple[int, int, int]]) -> Found:
    series, at, value = zip(*readings, strict=True)
    return Found(np.array(series, np.int32), np.array(at, np.int64), np.array(value, np.float64))


@given(READINGS)
def test_the_first_of_two_readings_of_one_moment_counts(readings: list[tuple[int, int, int]]) -> None:
    first: dict[tuple[int, int], int] = {}
    for series, at, value in readings:
        first.setdefault((series, at), value)

    whole = in_order([found(readings[:1]), found(readings[1:])] if readings[1:] else [found(readings)])

    rows = list(zip(whole.series.tolist(), whole.at.tolist(), whole.value.tolist(), strict=True))
    assert rows == [(*key, first[key]) for key in sorted(first)]
    last = newest(whole)
    assert dict(zip(last.series.tolist(), last.at.tolist(), strict=True)) == dict(sorted(first))


SOME = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 9), st.just(0)), max_size=6)
NOTHING = Found(np.array([], np.int32), np.array([], np.int64), np.array([]))


@given(SOME, SOME)
def test_readings_are_all_later_where_each_is_later_than_those_of_its_series(
    before: list[tuple[int, int, int]], after: list[tuple[int, int, int]]
) -> None:
    one, other = (in_order([found(each)]) if each else NOTHING for each in (before, after))

    wanted = all(late > soon for mine, late, _ in after for theirs, soon, _ in before if mine == theirs)
    assert all_later(one, other) is wanted


@given(READINGS, st.sampled_from([MINUTE, HOUR, DAY]))
def test_a_roll_up_is_what_its_readings_were(readings: list[tuple[int, int, int]], span: int) -> None:
    whole = in_order([found(readings)])
    rows = zip(whole.series.tolist(), (whole.at // span * span).tolist(), whole.value.tolist(), strict=True)
    expected = [
        (*key, len(values), sum(values), min(values), max(values))
        for key, group in groupby(rows, key=lambda row: row[:2])
        for values in [[row[2] for row in group]]
    ]

    for sums in (rolled_up(whole, span), summed(rolled_up(whole, MINUTE), span)):
        columns = (sums.series, sums.at, sums.count, sums.sum, sums.low, sums.high)
        assert list(zip(*(column.tolist() for column in columns), strict=True)) == expected


@given(
    st.lists(st.binary(max_size=9), unique=True, max_size=30),
    st.lists(st.binary(max_size=9), max_size=30),
)
def test_a_name_is_found_where_it_stands_and_no_other(names: list[bytes], asked: list[bytes]) -> None:
    index = {name: place for place, name in enumerate(names)}

    places = NameTable(names).find(*joined(asked + names))

    assert places.tolist() == [index.get(each, -1) for each in [*asked, *names]]


def test_who_sends_too_much_is_slowed_down_and_nobody_else() -> None:
    pace, second = Pace(10), 1_000_000
    at = np.arange(30_000, dtype=np.int64) * second // 1000  # 1,000 a second for half a minute
    quiet = np.arange(30_000) % 200 == 0  # every fifth of a second
    over = pace.too_many(np.where(quiet, 1, 2), at)

    assert not over[quiet].any()
    assert 10 * BURST_SECONDS <= (~over & ~quiet).sum() <= 10 * BURST_SECONDS + 10 * 30


def test_what_waited_at_the_broker_for_hours_is_not_held_against_its_sender() -> None:
    pace = Pace(10)
    at = np.arange(100_000, dtype=np.int64) * 200_000  # five a second for five hours, read at once

    assert not pace.too_many(np.zeros(100_000, np.int64), at).any()
