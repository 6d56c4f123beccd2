"""Series, doses, comparison and picked places, synthetic controls: textbooks, scipy, statsmodels."""

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import optimize, stats

from anlan.stats import (
    ComparisonPlaces,
    DoseResponse,
    InterruptedSeries,
    LocalLevel,
    SyntheticControl,
    regression_to_mean,
)
from anlan.stats._arrays import Floats
from anlan.stats.effects.segments import seasons


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
@pytest.mark.parametrize("change", [24, 5])  # periods to fit, more and fewer than there are places
def test_no_weights_of_a_synthetic_control_are_better_than_those_it_takes(match: Any, change: int) -> None:
    """The loss is convex, so none is lower than by the gap of Frank and Wolfe (1956, section 5)."""
    counts, exposure = places(14), np.linspace(1, 2, 10)
    model = SyntheticControl(change, match=match).fit(counts, 0, exposure)
    rates = counts / exposure[:, None]
    shapes = rates / rates[:, :change].mean(axis=1, keepdims=True) if match == "shape" else rates
    weights = model.weights_[1:]
    missed = weights @ shapes[1:, :change] - shapes[0, :change]
    slope = shapes[1:, :change] @ missed

    assert (weights.min() >= 0, weights.sum()) == (True, pytest.approx(1, abs=1e-12))
    assert weights @ slope - slope.min() <= 1e-10 * (missed**2).sum()
    size = rates[0, :change].mean() if match == "shape" else 1.0
    expected = (model.weights_ @ shapes)[change:].sum() * size * exposure[0]
    assert model.averted_.estimate == pytest.approx(expected - counts[0, change:].sum(), rel=1e-8)


def interrupted(seed: int, size: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Counts of 72 months that fall after 48, their exposure, a covariate, the design of the model."""
    rng, t = np.random.default_rng(seed), np.arange(72)
    exposure, covariate = rng.uniform(1, 3, 72), rng.normal(size=72)
    mean = exposure * 10 * np.exp(0.3 * np.sin(2 * np.pi * t / 12) + 0.2 * covariate - 0.3 * (t >= 48))
    since = np.where(t >= 48, t - 47, 0)
    months = [t % 12 == month for month in range(1, 12)]
    design = np.column_stack([np.ones(72), t >= 48, since, t, *months, covariate]).astype(float)
    return rng.negative_binomial(size, size / (size + mean)).astype(float), exposure, covariate, design


@pytest.mark.parametrize(("seed", "size"), [(0, 1e6), (1, 1e6), (2, 5.0)])
def test_an_interrupted_series_and_its_errors_are_those_of_statsmodels(seed: int, size: float) -> None:
    counts, exposure, covariate, design = interrupted(seed, size)
    model = InterruptedSeries(48).fit(counts, exposure=exposure, covariates=covariate)
    oracle = sm.GLM(counts, design, sm.families.Poisson(), offset=np.log(exposure))
    plain, quasi, white, runs = (
        oracle.fit(tol=1e-12, **options)
        for options in (
            {},
            {"scale": "X2"},
            {"cov_type": "HC0"},
            {"cov_type": "HAC", "cov_kwds": {"maxlags": 12, "use_correction": False}},
        )
    )
    assert (model.level_, model.slope_) == pytest.approx(tuple(plain.params[1:3]), abs=1e-7)
    widened = quasi.bse[1] * max(1.0, quasi.scale**-0.5)
    errors = {"model": plain.bse[1], "quasi": widened, "HC0": white.bse[1], "newey_west": runs.bse[1]}
    assert model.standard_errors_ == pytest.approx(errors, rel=1e-6)
    without = np.exp(design @ np.where(np.isin(np.arange(16), (1, 2)), 0, plain.params)) * exposure
    assert model.averted_.estimate == pytest.approx((without - counts)[48:].sum(), rel=1e-6)


def test_a_negative_binomial_series_is_that_of_statsmodels() -> None:
    counts, exposure, covariate, design = interrupted(5, 4.0)
    model = InterruptedSeries(48, family="negbin").fit(counts, exposure=exposure, covariates=covariate)
    oracle = sm.NegativeBinomial(counts, design, offset=np.log(exposure)).fit(disp=0, maxiter=500)
    assert (model.level_, model.slope_) == pytest.approx(tuple(oracle.params[1:3]), abs=1e-5)


@pytest.mark.parametrize(("seed", "season"), [(0, None), (1, 12), (2, None)])
def test_a_wandering_level_has_the_restricted_likelihood_of_an_exact_diffuse_filter(
    seed: int, season: int | None
) -> None:
    rng, t = np.random.default_rng(seed), np.arange(60)
    level = 200 + np.cumsum(rng.normal(0, 6, 60)) + (20 * np.sin(2 * np.pi * t / 12) if season else 0)
    counts = rng.poisson(np.maximum(level, 1)).astype(float)
    waves = seasons(60, season, None) if season else None
    kalman = sm.tsa.UnobservedComponents(
        counts[:48],
        "llevel",
        exog=None if waves is None else waves[:48],
        mle_regression=False,
        use_exact_diffuse=True,
    )
    best = optimize.minimize(
        lambda logs: -kalman.loglike(np.exp(logs)),
        np.log([counts.mean(), 20]),
        method="Nelder-Mead",
        options={"xatol": 1e-6, "fatol": 1e-9, "maxiter": 2000},
    )
    noise, step = np.exp(best.x)
    ahead = kalman.smooth([noise, step]).get_forecast(12, exog=None if waves is None else waves[48:])
    model = LocalLevel(48, season=season).fit(counts)
    assert model.drift_ == pytest.approx(step / noise, rel=1e-4)
    assert model.noise_ == pytest.approx(max(noise, counts[:48].mean() + 0.5 / 48), rel=1e-3)
    assert model.expected_ == pytest.approx(ahead.predicted_mean, rel=1e-5)
