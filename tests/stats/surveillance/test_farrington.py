"""Farrington's test: the papers' bounds on Salmonella Agona, a model of statsmodels, what always holds."""

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special
from scipy.stats import nbinom, norm

from anlan.stats import Farrington, false_discovery, recurrence_interval
from anlan.stats.surveillance._counts import tail
from anlan.stats.surveillance._expectation import Fitted
from anlan.stats.surveillance._predictive import _with_means
from tests.examples import examples
from tests.stats.oracle_files import oracle

AGONA = oracle("agona")["observed"].to_numpy()
WEEKS = range(281, 312)
SHORT: dict[str, Any] = {"years": 2, "half_window": 1, "periods": 3, "skip": 3, "steps": 12}
COUNTS = st.lists(st.integers(0, 30), min_size=30, max_size=30)
BOUNDS = st.sampled_from(["delta", "negbin", "muan"])


@pytest.mark.parametrize(
    ("bound", "alarms", "last"), [("delta", 2, 7.2426), ("negbin", 2, 7), ("muan", 1, 9)]
)
def test_bounds_and_alarms_on_agona_are_those_of_the_papers(bound: Any, alarms: int, last: float) -> None:
    known, model = oracle("agona_farrington"), Farrington(bound=bound).fit(AGONA, WEEKS)
    assert np.allclose(model.upper_, known[f"upper_{bound}"], atol=1e-6)
    assert np.array_equal(model.alarm_, known[f"alarm_{bound}"] == 1)
    assert (model.alarm_.sum(), round(float(model.upper_[-1]), 4)) == (alarms, last)


def test_expected_and_dispersion_on_agona_are_those_of_the_papers() -> None:
    known, model = oracle("agona_farrington"), Farrington().fit(AGONA, WEEKS)
    assert np.allclose(model.expected_, known["expected"], atol=1e-8)
    assert np.allclose(model.dispersion_, known["dispersion"], atol=1e-8)


@pytest.mark.parametrize("bound", ["delta", "negbin", "muan", "predictive"])
def test_bounds_of_enormous_counts_are_finite(bound: Any) -> None:
    model = Farrington(bound=bound, alpha=1e-6).fit(np.full(300, 1e12), [299])
    assert np.allclose(model.upper_, 1e12, rtol=1e-4) and (model.upper_ > 1e12 + 4e6).all()


def test_r_differs_by_its_standard_error_alone() -> None:
    known, model = oracle("agona_farrington"), Farrington().fit(AGONA, WEEKS)
    assert round(float(known["r_upper_delta"][-1]), 4) == 7.1513
    assert (model.upper_ > known["r_upper_delta"].to_numpy()).all()


def test_farrington_1996_takes_the_windows_alone_and_drops_an_uncertain_trend() -> None:
    known = oracle("agona_farrington")
    model = Farrington(periods=1, past_weights=1, alpha=0.005, trend_alpha=0.05).fit(AGONA, WEEKS)
    assert np.allclose(model.upper_, known["upper_1996"], atol=2e-4)  # R stops its iterations earlier
    assert np.array_equal(model.alarm_, known["alarm_1996"] == 1)


