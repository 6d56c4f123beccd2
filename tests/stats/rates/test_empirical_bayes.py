"""Empirical Bayes: Marshall's moments by hand, intervals with width, what must always hold."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from anlan.stats import EmpiricalBayes
from anlan.stats.rates import _mixture
from tests.examples import examples

COUNTS, EXPOSURE = np.array([0.0, 3, 8, 20]), np.array([100.0, 200, 300, 400])
PLACES = st.lists(st.tuples(st.integers(0, 50), st.floats(1, 1e4)), min_size=2, max_size=12)


def test_global_rates_are_marshalls_moments() -> None:
    model = EmpiricalBayes().fit(COUNTS, EXPOSURE)
    mean = 31 / 1000
    raw = COUNTS / EXPOSURE
    variance = (EXPOSURE * (raw - mean) ** 2).sum() / 1000 - mean / 250
    weight = variance / (variance + mean / EXPOSURE)
    assert model.mean_ == pytest.approx(mean)
    assert model.variance_ == pytest.approx(variance)
    assert np.allclose(model.rate_, mean + weight * (raw - mean))


def test_local_rates_take_the_mean_of_a_place_and_its_neighbours() -> None:
    model = EmpiricalBayes("local").fit(COUNTS, EXPOSURE, [[1], [0, 2], [1, 3], [2]])
    assert np.allclose(model.mean_, [3 / 300, 11 / 600, 31 / 900, 28 / 700])


def test_with_everybody_as_neighbour_local_is_global() -> None:
    others = [np.delete(np.arange(4), i) for i in range(4)]
    local, whole = (
        EmpiricalBayes("local").fit(COUNTS, EXPOSURE, others),
        EmpiricalBayes().fit(COUNTS, EXPOSURE),
    )
    for name in ("rate_", "lower_", "upper_"):
        assert np.allclose(getattr(local, name), getattr(whole, name))


def test_the_interval_has_width_where_the_variance_is_estimated_as_zero() -> None:
    model = EmpiricalBayes().fit([10, 10, 10, 10], [100, 100, 100, 100])
    assert model.variance_ == 0
    assert (model.upper_ - model.lower_ > 0.02).all()


def test_the_joined_gammas_are_close_to_the_whole_mixture() -> None:
    lower, upper = _mixture.bounds(COUNTS, EXPOSURE, [np.arange(4)], 0.95)
    shape, scale, weight = _mixture._mixture(COUNTS, EXPOSURE)
    shapes, scales = COUNTS[:, None, None] + shape, EXPOSURE[:, None, None] + scale[:, None]
    below = (special.gammainc(shapes, scales * lower[:, None, None]) * weight).sum(axis=(1, 2))
    above = (special.gammaincc(shapes, scales * upper[:, None, None]) * weight).sum(axis=(1, 2))
    assert np.allclose([below[1:], above[1:]], 0.025, atol=0.002)
    assert np.allclose([below[0], above[0]], 0.025, atol=0.02)  # no event: a limit near 0, with a long foot


@given(PLACES)
@settings(max_examples=examples(25))
def test_any_counts_give_finite_rates_inside_their_intervals(places: list[tuple[int, float]]) -> None:
    counts, exposure = np.array(places).T
    model = EmpiricalBayes().fit(counts, exposure)
    assert np.isfinite([model.rate_, model.lower_, model.upper_]).all()
    assert (model.lower_ <= model.rate_).all() and (model.rate_ <= model.upper_).all()
    assert (model.upper_ > model.lower_).all()


@given(PLACES, st.randoms(use_true_random=False))
@settings(max_examples=examples(12))
def test_permuting_places_permutes_the_rates(places: list[tuple[int, float]], random: Any) -> None:
    order = list(range(len(places)))
    random.shuffle(order)
    counts, exposure = np.array(places).T
    model, moved = (
        EmpiricalBayes().fit(counts[rows], exposure[rows]) for rows in (list(range(len(places))), order)
    )
    for name in ("rate_", "lower_", "upper_"):
        assert np.allclose(getattr(model, name)[order], getattr(moved, name), rtol=1e-6)


def test_an_island_learns_from_all_places_as_the_global_kind_does() -> None:
    counts, exposure = [2, 9, 4, 7, 1], [100, 120, 80, 90, 60]
    neighbours: list[list[int]] = [[1], [0, 2], [1, 3], [2], []]
    local = EmpiricalBayes("local").fit(counts, exposure, neighbours)
    whole = EmpiricalBayes().fit(counts, exposure)
    island = [local.rate_[4], local.mean_[4], local.variance_[4], local.lower_[4], local.upper_[4]]  # type: ignore[index]
    assert island == pytest.approx(
        [whole.rate_[4], whole.mean_, whole.variance_, whole.lower_[4], whole.upper_[4]]
    )


def test_a_place_without_exposure_gets_the_mean() -> None:
    model = EmpiricalBayes().fit([5, 3, 0], [100, 100, 0])
    assert model.rate_[2] == model.mean_
    assert model.result_.to_frame()["raw_rate"].to_list() == [0.05, 0.03, None]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, -1], [1, 1]), "counts: -1 at row 1 is negative"),
        (([1, 1], [1, 0]), "exposure: 0 at row 1 is 0 though events happened"),
        (([1, 1], [1, 1, 1]), "exposure has shape (3,) but counts has (2,)"),
        (([1], [1]), "give at least two, or use poisson_interval"),
        (([0, 0], [0, 0]), "exposure is 0 everywhere"),
        (([1, 1], [1, 1], [[1], [0]]), 'neighbours are for kind="local"'),
    ],
)
def test_wrong_input_is_told_what_would_be_right(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError) as error:
        EmpiricalBayes().fit(*arguments)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("neighbours", "message"),
    [
        (None, "none given for 2 places"),
        ([[1]], "1 given for 2 places"),
        ([[1], [2]], "those of row 1 leave the rows 0 to 1"),
        ([[1], [1]], "row 1 names itself or a place twice"),
        ([[1], [0.5]], "those of row 1 are no row numbers"),
    ],
)
def test_wrong_neighbours_are_told_what_would_be_right(neighbours: Any, message: str) -> None:
    with pytest.raises(ValueError) as error:
        EmpiricalBayes("local").fit([1, 2], [10, 10], neighbours)
    assert message in str(error.value)
