"""What every function takes for an array, and what it refuses by name."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from anlan import stats

POINTS = np.array([[120.0, 30.0], [120.1, 30.0], [120.2, 30.1], [120.3, 30.0], [120.1, 30.3]])
COUNTS = np.array([[1, 2, 4], [0, 3, 6], [1, 0, 0], [2, 1, 0], [1, 1, 2]])
SERIES = np.random.default_rng(1).poisson(6, 300)
MONTHS = np.random.default_rng(2).poisson(30, 84)
PANEL = np.random.default_rng(3).poisson(20, (6, 36))
PAIR = np.array([20, 10])
SAMPLE = np.array([3.0, 4.0, 6.0, 9.0, 4.0, 2.0])
GROUPS = np.array([0, 0, 1, 1, 1, 0])

CALLS: dict[str, tuple[Callable[[Any], Any], np.ndarray]] = {
    "points": (lambda one: stats.PoissonScan(replications=9, rng=1).fit(one, COUNTS).clusters_, POINTS),
    "counts": (lambda one: stats.PermutationScan(replications=9, rng=1).fit(POINTS, one).clusters_, COUNTS),
    "baseline": (
        lambda one: stats.PoissonScan(replications=9, rng=1).fit(POINTS, COUNTS, one).clusters_,
        np.array([5, 6, 7, 8, 9]),
    ),
    "population": (lambda one: stats.stratified_baseline(COUNTS, one), COUNTS + 1),
    "series": (lambda one: stats.Farrington().fit(one, [299]).upper_, SERIES),
    "covariates": (lambda one: stats.Farrington().fit(SERIES, [299], one).upper_, np.sin(np.arange(300.0))),
    "triangle": (
        lambda one: stats.Nowcast(rng=1).fit(one).upper_,
        np.array([[8, 4, 2], [9, 3, 2], [7, 4, np.nan], [8, np.nan, np.nan]]),
    ),
    "happened": (
        lambda one: np.nan_to_num(stats.reporting_triangle(one, [1, 2, 2], 2, 2)),
        np.array([0, 1, 2]),
    ),
    "p_values": (lambda one: stats.false_discovery(one).adjusted, np.array([0.01, 0.2, 0.04])),
    "count": (lambda one: stats.poisson_interval(one, 2.0).upper, np.array([0, 4])),
    "trials": (lambda one: stats.binomial_interval([1, 4], one).upper, np.array([3, 4])),
    "base_count": (lambda one: stats.rate_ratio([1, 4], one).exact[1], np.array([3, 4])),
    "exposure": (lambda one: stats.EmpiricalBayes().fit([1, 4, 9], one).upper_, np.array([3, 4, 5])),
    "standard": (lambda one: stats.standardise([5, 20], [1000, 500], one).upper, np.array([60, 40])),
    "controls": (lambda one: stats.InterruptedSeries(60).fit(MONTHS, controls=one).level_, MONTHS[::-1]),
    "clusters": (
        lambda one: stats.DifferenceInDifferences(18).fit(PANEL, [1, 1, 1, 0, 0, 0], clusters=one).upper_,
        np.array([0, 1, 2, 3, 4, 5]),
    ),
    "dose": (
        lambda one: stats.DoseResponse().fit(PANEL[:, 0], PANEL[:, 1], one).upper_,
        np.array([0, 1, 2, 3, 4, 6]),
    ),
    "after": (
        lambda one: stats.regression_to_mean(PANEL[:, 0], one, GROUPS).expected_after,
        PANEL[:, 1],
    ),
    "weights": (lambda one: stats.Design(one).mean(SAMPLE).upper, SAMPLE),
    "y": (lambda one: stats.Design(SAMPLE).mean(one).upper, SAMPLE),
    "times": (lambda one: stats.knox(POINTS, one, distance=0.2, interval=2, rng=1).p_value, np.arange(5)),
    "events": (lambda one: stats.score_forecast([5, 1, 0], one, share=0.4).pai, np.array([3, 1, 2])),
}
"""A parameter's name -> a call that takes an array for it, and a right one."""

calls = pytest.mark.parametrize(("name", "call"), [(name, call) for name, (call, _) in CALLS.items()])


@calls
@pytest.mark.parametrize(
    "wrong",
    [["a", "b"], "abc", {"a": 1}, [[1], [2, 3]], np.array(["2026-01-01"], "M8[D]"), np.array([1 + 2j, 3])],
    ids=["text", "word", "mapping", "ragged", "dates", "complex"],
)
def test_what_is_no_array_of_numbers_is_refused_by_name(name, call, wrong) -> None:
    with pytest.raises(ValueError, match=rf"^{name}|^counts and population"):
        call(wrong)


FORMS: dict[str, Callable[[np.ndarray], Any]] = {
    "list": np.ndarray.tolist,
    "float32 where exact": lambda a: a.astype("f4") if (a.astype("f4") == a).all() else a,
    "int16 where whole": lambda a: a.astype("i2") if (np.nan_to_num(a) == a.astype("f8") // 1).all() else a,
    "big-endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "objects": lambda a: a.astype(object),
    "column order": np.asfortranarray,
    "polars": lambda a: pl.Series(a) if a.ndim == 1 else pl.DataFrame(a),
    "masked": np.ma.asarray,
}


@pytest.mark.parametrize("form", FORMS)
@calls
def test_any_form_of_the_same_numbers_gives_the_same(name, call, form) -> None:
    right = CALLS[name][1]
    assert np.array_equal(call(FORMS[form](right)), call(right))


@calls
def test_read_only_and_strided_arrays_are_taken_and_left_as_they_are(name, call) -> None:
    right = CALLS[name][1]
    wide = np.repeat(np.repeat(right, 2, axis=0), 2, axis=-1) if right.ndim == 2 else np.repeat(right, 2)
    wide.setflags(write=False)
    strided = wide[::2, ::2] if right.ndim == 2 else wide[::2]
    before = strided.copy()
    assert np.array_equal(call(strided), call(right))
    assert np.array_equal(strided, before, equal_nan=True)


def test_a_masked_count_is_missing() -> None:
    with pytest.raises(ValueError, match="series: nan at row 3"):
        stats.Ears().fit(np.ma.array(SERIES, mask=np.arange(300) == 3), [299])


def test_broken_times_make_no_reporting_triangle() -> None:
    with pytest.raises(ValueError, match=r"recorded: 1.5 at row 1 is no period"):
        stats.reporting_triangle([0, 1], [0, 1.5], now=2, delays=2)


def test_an_empty_triangle_is_refused() -> None:
    with pytest.raises(ValueError, match="triangle has shape"):
        stats.Nowcast().fit(np.empty((0, 3)))
