"""Intervals on a level that wanders: the algebra against the plain one, and what widens what."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.stats import InterruptedSeries
from anlan.stats._arrays import Floats
from anlan.stats.effects.fitting import LogLinear, fit_log_linear
from anlan.stats.effects.terms import quantile
from anlan.stats.effects.wandering import Wandering, _covariance, _Kind, _restricted, _usual
from tests.examples import examples


def wandering(periods: int, memory: float, spread: float, seed: int) -> Floats:
    """Counts around 50 whose log level is autoregressive."""
    rng = np.random.default_rng(seed)
    level = np.zeros(periods)
    for t in range(1, periods):
        level[t] = memory * level[t - 1] + rng.normal(0, spread * (1 - memory**2) ** 0.5)
    return rng.poisson(50 * np.exp(level)).astype(float)


def model_of(counts: Floats) -> LogLinear:
    n = len(counts)
    design = np.column_stack([np.ones(n), np.arange(n) >= n // 2, np.arange(n) / n])
    return fit_log_linear(design, counts, np.zeros(n))


@pytest.mark.parametrize("kind", [_Kind(0.0, 0.0), _Kind(0.6, 0.5), _Kind(0.95, 4.0)])
def test_height_and_covariance_are_those_of_the_full_matrices(kind: _Kind) -> None:
    model = model_of(wandering(40, 0.5, 0.2, 1))
    weights, design, n = model.means, model.design, 40
    alike = (
        kind.memory ** np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
        if kind.share
        else np.zeros((n, n))
    )
    whole = np.diag(1 / weights) + kind.share / _usual(model) * alike
    inverse = np.linalg.inv(whole)
    inner = design.T @ inverse @ design
    working = (model.counts - model.means) / model.means
    left = working - design @ np.linalg.solve(inner, design.T @ inverse @ working)
    square = left @ inverse @ left
    height = np.linalg.slogdet(whole)[1] + np.linalg.slogdet(inner)[1] + (n - 3) * np.log(square)
    assert _restricted(model, kind) == pytest.approx((-height / 2, square / (n - 3)))
    weighted = design * weights[:, None]
    meat = weighted.T @ whole @ weighted
    assert np.allclose(_covariance(model, kind), model.bread @ meat @ model.bread)


def test_a_steady_level_is_believed_to_stand_still() -> None:
    found = Wandering.of(model_of(np.random.default_rng(3).poisson(50, 120).astype(float)))
    assert found.kinds[0] == _Kind(0.0, 0.0) and found.weights[0] > 0.8


def test_a_wandering_level_is_seen_and_widens_the_interval() -> None:
    found = Wandering.of(model_of(wandering(120, 0.8, 0.3, 4)))
    assert found.kinds[0].share > 0 or found.weights[0] < 0.01
    model = InterruptedSeries(60, slope=False, season=None).fit(wandering(120, 0.8, 0.3, 4))
    assert model.upper_ - model.lower_ > 2 * 2.2 * model.standard_error_


def test_the_interval_is_never_narrower_than_the_published_rule() -> None:
    for seed in range(5):
        model = InterruptedSeries(36, slope=False).fit(np.random.default_rng(seed).poisson(9, 60))
        narrow = 2 * quantile(0.95, 60 - 14) * model.standard_error_
        assert model.upper_ - model.lower_ >= narrow * (1 - 1e-9)


@settings(deadline=None, max_examples=examples(15))
@given(counts=st.lists(st.integers(0, 1000), min_size=30, max_size=30), factor=st.sampled_from([1e-3, 1e4]))
def test_reach_is_finite_and_exposure_has_no_unit(counts: list[int], factor: float) -> None:
    one, other = (
        InterruptedSeries(20, season=None).fit(counts, exposure=np.full(30, amount))
        for amount in (1.0, factor)
    )
    assert np.isfinite([one.lower_, one.upper_, one.averted_.lower, one.averted_.upper]).all()
    assert (one.lower_, one.upper_) == pytest.approx((other.lower_, other.upper_), rel=1e-5, abs=1e-7)


def test_intervals_hold_the_truth_as_often_as_they_say_on_a_level_that_wanders() -> None:
    held = []
    for seed in range(200):
        model = InterruptedSeries(60, slope=False, season=None).fit(wandering(84, 0.6, 0.2, 100 + seed))
        held.append(model.lower_ <= 0 <= model.upper_)
    assert np.mean(held) >= 0.95 - 3 * (0.95 * 0.05 / 200) ** 0.5