def test_covariates_enter_like_columns_of_a_general_linear_model() -> None:
    rng = np.random.default_rng(5)
    holiday = (rng.random(80) < 0.2).astype(float)
    series = rng.poisson(np.exp(2 + holiday))
    holiday[79] = 1.0
    model = Farrington(**{**SHORT, "years": 5}, past_weights=1e9).fit(series, [79], holiday)
    rows = np.arange(79 - 61, 79 - 3)
    phase = (rows - 79 + 1) % 12 - 3
    part = np.where(phase < 0, 0, 1 + phase * 2 // 9)
    design = np.column_stack([*(part == g for g in range(3)), (rows - 79) / 12, holiday[rows]]).astype(float)
    fitted = sm.GLM(series[rows], design, family=sm.families.Poisson()).fit(scale="X2", tol=1e-12)
    assert model.expected_[0] == pytest.approx(np.exp([1, 0, 0, 0, 1] @ fitted.params), rel=1e-8)
    assert model.dispersion_[0] == pytest.approx(max(1.0, fitted.scale), rel=1e-8)


def of_the_papers(series: Any, covariate: Any, trend: bool, options: dict[str, int]) -> tuple[float, ...]:
    """(expected, variance of its log, dispersion) of the last row, by statsmodels: fitted, weighed down by
    Anscombe residuals, fitted again (Noufaily et al. 2013, section 3).
    """
    years, half, parts, skip, steps = options.values()
    now = len(series) - 1
    rows = np.arange(now - years * steps - half, now - skip)
    phase = (rows - now + half) % steps - 2 * half - 1
    part = np.where(phase < 0, 0, 1 + phase * (parts - 1) // (steps - 2 * half - 1))
    columns = [
        *(part == k for k in range(parts)),
        covariate[rows],
        *([(rows - now) / steps] if trend else []),
    ]
    design, y = np.column_stack(columns).astype(float), series[rows].astype(float)
    judged = np.array([1.0, *[0.0] * (parts - 1), covariate[now], *([0.0] if trend else [])])

    def fitted(weights: Any) -> Any:
        return sm.GLM(y, design, sm.families.Poisson(), var_weights=weights).fit(
            tol=1e-13, tol_criterion="params"
        )

    def dispersion(model: Any, weights: Any) -> float:
        return max(1.0, float((weights * (y - model.mu) ** 2 / model.mu).sum() / model.df_resid))

    first = fitted(np.ones(len(y)))
    leverage = first.get_hat_matrix_diag()
    anscombe = 1.5 * (y ** (2 / 3) * first.mu ** (-1 / 6) - first.mu**0.5)
    anscombe /= np.sqrt(dispersion(first, 1.0) * (1 - leverage))
    weights = np.where(anscombe > 2.58, 1 / np.maximum(anscombe, 1e-9) ** 2, 1.0)
    weights *= len(y) / weights.sum()
    model = fitted(weights)
    expected = float(np.exp(judged @ model.params))
    if trend and expected > y.max():
        return of_the_papers(series, covariate, False, options)
    return expected, float(judged @ model.normalized_cov_params @ judged), dispersion(model, weights)


@pytest.mark.parametrize("seed", range(8))
def test_bounds_of_any_series_are_the_formulas_of_the_papers_on_a_model_of_statsmodels(seed: int) -> None:
    rng = np.random.default_rng(seed)
    options = {"years": 4, "half_window": 2, "periods": 5, "skip": 6, "steps": 24}
    mean = 12 * np.exp(
        rng.normal(0, 0.4) * np.arange(110) / 110 + 0.4 * np.sin(np.arange(110) / 24 * 2 * np.pi)
    )
    series = rng.negative_binomial(4, 4 / (4 + mean))
    series[rng.integers(20, 80)] += 60  # an outbreak of the past
    covariate, alpha = rng.random(110), float(rng.choice([0.05, 0.001]))
    expected, variance, phi = of_the_papers(series, covariate, bool(seed % 4), options)
    fits = {
        bound: Farrington(**options, bound=bound, alpha=alpha, trend=bool(seed % 4)).fit(
            series, [109], covariate
        )
        for bound in ("delta", "negbin", "muan")
    }
    assert fits["delta"].expected_[0] == pytest.approx(expected, rel=1e-6)
    assert fits["delta"].dispersion_[0] == pytest.approx(phi, rel=1e-6)
    z = norm.isf(alpha)
    error = (phi * expected + phi * expected**2 * variance) ** 0.5 / expected
    assert fits["delta"].upper_[0] == pytest.approx(expected * (1 + 2 / 3 * z * error) ** 1.5, rel=1e-6)
    for bound, mu in (("negbin", expected), ("muan", expected * np.exp(z * (phi * variance) ** 0.5))):
        assert fits[bound].upper_[0] == nbinom.isf(alpha, mu / (phi - 1), 1 / phi)


def test_a_holiday_that_moves_is_no_alarm_once_it_is_a_covariate() -> None:
    rng = np.random.default_rng(6)
    holiday = np.zeros(312)
    holiday[[40, 95, 146, 200, 251, 305]] = 1  # a different week each year
    series = rng.poisson(5 * np.exp(1.5 * holiday))
    naive, told = Farrington().fit(series, [305]), Farrington().fit(series, [305], holiday)
    assert naive.alarm_[0] and not told.alarm_[0]


def test_the_trend_is_dropped_where_it_predicts_more_than_was_ever_seen() -> None:
    series = np.round(np.geomspace(1, 40, 320))
    model = Farrington().fit(series, [319])
    assert (model.trend_[0], model.expected_[0] < 40) == (0.0, True)


@given(st.lists(COUNTS, min_size=1, max_size=4), BOUNDS, st.booleans())
@settings(max_examples=examples(30), deadline=None)
def test_any_counts_give_finite_results(series: list[list[int]], bound: Any, trend: bool) -> None:
    model = Farrington(**SHORT, bound=bound, trend=trend, workers=1).fit(series, [28, 29])
    parts = [model.upper_, model.expected_, model.dispersion_, model.p_value_, model.trend_]
    assert np.isfinite(parts).all() and (model.upper_ >= 0).all() and (model.dispersion_ >= 1).all()
    assert ((model.p_value_ >= 0) & (model.p_value_ <= 1)).all()
    assert not model.alarm_[np.array(series)[:, [28, 29]] == 0].any()


@given(st.lists(COUNTS, min_size=2, max_size=4), BOUNDS, st.randoms(use_true_random=False))
@settings(max_examples=examples(15), deadline=None)
def test_permuting_series_permutes_the_results(series: list[list[int]], bound: Any, random: Any) -> None:
    order = list(range(len(series)))
    random.shuffle(order)
    array = np.array(series)
    model, moved = (Farrington(**SHORT, bound=bound).fit(array[rows], [29]) for rows in (slice(None), order))
    assert np.array_equal(model.upper_[order], moved.upper_)
    assert np.array_equal(model.p_value_[order], moved.p_value_)


@given(COUNTS, BOUNDS)
@settings(max_examples=examples(20), deadline=None)
def test_an_alarm_and_a_p_value_below_alpha_are_one(series: list[int], bound: Any) -> None:
    model = Farrington(**SHORT, bound=bound).fit(series, [29])
    if abs(model.p_value_[0] - 0.05) > 1e-9 and series[29] > 0:
        assert bool(model.alarm_[0]) == bool(model.p_value_[0] < 0.05)


@given(st.lists(st.integers(0, 1), min_size=28, max_size=28), BOUNDS, st.integers(1, 3))
@settings(max_examples=examples(20), deadline=None)
def test_a_rare_series_is_never_surer_than_its_history_is_long(past: list[int], bound: Any, now: int) -> None:
    model = Farrington(**SHORT, bound=bound).fit([*past, 0, now], [29])
    window = 6  # rows of the same weeks of two past years
    none = 1 - (window / (window + 1)) ** 0.5 if now == 1 else (0.5 / (window + 1)) ** now / 4
    assert model.p_value_[0] >= none * (1 - 1e-9)


@pytest.mark.parametrize("bound", ["delta", "negbin"])
def test_after_weeks_without_any_event_a_bound_is_predictive(bound: Any) -> None:
    quiet = np.zeros((2, 212))
    quiet[:, 211] = 1, 2
    model = Farrington(bound=bound).fit(quiet, [211])
    assert model.p_value_[:, 0] == pytest.approx(nbinom.sf([0, 1], 0.5, 28 / 29))
    assert model.upper_.tolist() == [[0], [0]] and model.expected_.tolist() == [[0], [0]]
    assert Farrington(bound=bound, alpha=0.01).fit(quiet, [211]).upper_.tolist() == [[1], [1]]


@pytest.mark.parametrize("bound", ["delta", "negbin", "muan"])
@pytest.mark.parametrize("mean", [0.002, 0.01, 0.05, 0.2])
def test_of_thousands_of_quiet_rare_series_none_stands(bound: Any, mean: float) -> None:
    series = np.random.default_rng(8).poisson(mean, (3000, 212))
    model = Farrington(bound=bound).fit(series, [211])
    assert not false_discovery(model.p_value_).stands.any()
    assert recurrence_interval(model.p_value_, tests=3000).max() < 10


def test_an_outbreak_in_a_rare_series_still_stands_among_thousands() -> None:
    series = np.random.default_rng(9).poisson(0.01, (3000, 212))
    series[17, 211] = 6
    found = false_discovery(Farrington(bound="negbin").fit(series, [211]).p_value_[:, 0])
    assert np.flatnonzero(found.stands).tolist() == [17]


def test_many_series_are_judged_like_each_alone_whatever_the_number_of_workers() -> None:
    series = np.random.default_rng(7).poisson(2, (1100, 30))
    one, four = (Farrington(**SHORT, workers=workers).fit(series, [28, 29]) for workers in (1, 4))
    alone = Farrington(**SHORT).fit(series[1050], [28, 29])
    assert np.array_equal(one.upper_, four.upper_)
    assert np.array_equal(one.upper_[1050], alone.upper_)


class Cluster:
    """A client as dask's: futures that are gathered later."""

    def submit(self, function: Any, /, *args: Any) -> Any:
        return partial(function, *args)

    def gather(self, futures: Any, /) -> Any:
        return [future() for future in futures]


def test_processes_and_clients_give_the_same_answer_as_threads() -> None:
    series = np.random.default_rng(7).poisson(2, (1100, 30))
    alone = Farrington(**SHORT, workers=1).fit(series, [28, 29])
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        for workers in (pool, Cluster()):
            spread = Farrington(**SHORT, workers=workers).fit(series, [28, 29])
            assert np.array_equal(alone.upper_, spread.upper_)
            assert np.array_equal(alone.p_value_, spread.p_value_)


def test_the_result_is_a_table_of_series_and_rows() -> None:
    frame = Farrington().fit(np.stack([AGONA, AGONA]), [310, 311]).result_.to_frame()
    assert frame.columns == ["series", "row", "observed", "expected", "upper", "p_value", "alarm"]
    assert frame["row"].to_list() == [310, 311, 310, 311]


@pytest.mark.parametrize(
    ("series", "at", "message"),
    [
        (AGONA, [312], "row 312 is not there; the series has rows 0 to 311"),
        (AGONA, [-1], "row -1 is not there"),
        (AGONA, [210], "row 210 has 210 rows before it, but 211 are needed (4 years of 52"),
        (AGONA, [], "at must hold whole row numbers"),
        (AGONA, [300.5], "at must hold whole row numbers"),
        (np.where(np.arange(312) == 5, -1, AGONA), [311], "series: -1 at row 5 is negative"),
        (np.where(np.arange(312) == 5, np.nan, AGONA), [311], "series: nan at row 5 is not a finite number"),
        (AGONA[None, None], [311], "series has shape (1, 1, 312)"),
        ("counts.csv", [311], "series"),
        ([], [0], "series is empty (shape (0,))"),
        (np.empty((0, 312)), [311], "series is empty (shape (0, 312))"),
    ],
)
def test_wrong_series_and_rows_are_told_what_would_be_right(series: Any, at: Any, message: str) -> None:
    with pytest.raises(ValueError) as error:
        Farrington().fit(series, at)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bound": "wald"}, 'bound is \'wald\'; give "delta", "negbin", "muan" or "predictive"'),
        ({"alpha": 5}, "alpha is 5; give a number between 0 and 1"),
        ({"years": 0}, "give at least one year"),
        ({"half_window": 26}, "give at least one year, and a window"),
        ({"periods": 50}, "periods is 50; give 1 to 46 parts of 52 rows"),
        ({"skip": 60}, "skip is 60; give 0 to 52 rows"),
        ({"past_weights": 0}, "past_weights is 0; give a number above 0"),
        ({"trend_alpha": 0}, "trend_alpha is 0; give a number above 0"),
    ],
)
def test_wrong_parameters_are_told_what_would_be_right(options: Any, message: str) -> None:
    with pytest.raises(ValueError) as error:
        Farrington(**options).fit(AGONA, [311])
    assert message in str(error.value)


