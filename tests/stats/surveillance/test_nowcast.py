"""Nowcasts: delays by hand, the truth inside the interval, and what is no triangle."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.stats import Nowcast, reporting_triangle
from tests.examples import examples

NAN = np.nan
STEADY = [[8, 4, 2], [8, 4, 2], [8, 4, 2], [8, 4, NAN], [8, NAN, NAN]]


def test_steady_delays_complete_each_period() -> None:
    model = Nowcast(rng=1).fit(STEADY)
    assert np.allclose(model.delays_, [4 / 7, 2 / 7, 1 / 7])
    assert np.allclose(model.share_, [1, 1, 1, 6 / 7, 4 / 7])
    assert np.allclose(model.estimate_, 14)


def test_a_period_known_to_the_end_has_no_width_and_a_newer_one_more() -> None:
    model = Nowcast(rng=1).fit(STEADY)
    width = model.upper_ - model.lower_
    assert (width[:3] == 0).all() and 0 < width[3] < width[4]


def test_the_same_seed_gives_the_same_interval() -> None:
    assert np.array_equal(Nowcast(rng=4).fit(STEADY).upper_, Nowcast(rng=4).fit(STEADY).upper_)


def test_a_window_follows_a_change_in_recording() -> None:
    slow, fast = [[2, 2, 10]] * 20, [[12, 1, 1]] * 6
    triangle = np.array([*slow, *fast], dtype=float)
    triangle[-1, 1:] = triangle[-2, 2:] = NAN
    assert Nowcast(rng=1).fit(triangle).estimate_[-1] > 30
    assert Nowcast(window=3, rng=1).fit(triangle).estimate_[-1] == pytest.approx(14)


@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=8))
@settings(max_examples=examples(20), deadline=None)
def test_any_triangle_gives_finite_estimates_inside_their_intervals(rows: list[list[int]]) -> None:
    triangle = np.array(rows, dtype=float)
    triangle[-1, 1:] = triangle[-2, 2:] = NAN
    model = Nowcast(rng=1, draws=200).fit(triangle)
    assert np.isfinite([model.estimate_, model.lower_, model.upper_]).all()
    assert (model.lower_ <= model.estimate_).all() and (model.estimate_ <= model.upper_).all()
    assert (model.lower_ >= np.nansum(triangle, axis=1) - 1e-9).all()


def test_where_no_event_teaches_the_delays_few_may_still_come() -> None:
    triangle = np.zeros((30, 5))
    for late in range(1, 5):
        triangle[-late, late:] = NAN
    upper = Nowcast(rng=1).fit(triangle).upper_
    assert (upper[:-4] == 0).all() and 1 <= upper[-1] <= 12
    triangle[3, 0] = 1
    assert Nowcast(rng=1).fit(triangle).upper_[-1] <= 12


def test_a_surge_is_completed_although_no_past_period_was_as_large() -> None:
    triangle = np.tile([10.0, 6, 4], (40, 1))
    triangle[-1] = 200, NAN, NAN
    triangle[-2, 2] = NAN
    model = Nowcast(rng=1).fit(triangle)
    assert model.estimate_[-1] == pytest.approx(400)
    assert model.lower_[-1] < 400 < model.upper_[-1] and model.lower_[-1] > 330


def test_events_become_a_triangle_with_the_future_unknown() -> None:
    table = reporting_triangle([5, 5, 6, 7, 1], [5, 7, 6, 7, 9 - 2], now=7, delays=3, start=5)
    assert np.array_equal(table, [[1, 0, 1], [1, 0, NAN], [1, NAN, NAN]], equal_nan=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([3], [2], 5, 2), "the event at row 0 is recorded before it happened"),
        (([3], [6], 5, 2), "the event at row 0 is recorded after now (5)"),
        (([3, 3], [3], 5, 2), "recorded has shape (1,) but happened has (2,)"),
        (([3], [3], 5, 0), "give one delay or more"),
    ],
)
def test_wrong_events_are_told_what_would_be_right(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError) as error:
        reporting_triangle(*arguments)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("triangle", "message"),
    [
        ([1, 2], "triangle has shape (2,); give (periods, delays)"),
        ([[1, -2], [1, NAN]], "triangle: -2 at row (0, 1) is negative"),
        ([[1, 2], [NAN, 2]], "nan must fill the end of a row"),
        ([[1, 2], [1, NAN], [1, 2]], "no older period be known less far"),
        ([[1, NAN], [1, NAN]], "the first period must be known to the end"),
    ],
)
def test_what_is_no_triangle_is_told_what_would_be_right(triangle: Any, message: str) -> None:
    with pytest.raises(ValueError) as error:
        Nowcast().fit(triangle)
    assert message in str(error.value)


TAYLOR_ASHE = [
    [357848, 766940, 610542, 482940, 527326, 574398, 146342, 139950, 227229, 67948],
    [352118, 884021, 933894, 1183289, 445745, 320996, 527804, 266172, 425046],
    [290507, 1001799, 926219, 1016654, 750816, 146923, 495992, 280405],
    [310608, 1108250, 776189, 1562400, 272482, 352053, 206286],
    [443160, 693190, 991983, 769488, 504851, 470639],
    [396132, 937085, 847498, 805037, 705960],
    [440832, 847631, 1131398, 1063269],
    [359480, 1061648, 1443370],
    [376686, 986608],
    [344014],
]
"""The triangle on which Mack (1993) and England & Verrall (2002) show the chain ladder."""


def test_on_the_triangle_of_taylor_and_ashe_what_is_to_come_is_that_of_the_chain_ladder() -> None:
    model = Nowcast(rng=1).fit([row + [NAN] * (10 - len(row)) for row in TAYLOR_ASHE])
    to_come = model.estimate_ - [sum(row) for row in TAYLOR_ASHE]
    published = [0, 94634, 469511, 709638, 984889, 1419459, 2177641, 3920301, 4278972, 4625811]
    assert np.allclose(to_come, published, atol=0.51)
    assert round(to_come.sum()) == 18680856


def test_its_intervals_are_about_as_wide_as_the_published_errors() -> None:
    model = Nowcast(rng=1).fit([row + [NAN] * (10 - len(row)) for row in TAYLOR_ASHE])
    errors = (model.upper_ - model.lower_)[1:] / 2 / 1.96
    poisson = [110100, 216043, 260872, 303550, 375014, 495378, 789961, 1046514, 1980101]  # over-dispersed
    assert np.allclose(errors, poisson, rtol=0.12)
