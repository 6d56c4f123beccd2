"""The count GLR: its statistic by hand and by search, its restart, and what always holds."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from anlan.stats import CountGlr
from tests.examples import examples

PLAIN: dict[str, Any] = {"harmonics": 0, "trend": False}
COUNTS = st.lists(st.integers(0, 20), min_size=24, max_size=24)


def test_the_poisson_statistic_is_the_largest_log_likelihood_ratio_over_starts() -> None:
    series = np.array([2.0] * 20 + [1, 4, 5])
    model = CountGlr(50, **PLAIN).fit(series, [20, 21, 22])
    by_start = [
        part.sum() * np.log(part.mean() / 2) - (part.sum() - 2 * len(part))
        for part in (series[21:], series[22:])
    ]
    assert model.statistic_[2] == pytest.approx(max(by_start))
    assert model.factor_[2] == pytest.approx(4.5 / 2)
    assert np.allclose(model.expected_, 2)


def test_the_negative_binomial_statistic_is_the_one_a_search_finds() -> None:
    rng = np.random.default_rng(3)
    series = np.append(rng.negative_binomial(2, 2 / 7, 60), [14])
    model = CountGlr(50, family="negbin", **PLAIN).fit(series, [60])
    size, mean = 1 / model.dispersion_, model.expected_[0]

    def minus_ratio(kappa: float) -> float:
        law, raised = (stats.nbinom(size, size / (size + m)) for m in (mean, mean * np.exp(kappa)))
        return float(law.logpmf(14) - raised.logpmf(14))

    best = optimize.minimize_scalar(minus_ratio, bounds=(0, 5), method="bounded")
    assert model.statistic_[0] == pytest.approx(-best.fun, rel=1e-6)


def largest_ratio(counts: Any, means: Any, alpha: float) -> float:
    """Over one factor for all the rows, from where the slope of the log-likelihood is 0."""

    def height(kappa: float) -> float:
        raised = means * np.exp(kappa)
        law = stats.nbinom(1 / alpha, 1 / (1 + alpha * raised)) if alpha else stats.poisson(raised)
        return float(law.logpmf(counts).sum())

    def slope(kappa: float) -> float:
        raised = means * np.exp(kappa)
        return float(((counts - raised) / (1 + alpha * raised)).sum())

    if slope(0.0) <= 0:
        return 0.0
    return height(optimize.brentq(slope, 0.0, 30.0)) - height(0.0)


@pytest.mark.parametrize("family", ["poisson", "negbin"])
@pytest.mark.parametrize(("threshold", "window"), [(2.0, 4), (5.0, 12), (50.0, 12)])
def test_the_statistic_is_the_largest_ratio_of_all_starts_since_the_last_alarm(
    family: Any, threshold: float, window: int
) -> None:
    rng = np.random.default_rng(11)
    series = np.append(rng.negative_binomial(3, 3 / 7, 70), rng.negative_binomial(3, 3 / 10, 20))
    options = {"threshold": threshold, "family": family, "steps": 12, "window": window}
    model, began = CountGlr(**options).fit(series, range(70, 90)), 70
    for t in range(70, 90):
        starts = range(max(began, t - window + 1), t + 1)
        parts = [(series[s : t + 1], model.expected_[s - 70 : t + 1 - 70]) for s in starts]
        best = max(largest_ratio(*part, model.dispersion_) for part in parts)
        assert model.statistic_[t - 70] == pytest.approx(best, abs=1e-8)
        began = t + 1 if best >= threshold else began
        assert model.alarm_[t - 70] == (began == t + 1)


def test_over_dispersed_counts_make_the_negative_binomial_slower_to_alarm() -> None:
    series = np.append(np.random.default_rng(3).negative_binomial(2, 2 / 7, 60), [14])
    poisson, negbin = (CountGlr(50, family=f, **PLAIN).fit(series, [60]) for f in ("poisson", "negbin"))
    assert negbin.statistic_[0] < poisson.statistic_[0]


def test_after_an_alarm_the_detector_starts_anew() -> None:
    series = [2] * 20 + [20, 2, 2]
    model = CountGlr(5, **PLAIN).fit(series, [20, 21, 22])
    assert model.alarm_.tolist() == [True, False, False]
    assert model.statistic_[1] == 0


def test_waves_a_trend_and_covariates_make_the_mean_in_control() -> None:
    t = np.arange(200)
    special = (t % 7 == 0).astype(float)
    mean = np.exp(3 + 0.4 * np.sin(2 * np.pi * t / 52) + 0.002 * t + 0.5 * special)
    model = CountGlr(trend=True).fit(mean, [199], special)
    assert model.expected_[0] == pytest.approx(mean[199], rel=1e-6)


@given(COUNTS, st.sampled_from(["poisson", "negbin"]))
@settings(max_examples=examples(20), deadline=None)
def test_any_counts_give_finite_results(series: list[int], family: Any) -> None:
    model = CountGlr(family=family, **PLAIN).fit([series, series[::-1]], range(12, 24))
    assert np.isfinite([model.statistic_, model.factor_, model.expected_]).all()
    assert (model.statistic_ >= 0).all() and (model.factor_ >= 1).all()


@pytest.mark.parametrize(
    ("options", "at", "message"),
    [
        ({"family": "normal"}, [20], "family is 'normal'"),
        ({"threshold": 0}, [20], "threshold is 0; give a number above 0"),
        ({"window": 0}, [20], "window is 0"),
        ({}, [7], "row 7 has 7 rows before it, but 8 are needed"),
    ],
)
def test_wrong_input_is_told_what_would_be_right(options: Any, at: Any, message: str) -> None:
    with pytest.raises(ValueError) as error:
        CountGlr(**options).fit([1] * 24, at)
    assert message in str(error.value)
