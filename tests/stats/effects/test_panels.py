"""Many places: differences, synthetic control, comparison places, dose, places picked for being bad."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from anlan.stats import (
    ComparisonPlaces,
    DifferenceInDifferences,
    DoseResponse,
    SyntheticControl,
    regression_to_mean,
)
from anlan.stats._arrays import Floats, Integers
from tests.examples import examples

TREATED = np.arange(10) < 4


def panel(seed: int, fall: float = 0.0, mean: float = 20.0) -> Floats:
    rng = np.random.default_rng(seed)
    rates = mean * rng.uniform(0.5, 2, 10)[:, None] * (1 + 0.2 * np.sin(np.arange(36) / 2))
    late = np.outer(TREATED, np.arange(36) >= 24)
    return rng.poisson(rates * np.where(late, 1 - fall, 1)).astype(float)


def log_ratio(counts: Floats, treated: Floats) -> float:
    t0, t1 = counts[treated, :24].sum(), counts[treated, 24:].sum()
    c0, c1 = counts[~treated, :24].sum(), counts[~treated, 24:].sum()
    return float(np.log(t1 / t0 / (c1 / c0)))


# Difference in differences


def test_the_effect_is_the_ratio_of_ratios_when_exposures_do_not_move() -> None:
    counts = panel(1, fall=0.3)
    assert DifferenceInDifferences(24).fit(counts, TREATED).effect_.estimate == pytest.approx(
        log_ratio(counts, TREATED), abs=1e-8
    )


def test_moving_exposures_are_taken_into_account_as_a_poisson_model_does() -> None:
    import statsmodels.api as sm

    counts, rng = panel(2, fall=0.3), np.random.default_rng(0)
    exposure = rng.uniform(50, 200, counts.shape)
    place, period = np.repeat(np.arange(10), 36), np.tile(np.arange(36), 10)
    design = np.column_stack(
        [
            place[:, None] == np.arange(10),
            period[:, None] == np.arange(1, 36),
            TREATED[place] & (period >= 24),
        ]
    ).astype(float)
    oracle = sm.GLM(counts.ravel(), design, sm.families.Poisson(), offset=np.log(exposure.ravel())).fit(
        tol=1e-12
    )
    found = DifferenceInDifferences(24).fit(counts, TREATED, exposure=exposure).effect_.estimate
    assert found == pytest.approx(oracle.params[-1], abs=1e-7)


def test_the_variance_is_the_jackknife_over_places() -> None:
    counts = panel(3)
    variance = 0.0
    for side in (TREATED, ~TREATED):
        without = [log_ratio(np.delete(counts, k, 0), np.delete(TREATED, k)) for k in np.flatnonzero(side)]
        variance += (side.sum() - 1) / side.sum() * ((np.array(without) - np.mean(without)) ** 2).sum()
    chance = sum(
        1 / counts[side][:, when].sum()
        for side in (TREATED, ~TREATED)
        for when in (slice(24), slice(24, None))
    )
    found = DifferenceInDifferences(24).fit(counts, TREATED).standard_error_
    assert found == pytest.approx(max(variance, chance) ** 0.5, rel=1e-4)


def test_places_of_one_cluster_are_left_out_together() -> None:
    counts, pairs = panel(4), np.arange(10) // 2
    doubled = DifferenceInDifferences(24).fit(
        np.repeat(counts, 2, axis=0), np.repeat(TREATED, 2), clusters=np.arange(20) // 2
    )
    single = DifferenceInDifferences(24).fit(counts, TREATED)
    assert doubled.effect_.estimate == pytest.approx(single.effect_.estimate)
    assert DifferenceInDifferences(24).fit(counts, TREATED, clusters=pairs).standard_error_ > 0


def test_trends_that_differed_before_are_told_in_the_sentence() -> None:
    counts = panel(5, mean=200)
    counts[TREATED] = np.round(counts[TREATED] * np.exp(-0.05 * np.arange(36)))
    model = DifferenceInDifferences(24).fit(counts, TREATED)
    assert model.parallel_trend_ is not None and model.parallel_trend_.p_value < 0.01
    assert model.sentence("zh").endswith("趋势已不同，此数不可作准。")


def test_the_event_study_sees_when_the_change_came() -> None:
    model = DifferenceInDifferences(24, block=6).fit(panel(6, fall=0.5, mean=200), TREATED)
    study = model.event_study_
    assert study["block"].to_list() == [-4, -3, -2, 0, 1]
    assert (study["upper"] < 0).to_list() == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("treated", "change", "says"),
    [
        ([1] + [0] * 9, 24, "fewer than two treated clusters"),
        ([1] * 9 + [0], 24, "fewer than two other clusters"),
        ([2] * 10, 24, "must hold true and false"),
        ([1] * 5, 24, "one true or false for each of 10 rows"),
        ([1] * 4 + [0] * 6, 36, "there are periods 0 to 35"),
    ],
)
def test_panels_that_cannot_tell_are_refused(treated: list[int], change: int, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        DifferenceInDifferences(change).fit(panel(0), treated)


def test_a_cluster_on_both_sides_is_refused() -> None:
    with pytest.raises(ValueError, match="holds both treated and other"):
        DifferenceInDifferences(24).fit(panel(0), TREATED, clusters=[0, 1, 2, 3, 3, 4, 5, 6, 7, 8])


grids = hnp.arrays(np.int64, (6, 8), elements=st.integers(0, 50) | st.just(0))


@settings(deadline=None, max_examples=examples(20))
@given(counts=grids)
def test_any_panel_gives_finite_numbers(counts: Integers) -> None:
    model = DifferenceInDifferences(5).fit(counts, [1, 1, 1, 0, 0, 0])
    assert np.isfinite([model.effect_.estimate, model.lower_, model.upper_]).all()


@settings(deadline=None, max_examples=examples(10))
@given(order=st.permutations(range(10)), factor=st.sampled_from([0.01, 2.0]))
def test_neither_the_order_of_places_nor_the_unit_of_exposure_matters(
    order: list[int], factor: float
) -> None:
    counts, exposure = panel(7, fall=0.2), np.linspace(1, 3, 10)
    one = DifferenceInDifferences(24).fit(counts, TREATED, exposure=exposure).effect_
    other = (
        DifferenceInDifferences(24)
        .fit(counts[order], TREATED[order], exposure=factor * exposure[order])
        .effect_
    )
    assert (other.estimate, other.lower, other.upper) == pytest.approx((one.estimate, one.lower, one.upper))


# Synthetic control


def test_a_place_that_mixes_two_others_gets_their_weights() -> None:
    counts = panel(8, mean=500)
    counts[0] = 0.25 * counts[4] + 0.75 * counts[7]
    model = SyntheticControl(24, match="level").fit(counts, 0)
    assert model.weights_[[4, 7]] == pytest.approx([0.25, 0.75], abs=1e-3)
    assert model.averted_.estimate == pytest.approx(0, abs=5)


def test_weights_are_shares() -> None:
    weights = SyntheticControl(24).fit(panel(9), 2).weights_
    assert weights[2] == 0 and (weights >= 0).all() and weights.sum() == pytest.approx(1)


def test_a_large_fall_ranks_first_among_the_placebos_in_space_and_not_in_time() -> None:
    counts = panel(10, mean=100)
    counts[0, 24:] = np.round(counts[0, 24:] / 2)
    model = SyntheticControl(24).fit(counts, 0)
    assert model.p_value_ == 0.1
    assert not model.averted_.holds_zero
    assert model.placebo_time_["averted"].abs().max() < model.averted_.estimate / 3


@pytest.mark.parametrize(
    ("counts", "treated", "change", "says"),
    [
        (np.ones((3, 10)), 0, 5, "2 other places are too few"),
        (np.ones((5, 10)), 7, 5, "there are rows 0 to 4"),
        (np.ones((5, 10)), 0, 2, "at least 3 of 10 periods before"),
    ],
)
def test_a_synthetic_control_without_places_or_time_is_refused(
    counts: Floats, treated: int, change: int, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        SyntheticControl(change).fit(counts, treated)


@settings(deadline=None, max_examples=examples(20))
@given(counts=grids, match=st.sampled_from(["shape", "level"]))
def test_any_places_give_a_finite_synthetic_control(counts: Integers, match: str) -> None:
    model = SyntheticControl(5, match=match).fit(counts, 0)  # type: ignore[arg-type]
    assert np.isfinite([model.averted_.estimate, model.averted_.lower, model.p_value_]).all()


@settings(deadline=None, max_examples=examples(10))
@given(order=st.permutations(range(10)))
def test_the_order_of_places_moves_the_weights_and_nothing_else(order: list[int]) -> None:
    counts = panel(13, mean=100)
    one, other = SyntheticControl(24).fit(counts, 3), SyntheticControl(24).fit(counts[order], order.index(3))
    np.testing.assert_allclose(other.weights_, one.weights_[order], atol=1e-6)
    assert (other.averted_.estimate, other.p_value_) == pytest.approx((one.averted_.estimate, one.p_value_))


# Comparison places


def neighbours(seed: int) -> Floats:
    return np.random.default_rng(seed).poisson(30, (8, 36)).astype(float)


LINE = np.arange(8.0)[:, None]


def test_the_nearest_that_pass_are_chosen_not_the_best_fitting() -> None:
    model = ComparisonPlaces(24, number=3).fit(neighbours(1), 0, LINE)
    passed = model.checks_.filter("passed").sort("distance")["place"].to_list()
    assert model.members_.tolist() == passed[:3]


@pytest.mark.parametrize(
    ("spoilt", "check"),
    [
        (lambda row: row * np.where(np.arange(36) % 2, 1.9, 0.1), "month_fit"),
        (lambda row: row * np.where(np.arange(36) // 6 % 2, 1.6, 0.4), "half_year_fit"),
        (lambda row: row * 20, "level_fit"),
        (lambda row: row * np.linspace(0.5, 1.5, 36), "trend_fit"),
    ],
)
def test_each_check_sorts_out_what_it_is_for(spoilt: object, check: str) -> None:
    counts = neighbours(2)
    counts[1] = np.round(spoilt(counts[1]))  # type: ignore[operator]
    model = ComparisonPlaces(24, number=3).fit(counts, 0, LINE)
    assert not model.checks_.filter(place=1)[check].item()
    assert 1 not in model.members_


def test_places_that_were_treated_too_can_be_excluded() -> None:
    model = ComparisonPlaces(24, number=2).fit(neighbours(3), 0, LINE, excluded=np.arange(8) < 4)
    assert model.members_.tolist() == [4, 5]


def test_the_interval_is_widened_by_the_root_of_the_dispersion() -> None:
    rng = np.random.default_rng(4)
    counts = rng.negative_binomial(10, 10 / 40, (8, 36)).astype(float)
    model = ComparisonPlaces(24, dispersion=10).fit(counts, 0, LINE)
    cells = [counts[0, :24].sum(), counts[0, 24:].sum()]
    cells += [counts[model.members_][:, part].sum() for part in (slice(24), slice(24, None))]
    poisson = sum(1 / cell for cell in cells) ** 0.5
    assert model.dispersion_ > 1.5
    assert model.effect_.standard_error == pytest.approx(poisson * model.dispersion_**0.5)


def test_no_place_that_passes_is_an_error_that_counts_the_failures() -> None:
    counts = neighbours(5)
    counts[1:] *= 20
    with pytest.raises(ValueError, match=r"no place passes .*'level_fit': 7"):
        ComparisonPlaces(24).fit(counts, 0, LINE)


# Dose and response


def test_the_effect_of_a_dose_is_that_of_a_logistic_model() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(1)
    doses, before = rng.uniform(0, 5, 25), rng.poisson(40, 25)
    after = rng.poisson(40 * np.exp(-0.1 * doses))
    oracle = sm.GLM(np.column_stack([after, before]), sm.add_constant(doses), sm.families.Binomial()).fit()
    model = DoseResponse().fit(before, after, doses)
    assert (model.intercept_, model.effect_.estimate) == pytest.approx(tuple(oracle.params), abs=1e-7)
    assert model.standard_error_ >= oracle.bse[1] * 0.999


@pytest.mark.parametrize(
    ("before", "after", "dose", "says"),
    [
        ([1, 2, 3], [1, 2, 3], [0, 1, 2], "3 places with events"),
        ([1, 2, 3, 4], [1, 2, 3, 4], [1, 1, 1, 1], "1 doses are too few"),
        ([1, 2, 3, 4], [1, 2, 3], [1, 2, 3, 4], "after has shape"),
    ],
)
def test_a_dose_that_cannot_be_told_is_refused(
    before: list[int], after: list[int], dose: list[int], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        DoseResponse().fit(before, after, dose)


@settings(deadline=None)
@given(
    before=hnp.arrays(np.int64, 8, elements=st.integers(0, 1000)),
    after=hnp.arrays(np.int64, 8, elements=st.integers(0, 1000) | st.just(0)),
)
def test_any_counts_give_a_finite_dose_response(before: Integers, after: Integers) -> None:
    model = DoseResponse().fit(before + 1, after, np.arange(8))
    assert np.isfinite([model.effect_.estimate, model.lower_, model.upper_]).all()


# Places picked for being bad


def test_places_that_wander_apart_widen_the_comparison_by_their_own_spread() -> None:
    rng = np.random.default_rng(15)
    moved = np.exp(rng.normal(0, 0.3, 16))[:, None]  # each place's own change, without anybody's doing
    steady = rng.poisson(30, (16, 48))
    apart = np.hstack([steady[:, :36], rng.poisson(30 * moved, (16, 12))])
    narrow, wide = (
        ComparisonPlaces(36).fit(counts, 0, np.arange(16.0)[:, None]).effect_ for counts in (steady, apart)
    )
    assert wide.degrees_of_freedom == 14 and narrow.degrees_of_freedom in (14, 35)
    assert wide.upper - wide.lower > 2 * (narrow.upper - narrow.lower)


def test_places_picked_for_a_bad_year_fall_without_anybodys_doing() -> None:
    rng = np.random.default_rng(11)
    rates = rng.gamma(3, 2, 500)
    before, after = rng.poisson(rates), rng.poisson(rates)
    check = regression_to_mean(before, after, before >= 12)
    assert check.naive_percent is not None and check.naive_percent < -20
    assert check.effect.holds_zero


def test_a_real_fall_is_left_when_the_return_to_the_mean_is_taken_off() -> None:
    rng = np.random.default_rng(12)
    rates = rng.gamma(3, 2, 500)
    before = rng.poisson(rates)
    chosen = before >= 12
    after = rng.poisson(np.where(chosen, 0.6, 1) * rates)
    check = regression_to_mean(before, after, chosen)
    assert check.effect.lower < np.log(0.6) < check.effect.upper < 0


def test_thousands_of_places_are_left_out_in_groups_and_say_the_same() -> None:
    rng = np.random.default_rng(13)
    rates = rng.gamma(3, 1, 4000)
    before, after = rng.poisson(rates), rng.poisson(rates)
    part = slice(0, 1000)
    whole, some = (
        regression_to_mean(before[rows], after[rows], before[rows] >= 7) for rows in (slice(None), part)
    )
    assert whole.effect.standard_error == pytest.approx(some.effect.standard_error / 2, rel=0.2)
    assert whole.effect.holds_zero


def test_the_places_of_a_whole_country_fit_into_memory() -> None:
    before = np.random.default_rng(14).poisson(2, 30_000)
    tracemalloc.start()
    regression_to_mean(before, before, before >= 5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50_000_000


def test_no_spread_of_rates_expects_the_mean_everywhere() -> None:
    check = regression_to_mean([5, 5, 5, 5], [5, 5, 5, 5], [1, 0, 0, 0])
    assert check.expected_after == pytest.approx(5)


@pytest.mark.parametrize(
    ("after", "picked", "says"),
    [
        ([1, 1, 1], [1, 1, 1], "picked holds all places or none"),
        ([1, 0, 0], [1, 0, 0], "not picked had no events"),
        ([1, 1], [1, 0], "after has shape"),
    ],
)
def test_picking_that_leaves_nothing_to_compare_is_refused(
    after: list[int], picked: list[int], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        regression_to_mean([3, 1, 1], after, picked)


@settings(deadline=None)
@given(
    before=hnp.arrays(np.int64, 6, elements=st.integers(0, 100)),
    after=hnp.arrays(np.int64, 6, elements=st.integers(0, 100)),
    order=st.permutations(range(6)),
)
def test_the_check_is_finite_and_does_not_depend_on_the_order(
    before: Integers, after: Integers, order: list[int]
) -> None:
    picked, before, after = np.arange(6) < 2, before + (np.arange(6) == 5), after + (np.arange(6) == 5)
    one, other = (
        regression_to_mean(before[rows], after[rows], picked[rows]).effect
        for rows in (np.arange(6), np.array(order))
    )
    assert np.isfinite([one.lower, one.upper]).all()
    assert (other.lower, other.upper) == pytest.approx((one.lower, one.upper))
