"""A level carried forward, placebo dates, power before the start, and the words of a result."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import nbinom

from anlan.stats import InterruptedSeries, LocalLevel, placebo_dates, power_before_start
from anlan.stats._arrays import Integers
from anlan.stats.effects.terms import effect
from tests.examples import examples

# Local level


def test_the_forecast_of_a_wandering_level_is_that_of_kalmans_filter() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(3)
    past = 100 + np.cumsum(rng.normal(0, 4, 60)) + rng.normal(0, 6, 60)
    kalman = sm.tsa.UnobservedComponents(past, "llevel").fit(disp=0)
    model = LocalLevel(60, season=None).fit(np.append(past, [100.0] * 5))
    assert model.drift_ == pytest.approx(kalman.params[1] / kalman.params[0], rel=0.01)
    assert model.expected_ == pytest.approx(kalman.forecast(5), rel=1e-3)


def test_the_interval_opens_with_every_period_when_the_level_wanders() -> None:
    rng = np.random.default_rng(4)
    counts = rng.poisson(np.maximum(200 + np.cumsum(rng.normal(0, 15, 60)), 5))
    model = LocalLevel(48).fit(counts)
    assert (np.diff(model.upper_ - model.expected_) > 0).all()


def test_a_level_that_stands_still_does_not_drift() -> None:
    counts = np.tile([20, 22, 18, 20], 15)
    assert LocalLevel(48, season=None).fit(counts).drift_ == 0


def test_the_season_is_carried_forward_too() -> None:
    counts = np.round(100 + 50 * np.sin(np.arange(60) * np.pi / 6))
    model = LocalLevel(48).fit(counts)
    assert model.expected_ == pytest.approx(counts[48:], abs=1)


@pytest.mark.parametrize(
    ("change", "counts", "says"),
    [(60, [1] * 60, "give one between 1 and 59"), (10, [1] * 60, "give at least 15, or leave out season")],
)
def test_a_past_too_short_for_a_level_is_refused(change: int, counts: list[int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        LocalLevel(change).fit(counts)


@pytest.mark.parametrize("events", [1, 3])
def test_after_years_without_an_event_a_few_say_nothing(events: int) -> None:
    counts = np.zeros(120)
    counts[80 : 80 + events] = 1
    model = LocalLevel(60).fit(counts)
    assert model.averted_.lower < -events < model.averted_.upper
    assert model.averted_.holds_zero and model.averted_.p_value > 0.05
    assert model.sentence("en").startswith("Cannot tell")
    assert (model.upper_ > 0).all()


def test_after_years_without_an_event_many_are_more() -> None:
    found = LocalLevel(60).fit(np.append(np.zeros(60), np.tile([0, 0, 1], 20))).averted_
    assert found.upper < 0 and found.p_value < 0.01


def test_rare_counts_reach_as_far_as_counts_of_a_level_that_stands_still() -> None:
    counts = np.zeros(96)
    counts[[7, 31, 50]] = 1
    found = LocalLevel(48, season=None).fit(counts).averted_
    upper = nbinom.ppf(0.975, 2.5, 2.5 / (2.5 + 2 + 0.5))
    assert found.upper >= upper - 1 - 1e-9


@settings(deadline=None, max_examples=examples(20))
@given(counts=hnp.arrays(np.int64, 36, elements=st.integers(0, 10**5) | st.just(0)))
def test_any_counts_carry_forward_to_finite_numbers(counts: Integers) -> None:
    found = LocalLevel(24).fit(counts).averted_
    assert np.isfinite([found.estimate, found.lower, found.upper]).all()


@settings(deadline=None)
@given(factor=st.sampled_from([0.5, 2.0, 1e5]))
def test_other_units_of_exposure_change_no_forecast(factor: float) -> None:
    counts, exposure = np.random.default_rng(5).poisson(30, 48), np.linspace(50, 90, 48)
    one = LocalLevel(36).fit(counts, exposure=exposure).averted_
    other = LocalLevel(36).fit(counts, exposure=factor * exposure).averted_
    assert (other.estimate, other.lower) == pytest.approx((one.estimate, one.lower), rel=1e-4)


# Placebo dates


def test_a_real_fall_stands_out_from_placebo_dates() -> None:
    rng = np.random.default_rng(6)
    counts = np.append(rng.poisson(80, 72), rng.poisson(40, 24))
    found = placebo_dates(InterruptedSeries(72, slope=False), counts)
    assert (found.p_value, len(found.dates)) == (1 / 43, 43)
    assert found.sentence("en") == "The real date stands out from 42 placebo dates (p = 0.023)."


def test_nothing_does_not_stand_out() -> None:
    counts = np.random.default_rng(7).poisson(80, 96)
    assert placebo_dates(InterruptedSeries(72, slope=False), counts).sentence("zh").startswith("说不准")


@pytest.mark.parametrize(
    ("dates", "says"), [([80], "not between 1 and the change 72"), ([], "no placebo date fits")]
)
def test_placebo_dates_that_cannot_be_are_refused(dates: list[int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        placebo_dates(InterruptedSeries(72), np.ones(96), dates=dates)


# Power


def test_more_events_and_a_larger_fall_are_seen_more_surely() -> None:
    powers = [
        power_before_start(events, 48, 24, fall).power for events, fall in ((5, -20), (5, -40), (50, -40))
    ]
    assert powers == sorted(powers) and powers[0] < 0.4 and powers[2] > 0.99


def test_the_smallest_fall_is_the_first_that_is_seen_four_times_in_five() -> None:
    smallest = power_before_start(20, 48, 24, -30).smallest_percent
    assert smallest is not None
    around = [power_before_start(20, 48, 24, smallest + step).power for step in (0.6, -0.1)]
    assert around[0] < 0.8 <= around[1]


def test_a_plan_that_cannot_tell_says_so() -> None:
    plan = power_before_start(1, 24, 6, -20)
    assert plan.smallest_percent is None
    assert plan.sentence("en").endswith("most likely we could not tell.")
    assert plan.sentence("zh").endswith("多半说不准。")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((0, 48, 24, -30), "events_per_period is 0"),
        ((20, 48, 24, -100), "give a change above -100"),
        ((20, 3, 2, -30), "too short"),
    ],
)
def test_plans_that_cannot_be_are_refused(arguments: tuple[float, int, int, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        power_before_start(*arguments)


# Words


@settings(deadline=None)
@given(estimate=st.floats(-5, 5), error=st.floats(0.001, 5))
def test_the_sentence_cannot_tell_exactly_when_the_interval_holds_zero(estimate: float, error: float) -> None:
    found = effect(estimate, error, level=0.95)
    assert found.sentence("en").startswith("Cannot tell") == found.holds_zero
    assert found.sentence("zh").startswith("说不准") == found.holds_zero


def test_averted_events_are_told_as_fewer() -> None:
    found = effect(120, 10, level=0.9, scale="averted", subject="averted")
    assert found.sentence("en") == (
        "Since the change there were 120 fewer events than expected "
        "(90 % interval from 136 fewer to 104 fewer)."
    )


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="give 'zh' or 'en'"):
        effect(1, 1, level=0.95).sentence("fr")  # type: ignore[arg-type]


def test_an_effect_prints_as_a_table_and_its_sentence() -> None:
    found = effect(-0.5, 0.1, level=0.95)
    assert str(found).splitlines()[0].split() == ["estimate", "standard_error", "lower", "upper", "p_value"]
    assert (found.to_frame().shape, found.percent) == ((1, 5), pytest.approx(-39.3469, abs=1e-4))
