"""Intervals of one rate and one share: R's numbers, what must always hold, and what is refused."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.stats import binomial_interval, poisson_interval
from tests.stats.oracle_files import oracle

COUNTS = st.integers(0, 10_000)
LEVELS = st.sampled_from([0.8, 0.95, 0.998])


def test_exact_poisson_intervals_are_those_of_r() -> None:
    known = oracle("poisson_exact_one")
    found = poisson_interval(known["x"].to_numpy(), known["T"].to_numpy())
    assert np.allclose(found.lower, known["lo"], rtol=1e-12)
    assert np.allclose(found.upper, known["hi"], rtol=1e-12)
    assert np.allclose(found.rate, known["rate"])


@pytest.mark.parametrize(
    ("method", "columns"), [("exact", ("cp_lo", "cp_hi")), ("wilson", ("wilson_lo", "wilson_hi"))]
)
def test_binomial_intervals_are_those_of_r(method: Any, columns: tuple[str, str]) -> None:
    known = oracle("binomial_intervals")
    found = binomial_interval(known["x"].to_numpy(), known["n"].to_numpy(), method=method)
    assert np.allclose(found.lower, known[columns[0]], atol=1e-12)
    assert np.allclose(found.upper, known[columns[1]], atol=1e-12)


def test_no_event_has_the_mid_p_bound_minus_log_of_alpha() -> None:
    assert poisson_interval(0, method="midp").upper == pytest.approx(-np.log(0.05), rel=1e-12)


@given(COUNTS, st.floats(0.001, 1e6), LEVELS)
def test_an_exact_poisson_interval_holds_the_midp_one_and_that_the_rate(
    count: int, exposure: float, level: float
) -> None:
    exact = poisson_interval(count, exposure, level)
    midp = poisson_interval(count, exposure, level, "midp")
    assert 0 <= exact.lower <= midp.lower <= exact.rate <= midp.upper <= exact.upper < np.inf


@given(COUNTS, COUNTS, LEVELS)
def test_an_exact_binomial_interval_holds_the_midp_one_and_that_the_share(
    count: int, missed: int, level: float
) -> None:
    trials = count + missed + (count + missed == 0)
    exact = binomial_interval(count, trials, level)
    midp = binomial_interval(count, trials, level, "midp")
    assert 0 <= exact.lower <= midp.lower <= exact.rate <= midp.upper <= exact.upper <= 1


@given(COUNTS, st.floats(0.01, 100))
def test_twice_the_exposure_is_half_the_rate(count: int, exposure: float) -> None:
    once, twice = poisson_interval(count, exposure), poisson_interval(count, 2 * exposure)
    assert np.allclose(
        [once.rate, once.lower, once.upper], 2 * np.array([twice.rate, twice.lower, twice.upper])
    )


@given(st.integers(0, 200), st.integers(1, 200))
def test_events_and_misses_swapped_mirror_the_share(count: int, missed: int) -> None:
    trials = count + missed
    found, mirror = (binomial_interval(x, trials, method="midp") for x in (count, missed))
    assert np.allclose([found.lower, found.upper], [1 - mirror.upper, 1 - mirror.lower], atol=1e-9)


def test_numbers_give_numbers_and_arrays_give_arrays() -> None:
    assert isinstance(poisson_interval(3, 2.0).lower, float)
    found = poisson_interval([3, 4], 2.0)
    assert np.array_equal(found.rate, [1.5, 2.0])
    assert found.to_frame().columns == ["count", "exposure", "rate", "lower", "upper"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1,), "count: -1 is negative; counts of events start at 0"),
        (([1, 2.5],), "count: 2.5 at row 1 is not whole"),
        ((np.nan,), "count: nan is not a finite number"),
        (("many",), "count must hold numbers only"),
        ((3, 0), "exposure: 0 is 0 though events happened"),
        ((0, 0), "exposure: 0 is not above 0"),
        (([1, 2], [1, 2, 3]), "exposure has shape"),
        ((3, 1, 95), "level is 95; give a number between 0 and 1"),
        ((3, 1, 0.95, "wald"), 'method is \'wald\'; give "exact" or "midp"'),
    ],
)
def test_wrong_input_is_told_what_would_be_right(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError) as error:
        poisson_interval(*arguments)
    assert message in str(error.value)


def test_more_events_than_trials_are_refused() -> None:
    with pytest.raises(ValueError, match="count: 4 is above the number of trials"):
        binomial_interval(4, 3)
