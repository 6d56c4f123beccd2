"""What holds for any design, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.stats import Design, response_rate
from anlan.stats.surveys import SurveyEstimate


def numbers(found: SurveyEstimate) -> list[float]:
    return [found.estimate, found.standard_error, found.lower, found.upper]


def test_rows_drawn_one_by_one_give_the_textbook_mean() -> None:
    found = Design().mean([1.0, 2.0, 3.0, 6.0])
    assert (found.estimate, found.standard_error) == pytest.approx((3, np.std([1, 2, 3, 6], ddof=1) / 2))


def test_a_sample_of_everybody_has_no_error() -> None:
    assert Design(population=[4, 4, 4, 4]).mean([1, 2, 3, 6]).standard_error == 0


@pytest.mark.parametrize(
    "parts",
    [{}, {"strata": ["a", "a", "a", "a"]}, {"clusters": [1, 2, 3, 4]}, {"weights": [10.0] * 4}],
    ids=lambda parts: next(iter(parts), "nothing"),
)
def test_one_number_is_the_population_of_all_rows(parts: dict[str, list[object]]) -> None:
    one, each = (Design(**parts, population=size) for size in (40, [40] * 4))  # type: ignore[arg-type]
    for name in ("mean", "total"):
        found, wanted = (getattr(design, name)([1, 2, 3, 6]) for design in (one, each))
        assert numbers(found) == pytest.approx(numbers(wanted))
    assert one.total([1, 2, 3, 6]).estimate == pytest.approx(120)


def test_one_number_below_the_sample_is_told_what_would_be_right() -> None:
    with pytest.raises(ValueError, match="population of stage 1 is 3 at row 0 but 4 units were sampled"):
        Design(population=3).mean([1, 2, 3, 6])


def test_two_stages_add_their_variances() -> None:
    # Two of four blocks, then two of three homes in each, by hand:
    # (1 - 1/2) 2 s1^2 + (1/2) sum (1 - 2/3) 2 s2^2.
    y = np.array([1.0, 3.0, 6.0, 10.0])
    design = Design(clusters=[[1, 1, 2, 2], [1, 2, 1, 2]], population=[[4] * 4, [3] * 4])
    totals = y * 3.0
    first = (1 - 0.5) * 2 * np.var([totals[:2].sum(), totals[2:].sum()], ddof=1)
    second = 0.5 * sum((1 - 2 / 3) * 2 * np.var(part, ddof=1) for part in (totals[:2], totals[2:]))
    assert design.total(y).standard_error == pytest.approx(np.sqrt(first + second))


def test_the_last_stage_may_be_the_rows_themselves() -> None:
    y = [1.0, 3.0, 6.0, 10.0]
    named = Design(clusters=[[1, 1, 2, 2], [1, 2, 3, 4]], population=[[4] * 4, [3] * 4])
    unnamed = Design(clusters=[[1, 1, 2, 2]], population=[[4] * 4, [3] * 4])
    assert unnamed.total(y) == named.total(y)


def test_a_difference_of_domains_keeps_what_their_clusters_share() -> None:
    blocks = np.repeat(np.arange(10), 4)
    rng = np.random.default_rng(1)
    y = rng.normal(0, 5, 10)[blocks] + rng.normal(0, 0.1, 40)
    found = Design(clusters=blocks).difference(y, np.tile(["a", "b"], 20), "a", "b")
    assert found.standard_error < 0.2


def test_nobody_with_the_value_still_has_an_upper_limit() -> None:
    found = Design(weights=np.ones(30)).proportion(["no"] * 30, "yes")
    assert (found.estimate, found.lower) == (0.0, 0.0)
    assert found.upper == pytest.approx(1 - 0.025 ** (1 / 30))


def test_raking_reaches_both_margins() -> None:
    sex, age = np.tile(["f", "m"], 20), np.repeat(["young", "old"], [25, 15])
    design = Design(np.full(40, 10.0)).rake(
        [(sex, {"f": 300, "m": 200}), (age, {"young": 200, "old": 300})], bounds=(0.3, 3)
    )
    reached = [design.total(labels == name).estimate for labels, name in ((sex, "f"), (age, "young"))]
    assert reached == pytest.approx([300, 200], rel=1e-5)


def test_raking_to_one_margin_is_post_stratification() -> None:
    groups, y = np.repeat(["a", "b"], [10, 30]), np.arange(40.0)
    design = Design(np.ones(40), clusters=np.arange(40) // 4)
    raked = design.rake([(groups, {"a": 50, "b": 60})]).mean(y)
    assert numbers(raked) == pytest.approx(numbers(design.post_stratify(groups, {"a": 50, "b": 60}).mean(y)))


def test_a_calibrated_total_of_the_margin_itself_has_no_error() -> None:
    groups = np.repeat(["a", "b"], [10, 30])
    found = Design(np.ones(40)).post_stratify(groups, {"a": 50, "b": 60}).total(groups == "a")
    assert (found.estimate, found.standard_error) == pytest.approx((50, 0), abs=1e-9)


@pytest.mark.parametrize(
    ("margins", "bounds", "says"),
    [
        (
            [("ab", {"a": 100, "b": 1})],
            (0.5, 2),
            r"did not converge: . reaches .* widen the bounds \(0.5, 2\)",
        ),
        ([("ab", {"a": 10, "b": 10}), ("ba", {"a": 30, "b": 30})], None, "sum to different populations"),
        ([("ab", {"a": 10})], None, "no total is given for b"),
        ([("ab", {"a": 10, "b": 10, "c": 5})], None, "nobody answered in c"),
        ([("ab", {"a": 10, "b": -1})], None, "totals must be numbers above 0"),
        ([("ab", {"a": 10, "b": 10})], (2, 3), "give .below 1, above 1."),
    ],
)
def test_raking_that_cannot_work_says_what_to_do(
    margins: list[tuple[str, dict[str, float]]], bounds: tuple[float, float] | None, says: str
) -> None:
    rows = [(np.tile(list(labels), 10), totals) for labels, totals in margins]
    with pytest.raises(ValueError, match=says):
        Design(np.ones(20)).rake(rows, bounds=bounds)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"weights": [1, 2], "strata": ["a", "b", "c"]}, "weights has 2 rows but the design has 3"),
        ({"strata": ["a", "b"], "clusters": [1, 2, 3]}, "give one value for each row in all of them"),
        ({"weights": [1, -2]}, "weights: -2 at row 1 is negative"),
        ({"weights": [0, 0]}, "weights are all 0"),
        ({"population": [1, 1]}, r"population of stage 1 is 1 at row 0 but 2 units were sampled"),
        ({"population": [4, 5]}, "differs within one stratum"),
        ({"strata": ["a", None]}, "strata: a label is missing at row 1"),
        ({"weights": [1, 1], "lonely": "ignore"}, "give 'error', 'centre' or 'certainty'"),
    ],
)
def test_a_design_that_contradicts_itself_is_refused(arguments: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Design(**arguments)  # type: ignore[arg-type]


def test_a_stratum_of_one_row_is_refused_unless_told_what_to_do() -> None:
    with pytest.raises(ValueError, match=r"1 strata \(or clusters\) hold a single .*the first: row 2"):
        Design(strata=["a", "a", "b"]).mean([1, 2, 3])


@pytest.mark.parametrize("lonely", ["centre", "certainty"])
def test_a_stratum_of_one_row_can_be_lived_with(lonely: str) -> None:
    found = Design(strata=["a", "a", "b"], lonely=lonely).mean([1, 2, 3])  # type: ignore[arg-type]
    assert found.standard_error > 0


def test_missing_answers_are_refused_with_their_row() -> None:
    with pytest.raises(ValueError, match="y: nan at row 1 is not a finite number"):
        Design().mean([1.0, float("nan")])


def test_an_empty_domain_is_refused() -> None:
    with pytest.raises(ValueError, match="the domain holds no rows"):
        Design().mean([1.0, 2.0], domain=[False, False])


def test_response_rates_by_aapor() -> None:
    found = response_rate(300, partial=20, refusal=80, non_contact=60, other=40, unknown=100, ineligible=125)
    assert (found.rate_1, found.rate_2, found.rate_3, found.eligible_share) == pytest.approx(
        (0.5, 320 / 600, 300 / 580, 0.8)
    )


@pytest.mark.parametrize(
    ("numbers", "says"), [({"complete": -1}, "start at 0"), ({"complete": 0}, "nobody is known")]
)
def test_impossible_outcomes_are_refused(numbers: dict[str, int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        response_rate(**numbers)  # type: ignore[arg-type]


@settings(deadline=None)
@given(
    y=st.lists(st.floats(-1e6, 1e6), min_size=12, max_size=12),
    weights=st.lists(st.floats(0.01, 1e4), min_size=12, max_size=12),
    seed=st.integers(0, 1000),
)
def test_the_order_of_rows_does_not_matter(y: list[float], weights: list[float], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(12)
    strata, clusters = np.repeat(["a", "b"], 6), np.repeat(np.arange(6), 2)
    one = Design(weights, strata=strata, clusters=clusters).mean(y)
    other = Design(np.array(weights)[order], strata=strata[order], clusters=clusters[order]).mean(
        np.array(y)[order]
    )
    assert numbers(other) == pytest.approx(numbers(one), rel=1e-6, abs=1e-6)


@settings(deadline=None)
@given(
    y=st.lists(st.floats(-1e9, 1e9), min_size=8, max_size=8),
    weights=st.lists(st.floats(0.01, 1e6), min_size=8, max_size=8),
    strata=st.booleans(),
)
def test_any_answers_give_finite_numbers(y: list[float], weights: list[float], strata: bool) -> None:
    design = Design(weights, strata=np.repeat([0, 1], 4) if strata else None)
    found = [
        *numbers(design.mean(y)),
        *numbers(design.total(y)),
        *numbers(design.proportion(np.array(y) > 0, True)),
    ]
    assert np.isfinite(found).all()


@pytest.mark.parametrize("margins", [{"a": 1}, [], [[1, 2, 3]]])
def test_margins_that_are_no_pairs_are_told_what_to_give(margins: object) -> None:
    with pytest.raises(ValueError, match="list of pairs"):
        Design([1.0, 1.0]).rake(margins)  # type: ignore[arg-type]


def test_the_bootstrap_reaches_farther_with_few_clusters_and_the_same_seed_reaches_as_far() -> None:
    rng = np.random.default_rng(5)
    clusters = np.repeat(np.arange(8), rng.integers(5, 40, 8))
    y = rng.exponential(1 + clusters, len(clusters))
    plain = Design(clusters=clusters).mean(y)
    found = [Design(clusters=clusters, interval="bootstrap", rng=seed).mean(y) for seed in (1, 1, 2)]
    assert found[0] == found[1] != found[2]
    assert found[0].standard_error == plain.standard_error
    assert 1.02 < (found[0].upper - found[0].estimate) / (plain.upper - plain.estimate) < 2


def test_every_estimate_of_a_design_takes_the_bootstrap() -> None:
    rng = np.random.default_rng(6)
    strata, clusters = np.repeat([0, 1], 60), np.repeat(np.arange(24), 5)
    y, x, yes = rng.gamma(2, 1, 120), rng.gamma(2, 1, 120), rng.integers(0, 2, 120)
    design = Design(
        np.full(120, 9.0), strata=strata, clusters=clusters, interval="bootstrap", replications=199
    )
    fitted = design.post_stratify(yes, {0: 500.0, 1: 580.0})
    for one in (design, fitted):
        for found in (one.mean(y, domain=yes), one.total(y), one.ratio(y, x), one.difference(y, yes, 1, 0)):
            assert found.lower < found.estimate < found.upper
    share = design.proportion(yes, 1)
    assert 0 < share.lower < share.estimate < share.upper < 1


def test_an_unknown_interval_is_told_what_would_be_right() -> None:
    with pytest.raises(ValueError, match="give 'linear', or 'bootstrap' with 99 or more"):
        Design(interval="normal")  # type: ignore[arg-type]


def test_rows_without_weight_stand_for_nobody() -> None:
    y, answered = [1.0, 3.0, 4.0, 8.0], Design([10, 10, 30, 30])
    silent = Design([10, 10, 30, 30, 0, 0])
    found = silent.mean([*y, 50.0, 60.0])
    assert found.estimate == answered.mean(y).estimate
    assert found.degrees_of_freedom == answered.mean(y).degrees_of_freedom == 3
    with pytest.raises(ValueError, match="holds no rows with weight"):
        silent.mean([*y, 50.0, 60.0], domain=[0, 0, 0, 0, 1, 1])


def test_totals_of_whole_numbers_fit_labels_read_as_decimals() -> None:
    labels = [1, 1, 2, 2]
    whole, decimal = (
        Design([10, 10, 30, 30]).post_stratify(np.array(labels, kind), {1: 40, 2: 40})
        for kind in (int, float)
    )
    assert np.array_equal(whole.weights, decimal.weights)


def test_a_sample_without_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="the sample holds no row"):
        Design([])
