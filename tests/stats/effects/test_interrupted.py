"""Interrupted series: the seat belts of 1983 to the digits that R gives, and what cannot be fitted."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from anlan.stats import InterruptedSeries
from anlan.stats._arrays import Integers
from tests.examples import examples

DATA = Path(__file__).parents[2] / "data/stats"


@pytest.fixture(scope="module")
def seatbelts() -> pl.DataFrame:
    return pl.read_csv(DATA / "seatbelts.csv")


@pytest.fixture(scope="module")
def drivers(seatbelts: pl.DataFrame) -> InterruptedSeries:
    return InterruptedSeries(169).fit(seatbelts["drivers"], exposure=seatbelts["kms"])


def test_the_level_and_slope_of_the_seat_belt_law_are_those_of_r(drivers: InterruptedSeries) -> None:
    assert (drivers.level_, drivers.slope_) == pytest.approx((-0.237367619663, 0.005735398295133), rel=1e-9)


def test_each_standard_error_of_the_seat_belt_law_is_that_of_r(drivers: InterruptedSeries) -> None:
    assert drivers.standard_errors_ == pytest.approx(
        {
            "model": 0.01293540362105,
            "quasi": 0.04473884710486,
            "HC0": 0.03411411047644,
            "newey_west": 0.02460617297153,
        },
        rel=1e-7,
    )


def test_the_widest_standard_error_is_published(drivers: InterruptedSeries) -> None:
    assert drivers.standard_error_ == max(drivers.standard_errors_.values())


def test_the_slope_carries_its_own_widest_standard_error(drivers: InterruptedSeries) -> None:
    assert drivers.slope_standard_error_ == pytest.approx(0.003005850236744, rel=1e-6)


def test_the_drivers_spared_are_those_of_r(drivers: InterruptedSeries) -> None:
    found = (drivers.averted_.estimate, drivers.averted_parameter_errors_["newey_west"], drivers.dispersion_)
    assert found == pytest.approx((5485.97052967142, 628.124418611548, 11.962160021456), rel=1e-7)


def test_the_interval_of_the_averted_holds_the_noise_of_counts_too(drivers: InterruptedSeries) -> None:
    assert drivers.averted_.standard_error > 628.12 * 1.5
    assert drivers.averted_.lower < 5486 - 1.96 * 628.12 < 5486 + 1.96 * 628.12 < drivers.averted_.upper


def test_a_negative_binomial_series_agrees_with_r(seatbelts: pl.DataFrame) -> None:
    model = InterruptedSeries(169, family="negbin").fit(seatbelts["drivers"], exposure=seatbelts["kms"])
    found = (model.level_, model.slope_, model.standard_errors_["model"])
    assert found == pytest.approx((-0.2372782796137, 0.005746302618604, 0.03807398999038), rel=1e-5)


def test_covariates_and_controls_enter_the_expectation(seatbelts: pl.DataFrame) -> None:
    trend = np.linspace(0, 1, 192)
    base = InterruptedSeries(169, trend=False)
    model = base.fit(seatbelts["drivers"], covariates=trend, controls=seatbelts["kms"])
    assert model.expected_.shape == (192,)


def test_a_control_that_moved_alike_takes_the_change_away() -> None:
    rng = np.random.default_rng(5)
    level = np.where(np.arange(72) >= 48, 100.0, 200.0) * np.exp(rng.normal(0, 0.3, 72))
    counts, control = rng.poisson(level), rng.poisson(10 * level)
    assert not InterruptedSeries(48, slope=False).fit(counts).result_.change.holds_zero
    assert InterruptedSeries(48, slope=False).fit(counts, controls=control).result_.change.holds_zero


def test_the_sentence_names_the_fall_and_its_interval(drivers: InterruptedSeries) -> None:
    assert drivers.sentence("en") == (
        "At the change there were 21.1 % fewer events than expected "
        "(95 % interval from 31.0 % fewer to 9.9 % fewer); "
        "neighbouring periods run together, and the interval is widened for it."
    )


def test_the_chinese_sentence_names_the_fall_and_its_interval(drivers: InterruptedSeries) -> None:
    assert drivers.sentence("zh") == (
        "变化当时，事件数比预期少21.1%（95%区间：少31.0%到少9.9%）；相邻各期相互关联，区间已为此放宽。"
    )


@pytest.mark.parametrize(("lang", "word"), [("en", "Cannot tell"), ("zh", "说不准")])
def test_an_interval_that_holds_zero_says_that_nobody_can_tell(lang: str, word: str) -> None:
    counts = np.random.default_rng(0).poisson(20, 60)
    assert InterruptedSeries(40).fit(counts).sentence(lang).startswith(word)  # type: ignore[arg-type]


def test_the_result_prints_a_row_for_each_term(drivers: InterruptedSeries) -> None:
    lines = str(drivers.result_).splitlines()
    assert [line.split()[0] for line in lines[:4]] == [
        "term",
        "level",
        "slope",
        "averted",
    ]


def test_periods_without_exposure_and_events_are_left_out(seatbelts: pl.DataFrame) -> None:
    counts, exposure = seatbelts["drivers"].to_numpy().copy(), seatbelts["kms"].to_numpy().copy()
    counts[5] = exposure[5] = 0
    model = InterruptedSeries(169).fit(counts, exposure=exposure)
    assert model.level_ == pytest.approx(-0.237, abs=0.002)


@pytest.mark.parametrize(
    ("change", "counts", "exposure", "says"),
    [
        (60, [1] * 60, None, "give the row number of the first period after the change"),
        (0, [1] * 60, None, "between 1 and 59"),
        (6, [1, 2, 3, 4, 5, 6, 7, 8], None, "too short for 15 coefficients; give at least 17"),
        (59, [1] * 60, None, "cannot tell the coefficients apart"),
        (40, [1] * 59 + [-1], None, "counts: -1 at row 59 is negative"),
        (40, [1] * 59 + [float("nan")], None, "counts: nan at row 59 is not a finite number"),
        (40, [1] * 60, [0] + [1] * 59, "exposure: 0 at row 0 is 0 though events happened"),
        (40, [1] * 60, [1] * 59, "exposure has shape"),
        (40, [[1] * 60], None, "give an array of shape"),
        (40, ["a"] * 60, None, "must hold numbers only"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_what_to_do(
    change: int, counts: list[float], exposure: list[float] | None, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        InterruptedSeries(change).fit(counts, exposure=exposure)


@pytest.mark.parametrize("options", [{"level": 1.5}, {"family": "gauss"}, {"season": -3}])
def test_an_impossible_parameter_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="give"):
        InterruptedSeries(30, **options).fit([3] * 60)  # type: ignore[arg-type]


rare = hnp.arrays(np.int64, 48, elements=st.integers(0, 4))
any_counts = hnp.arrays(np.int64, 48, elements=st.integers(0, 100_000))


@settings(deadline=None, max_examples=examples(20))
@given(counts=rare | any_counts, change=st.integers(20, 40), slope=st.booleans())
def test_any_counts_give_finite_numbers(counts: Integers, change: int, slope: bool) -> None:
    model = InterruptedSeries(change, season=12, slope=slope).fit(counts)
    numbers = [model.level_, model.slope_, model.standard_error_, model.averted_.lower, model.averted_.upper]
    assert np.isfinite(numbers).all()


@settings(deadline=None, max_examples=examples(20))
@given(counts=any_counts, factor=st.sampled_from([0.5, 2.0, 1e6]))
def test_other_units_of_exposure_change_nothing(counts: Integers, factor: float) -> None:
    exposure = np.linspace(50, 80, 48)
    one = InterruptedSeries(30, season=4).fit(counts, exposure=exposure).result_.to_frame().drop("term")
    other = (
        InterruptedSeries(30, season=4)
        .fit(counts, exposure=factor * exposure)
        .result_.to_frame()
        .drop("term")
    )
    np.testing.assert_allclose(other.to_numpy(), one.to_numpy(), rtol=1e-6, atol=1e-6)