def test_covariates_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="covariates has 5 rows but the series 312 periods"):
        Farrington().fit(AGONA, [311], np.zeros(5))


def test_the_predictive_bound_gives_the_alarms_of_agona_and_what_it_says_is_what_alarms() -> None:
    weeks = np.loadtxt("tests/data/stats/agona.csv", delimiter=",", skiprows=1)
    model = Farrington(bound="predictive").fit(weeks, range(281, 312))
    assert np.flatnonzero(model.alarm_).tolist() == [2, 3]
    assert ((model.p_value_ <= 0.05) == model.alarm_).all()


@pytest.mark.parametrize(("mean", "scatter"), [(0.2, 7.5), (5.0, 0.3), (20.0, 0.0)])
def test_the_predictive_bound_keeps_its_level_where_counts_scatter(mean: float, scatter: float) -> None:
    rng = np.random.default_rng(6)
    wide = rng.gamma(1 / scatter, scatter, (2000, 212)) if scatter else np.ones((2000, 212))
    model = Farrington(bound="predictive").fit(rng.poisson(mean * wide), [211])
    assert (model.p_value_ <= 0.05).mean() < 0.065
    assert (model.p_value_ <= 0.001).mean() < 0.005
    assert ((model.p_value_ <= 0.05) == model.alarm_).all()


@pytest.mark.parametrize("expected", [0.02, 0.1, 0.5])
@pytest.mark.parametrize("dispersion", [1.0, 1.5, 3.0])
def test_predictive_p_values_far_out_are_those_of_any_mean(expected: float, dispersion: float) -> None:
    few, wide = np.array([1 / (expected * 6)]), np.array([dispersion])
    law = Fitted(np.array([expected]), few, wide, np.array([6.0]), np.array([expected]))
    _, shares, means, scatters = _with_means(law, np.array([0]), np.array([1.0]))
    mean, whole = law.predictive()
    scores = np.linspace(-8, 8, 801)
    shape = mean / (whole - dispersion)
    steps = special.gammaincinv(shape, norm.cdf(scores)) / shape
    parts = norm.pdf(scores) / norm.pdf(scores).sum()
    for count in range(1, 40):
        exact = parts @ tail(np.full(801, count), mean * steps, 1 + (dispersion - 1) * steps)
        if exact > 1e-5:
            found = shares @ tail(np.full(len(means), count), means, scatters)
            assert 0.85 < found / exact < 1.05
