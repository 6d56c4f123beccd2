"""Many series at once, and covariates from the calendar."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.stats import false_discovery, holiday_columns, recurrence_interval, weekday_columns

# Benjamini & Hochberg 1995, section 3.2: fifteen tests of a thrombolysis trial, of which four stand.
TRIAL = [
    0.0001,
    0.0004,
    0.0019,
    0.0095,
    0.0201,
    0.0278,
    0.0298,
    0.0344,
    0.0459,
    0.3240,
    0.4262,
    0.5719,
    0.6528,
    0.7590,
    1.0,
]
VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_the_papers_own_example_has_four_that_stand() -> None:
    assert false_discovery(TRIAL).stands.sum() == 4


def test_thousands_of_series_without_any_change_hardly_ever_stand() -> None:
    values = np.random.default_rng(1).random((200, 500))
    assert sum(false_discovery(row).stands.any() for row in values) / 200 < 0.09
    assert (values < 0.05).any(axis=1).all()


@given(VALUES)
def test_by_is_never_bolder_than_bh_and_neither_than_the_p_value(values: list[float]) -> None:
    bh, by = false_discovery(values), false_discovery(values, method="by")
    assert (by.adjusted >= bh.adjusted - 1e-12).all() and (bh.adjusted >= np.array(values) - 1e-12).all()


def test_the_shape_and_the_table_follow_what_was_given() -> None:
    found = false_discovery([[0.001, 0.9], [0.5, 0.002]])
    assert found.stands.tolist() == [[True, False], [False, True]]
    assert found.to_frame()["test"].to_list()[:2] == [0, 3]
    assert "2 of 4 stand" in str(found)


@pytest.mark.parametrize("values", [[-0.1], [1.1], [np.nan], []])
def test_what_is_no_p_value_is_refused(values: Any) -> None:
    with pytest.raises(ValueError, match="p_values"):
        false_discovery(values)


def test_a_recurrence_interval_counts_all_tests_of_a_period() -> None:
    assert recurrence_interval(0.001) == pytest.approx(1000)
    assert recurrence_interval([0.001, 0.9], tests=100).tolist() == pytest.approx([10, 1])


def test_weekdays_are_six_columns_against_monday() -> None:
    days = [date(2026, 11, 23) + timedelta(days=k) for k in range(7)]
    assert np.array_equal(weekday_columns(days), np.vstack([np.zeros(6), np.eye(6)]))


def test_a_holiday_is_the_share_of_the_periods_days() -> None:
    weeks = [date(2026, 2, 9) + timedelta(weeks=k) for k in range(3)]
    festival = [date(2026, 2, 15) + timedelta(days=k) for k in range(9)]
    shares = holiday_columns(weeks, {"Spring Festival": festival, "none": []})
    assert np.allclose(shares, [[1 / 7, 0], [1, 0], [1 / 7, 0]])


def test_starts_that_do_not_rise_are_refused() -> None:
    with pytest.raises(ValueError, match="two days or more, and rise"):
        holiday_columns([date(2026, 1, 1), date(2026, 1, 1)], {})
