"""Funnel limits: exact, interpolated, widened by over-dispersion and never narrowed."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from anlan.stats import funnel_limits
from anlan.stats._arrays import Floats
from tests.examples import examples


def test_exact_limits_lie_between_the_whole_counts_around_the_quantile() -> None:
    found = funnel_limits([10, 10], [1000, 1000], 0.01, levels=(0.95,), estimate="paper")
    law = stats.poisson(10)
    for share, limit in ((0.025, found.lower[0, 0]), (0.975, found.upper[0, 0])):
        count = law.ppf(share)
        assert count - 1 <= limit * 1000 <= count


def test_many_expected_events_give_nearly_the_normal_limits() -> None:
    found = funnel_limits([10_000], [1.0], 10_000, levels=(0.95,))
    assert found.upper[0, 0] == pytest.approx(10_000 + 1.96 * 100, abs=2)


def test_shares_have_binomial_limits_between_zero_and_one() -> None:
    found = funnel_limits([3, 1], [3, 2], 0.5, kind="binomial")
    assert (found.lower >= 0).all() and (found.upper <= 1).all()


def test_over_dispersion_widens_by_its_root_and_hides_no_odd_place() -> None:
    rng = np.random.default_rng(1)
    exposure = np.full(200, 1000.0)
    counts = rng.negative_binomial(10, 0.1, 200)
    counts[0] = 400
    plain, wide = (
        funnel_limits(counts, exposure, 0.09, spread=spread, estimate="paper")
        for spread in ("none", "multiplicative")
    )
    assert 5 < wide.dispersion < 10  # of 10, since the tails were drawn in
    assert np.allclose(wide.upper - 0.09, np.sqrt(wide.dispersion) * (plain.upper - 0.09))
    assert plain.outside[1].mean() > 0.2 > wide.outside[1].mean()
    assert wide.outside[1, 0]


@pytest.mark.parametrize("winsorise", [0.0, 0.05, 0.1, 0.25])
def test_a_consistent_dispersion_makes_up_for_the_tails_drawn_in(winsorise: float) -> None:
    counts = np.random.default_rng(3).negative_binomial(1000, 0.25, 20_000)  # variance four times the mean
    found = funnel_limits(
        counts, np.ones(20_000), 3000, spread="multiplicative", winsorise=winsorise, estimate="consistent"
    )
    assert found.dispersion == pytest.approx(4, rel=0.04)
    assert 1 - found.outside[0].mean() == pytest.approx(0.95, abs=0.005)


def test_the_paper_finds_two_thirds_of_a_dispersion() -> None:
    counts = np.random.default_rng(3).negative_binomial(1000, 0.25, 20_000)
    assert funnel_limits(counts, np.ones(20_000), 3000, estimate="paper").dispersion / 4 == pytest.approx(
        0.68, abs=0.03
    )


@pytest.mark.parametrize("kind", ["poisson", "binomial"])
def test_predictive_limits_without_spread_are_the_whole_counts_of_the_exact_law(kind: Any) -> None:
    found = funnel_limits([3, 30], [40, 400], 0.1, kind=kind, levels=(0.95,))
    law = stats.poisson([4, 40]) if kind == "poisson" else stats.binom([40, 400], 0.1)
    assert np.allclose(found.lower[0] * [40, 400], law.ppf(0.025))
    assert np.allclose(found.upper[0] * [40, 400], law.ppf(0.975))


@pytest.mark.parametrize(
    ("kind", "spread"), [("poisson", "multiplicative"), ("poisson", "additive"), ("binomial", "additive")]
)
def test_predictive_limits_find_the_spread_and_hold_quiet_places(kind: Any, spread: Any) -> None:
    rng = np.random.default_rng(8)
    exposure = np.full(150, 400.0)
    rates = rng.beta(2, 18, 150) if kind == "binomial" else rng.gamma(2, 0.05, 150)
    counts = rng.binomial(400, rates) if kind == "binomial" else rng.poisson(rates * exposure)
    found = funnel_limits(counts, exposure, 0.1, kind=kind, spread=spread, levels=(0.95,))
    if spread == "additive":
        assert found.between_variance == pytest.approx(rates.var(), rel=0.4)
    else:
        assert found.dispersion == pytest.approx(1 + 400 * 0.05, rel=0.4)
    assert found.outside.mean() < 0.08


def law_of(kind: str, spread: str, mean: Floats, trials: Floats, step: float) -> Any:
    """The counts of places whose true means vary by one step of the grid, by scipy."""
    share = mean / trials
    if step == 0:
        return stats.poisson(mean) if kind == "poisson" else stats.binom(trials, share)
    scatter = step / mean if spread == "multiplicative" else np.full_like(mean, step / np.median(mean))
    if kind == "poisson":
        return stats.nbinom(1 / scatter, 1 / (1 + scatter * mean))
    if spread == "multiplicative":
        scatter = np.minimum(step / (trials - 1), 0.99) * (1 / share - 1)
    size = np.maximum((1 - share) / share / scatter - 1, 1e-3)
    return stats.betabinom(trials, share * size, (1 - share) * size)


@pytest.mark.parametrize("kind", ["poisson", "binomial"])
@pytest.mark.parametrize("spread", ["multiplicative", "additive"])
def test_predictive_limits_are_quantiles_of_the_averaged_law_reckoned_plainly(kind: Any, spread: Any) -> None:
    rng = np.random.default_rng(13)
    trials = rng.integers(8, 80, 12).astype(float)
    counts = rng.binomial(trials.astype(int), rng.beta(2, 5, 12)).astype(float)
    mean = trials * counts.sum() / trials.sum()
    steps = [0.0, *(0.02 * 2.0 ** (np.arange(41) / 2))]
    laws = [law_of(kind, spread, mean, trials, step) for step in steps]
    heights = np.array([law.logpmf(counts).sum() for law in laws])
    weights = np.append(0.25, np.full(41, 0.75 / 41)) * np.exp(heights - heights.max())
    far = np.arange(400 if kind == "poisson" else 80)[:, None]
    kept = [(law, weight) for law, weight in zip(laws, weights / weights.sum(), strict=True) if weight > 1e-6]
    up_to = np.cumsum(sum(weight * np.exp(law.logpmf(far)) for law, weight in kept), axis=0)
    found = funnel_limits(counts, trials, kind=kind, spread=spread, winsorise=0, levels=(0.9, 0.95, 0.998))
    for level, lower, upper in zip(found.levels, found.lower, found.upper, strict=True):
        highest = (up_to >= (1 + level) / 2 - 1e-7).argmax(axis=0)
        lowest = (up_to >= (1 - level) / 2 - 1e-7).argmax(axis=0)
        assert np.allclose(upper * trials, np.maximum(highest, mean))
        assert np.allclose(lower * trials, np.minimum(lowest, mean))


def test_an_odd_place_does_not_hide_itself_behind_predictive_limits() -> None:
    counts = np.append(np.random.default_rng(1).poisson(90, 60), 400)
    found = funnel_limits(counts, np.full(61, 1000.0), spread="additive")
    assert found.outside[1].sum() == 1 and found.outside[1, -1]


def test_an_unknown_estimate_is_told_what_would_be_right() -> None:
    with pytest.raises(ValueError, match='estimate is \'mean\'; give "predictive", "consistent" or "paper"'):
        funnel_limits([1, 2], [1, 1], estimate="mean")  # type: ignore[arg-type]


def test_the_additive_spread_is_felt_most_by_large_places() -> None:
    rng = np.random.default_rng(2)
    exposure = np.geomspace(100, 100_000, 300)
    counts = rng.poisson(exposure * rng.gamma(25, 0.01 / 25, 300))
    plain, wide = (
        funnel_limits(counts, exposure, 0.01, spread=spread, winsorise=0, estimate="paper")
        for spread in ("none", "additive")
    )
    stretch = (wide.upper[0] - 0.01) / (plain.upper[0] - 0.01)
    assert wide.between_variance == pytest.approx(0.002**2, rel=0.5)
    assert np.all(np.diff(stretch) > 0) and stretch[0] < 1.1 < 2 < stretch[-1]


@given(
    st.lists(st.tuples(st.integers(0, 100), st.floats(0.5, 1e4)), min_size=2, max_size=10).filter(
        lambda rows: any(count for count, _ in rows)
    ),
    st.sampled_from(["none", "multiplicative", "additive"]),
    st.sampled_from(["predictive", "paper"]),
)
@settings(max_examples=examples(30))
def test_limits_are_finite_hold_the_target_and_widen_with_the_level(
    rows: Any, spread: Any, estimate: Any
) -> None:
    counts, exposure = np.array(rows).T
    found = funnel_limits(counts, exposure, spread=spread, estimate=estimate)
    assert np.isfinite([found.lower, found.upper]).all()
    assert (found.lower[1] <= found.lower[0] + 1e-12).all() and (
        found.upper[0] <= found.upper[1] + 1e-12
    ).all()
    assert (found.lower[1] <= found.target).all() and (found.target <= found.upper[1]).all()


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([0, 0], [1, 1]), {}, "target is 0; give one above 0"),
        (([1, 2], [1, 1]), {"kind": "binomial"}, "counts: 2 at row 1 is above the number of trials"),
        (([1, 2], [1, 0]), {}, "exposure: 0 at row 1 is 0 though events happened"),
        (([1, 2], [1, 1]), {"winsorise": 0.5}, "winsorise is 0.5; give the share of each tail"),
        (([1, 2], [1, 1]), {"kind": "normal"}, "kind is 'normal'"),
        (([1, 2], [1, 1]), {"spread": "wide"}, "spread is 'wide'"),
        (([1, 2], [1, 1]), {"levels": (95,)}, "levels is 95"),
    ],
)
def test_wrong_input_is_told_what_would_be_right(arguments: Any, options: Any, message: str) -> None:
    with pytest.raises(ValueError) as error:
        funnel_limits(*arguments, **options)
    assert message in str(error.value)
