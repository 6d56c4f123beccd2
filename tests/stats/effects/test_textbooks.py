"""Doses, comparison places, picked places and synthetic controls against textbooks, scipy and statsmodels."""

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import optimize, stats

from anlan.stats import ComparisonPlaces, DoseResponse, SyntheticControl, regression_to_mean
from anlan.stats._arrays import Floats


def places(seed: int) -> Floats:
    """Ten places that rise and fall together, 36 periods."""
    rng = np.random.default_rng(seed)
    rates = 40 * rng.uniform(0.5, 2, 10)[:, None] * (1 + 0.2 * np.sin(np.arange(36) / 2))
    return rng.poisson(rates).astype(float)


def test_the_errors_of_a_dose_are_the_quasi_binomial_and_hc3_ones() -> None:
    for seed, scatter in ((1, 3.0), (2, 30.0)):
        rng = np.random.default_rng(seed)
        doses, before = rng.uniform(0, 5, 12), rng.poisson(20, 12)
        after = rng.poisson(20 * np.exp(-0.1 * doses) * rng.gamma(scatter, 1 / scatter, 12))
        early, late = rng.uniform(1, 2, (2, 12))
        design, both = sm.add_constant(doses), np.column_stack([after, before])
        model = sm.GLM(both, design, sm.families.Binomial(), offset=np.log(late / early)).fit()
        total = before + after
        weights = total * model.mu * (1 - model.mu)
        bread = np.linalg.inv((design.T * weights) @ design)
        leverage = np.einsum("ij,jk,ik->i", design, bread, design) * weights
        scores = design * ((after - total * model.mu) / (1 - leverage))[:, None]
        hc3 = np.sqrt((bread @ scores.T @ scores @ bread)[1, 1])
        found = DoseResponse().fit(before, after, doses, early, late)
        pearson = ((after - total * model.mu) ** 2 / weights).sum() / 10
        quasi = (bread[1, 1] * max(1.0, pearson)) ** 0.5
        assert found.effect_.estimate == pytest.approx(model.params[1], abs=1e-7)
        assert found.dispersion_ == pytest.approx(pearson, rel=1e-6)
        assert found.standard_error_ == pytest.approx(max(quasi, hc3), rel=1e-6)


def test_the_checks_of_comparison_places_are_the_tests_of_the_textbooks() -> None:
    counts = np.random.default_rng(21).poisson(np.linspace(10, 60, 6)[:, None], (6, 30)).astype(float)
    counts[2] = np.round(counts[2] * np.linspace(0.8, 1.2, 30))
    counts[4] = np.round(counts[4] * np.where(np.arange(30) % 2, 1.4, 0.6))
    found = ComparisonPlaces(24, ratio=4).fit(counts, 0, np.arange(6.0)[:, None]).checks_
    for row in found.iter_rows(named=True):
        pair = counts[[0, row["place"]], :24]
        halves = pair.reshape(2, 4, 6).sum(axis=2)
        months, half_years = (
            stats.chi2_contingency(table)[0] / (table.shape[1] - 1) for table in (pair, halves)
        )
        level = sm.GLM(pair.T, np.ones((24, 1)), sm.families.Binomial())
        score = level.score_test(level.fit().params, exog_extra=np.arange(24.0)[:, None])[0].item()
        p_value = stats.chi2.sf(score / max(1.0, months), 1)
        ratio = pair[0].sum() / pair[1].sum()
        wanted = (months <= 2, half_years <= 2, 1 / 4 <= ratio <= 4, p_value >= 0.05)
        assert (
            tuple(row[check] for check in ("month_fit", "half_year_fit", "level_fit", "trend_fit")) == wanted
        )
    assert not found["passed"].all() and found["passed"].any()


def test_what_picked_places_return_to_is_hauers_estimate() -> None:
    rng = np.random.default_rng(3)
    rates = rng.gamma(3, 1, 40)
    before, after = rng.poisson(rates), rng.poisson(rates)
    picked = before >= 6
    expected = before + before.mean() / before.var() * (before.mean() - before)  # Hauer 1997, section 11.2
    trend = after[~picked].sum() / expected[~picked].sum()
    found = regression_to_mean(before, after, picked)
    assert found.expected_after == pytest.approx(expected[picked].sum() * trend)


@pytest.mark.parametrize("match", ["shape", "level"])
def test_the_weights_of_a_synthetic_control_are_the_best_that_a_search_finds(match: Any) -> None:
    counts, exposure = places(14), np.linspace(1, 2, 10)
    model = SyntheticControl(24, match=match).fit(counts, 0, exposure)
    rates = counts / exposure[:, None]
    shapes = rates / rates[:, :24].mean(axis=1, keepdims=True) if match == "shape" else rates

    def miss(weights: Floats) -> float:
        return float(((shapes[0, :24] - weights @ shapes[1:, :24]) ** 2).sum())

    whole = {"type": "eq", "fun": lambda weights: weights.sum() - 1}
    search = optimize.minimize(
        miss,
        np.full(9, 1 / 9),
        bounds=[(0, 1)] * 9,
        constraints=whole,
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert miss(model.weights_[1:]) == pytest.approx(search.fun, rel=1e-4)
    assert model.weights_[1:] == pytest.approx(search.x, abs=5e-3)
    size = rates[0, :24].mean() if match == "shape" else 1.0
    expected = (model.weights_ @ shapes)[24:].sum() * size * exposure[0]
    assert model.averted_.estimate == pytest.approx(expected - counts[0, 24:].sum(), rel=1e-8)
