"""What must hold for any valid input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.stats.scan import PermutationScan, PoissonScan
from tests.examples import examples

SEEDS = st.integers(0, 2**32)
SCANS = st.sampled_from([PoissonScan, PermutationScan])
WHEN = st.sampled_from(["prospective", "retrospective"])


def study(seed: int, n: int = 12, periods: int = 8, mean: float = 1.0):
    """Places in a square, none at the same distance from another two."""
    rng = np.random.default_rng(seed)
    return rng.random((n, 2)), rng.poisson(mean, (n, periods)), rng.lognormal(0, 1, n)


def seen(scan, rows=None):
    """What was found, with the places named by `rows`."""
    return [
        (
            sorted(one.members if rows is None else [int(rows[at]) for at in one.members]),
            one.start,
            one.end,
            one.observed,
            round(one.expected, 8),
            round(one.llr, 8),
        )
        for one in scan.clusters_
    ]


def fit(kind, options, points, counts, baseline):
    rest = (baseline,) if kind is PoissonScan else ()
    return kind(window=4, replications=5, rng=3, **options).fit(points, counts, *rest, geometry="plane")


@settings(deadline=None, max_examples=examples(20))
@given(SEEDS, SCANS, WHEN)
def test_permuting_places_permutes_the_result(seed, kind, when) -> None:
    points, counts, baseline = study(seed)
    order = np.random.default_rng(seed).permutation(len(points))
    plain = fit(kind, {"when": when}, points, counts, baseline)
    moved = fit(kind, {"when": when}, points[order], counts[order], baseline[order])
    assert seen(moved, order) == seen(plain)


@settings(deadline=None, max_examples=examples(15))
@given(SEEDS, WHEN, st.sampled_from(["high", "low"]))
def test_doubling_the_baseline_changes_nothing(seed, when, rates) -> None:
    points, counts, baseline = study(seed)
    options = {"when": when, "rates": rates}
    plain = fit(PoissonScan, options, points, counts, baseline)
    doubled = fit(PoissonScan, options, points, counts, 2 * baseline)
    assert plain.clusters_ == doubled.clusters_


@settings(deadline=None, max_examples=examples(15))
@given(SEEDS, WHEN, st.sampled_from(["high", "low"]), st.sampled_from([3, 1e-9, 1e12, 1e-300, 1e300]))
def test_baselines_in_any_unit_give_the_same_p_values(seed, when, rates, unit) -> None:
    points, counts, _ = study(seed, 9, 4)
    baseline = np.random.default_rng(seed).integers(1, 5, 9)
    counts[0, -1] += -counts.sum() % 36  # as many events as cells, or twice: where chance draws otherwise
    plain, other = (
        fit(PoissonScan, {"when": when, "rates": rates}, points, counts, part)
        for part in (baseline, unit * baseline)
    )
    assert plain.clusters_ == other.clusters_ and plain.maxima_.tolist() == other.maxima_.tolist()


@settings(deadline=None, max_examples=examples(15))
@given(SEEDS, WHEN)
def test_permuting_places_at_one_point_changes_no_p_value(seed, when) -> None:
    _, counts, baseline = study(seed)
    points, order = np.repeat(np.arange(6.0).reshape(3, 2), 4, axis=0), np.random.default_rng(seed)
    rows = order.permutation(len(points))
    plain = fit(PoissonScan, {"when": when}, points, counts, baseline)
    moved = fit(PoissonScan, {"when": when}, points[rows], counts[rows], baseline[rows])
    assert seen(moved, rows) == seen(plain)
    assert moved.maxima_ == pytest.approx(plain.maxima_, abs=1e-9)  # expectations are added in another order


def with_an_empty_place(points, counts, baseline, at):
    """The study with one more place, the last: without baseline, without events."""
    quiet = np.zeros((1, counts.shape[1]), int)
    return np.vstack([points, [at]]), np.vstack([counts, quiet]), np.append(baseline, 0.0)


LIMITS = st.sampled_from([None, 4])


@settings(deadline=None, max_examples=examples(15))
@given(SEEDS, WHEN, LIMITS, st.sampled_from([[0.5, 0.5], [9.0, 9.0]]))
def test_an_empty_place_changes_nothing(seed, when, neighbours, at) -> None:
    data, options = study(seed), {"when": when, "neighbours": neighbours}
    plain = fit(PoissonScan, options, *data)
    more = fit(PoissonScan, options, *with_an_empty_place(*data, at))
    assert seen(more) == seen(plain) and more.maxima_.tolist() == plain.maxima_.tolist()


@settings(deadline=None, max_examples=examples(15))
@given(SEEDS, WHEN, st.integers(0, 11))
def test_another_place_without_events_where_one_is_changes_no_ratio(seed, when, beside) -> None:
    data = study(seed, mean=0.3)
    more_data = with_an_empty_place(*data, data[0][beside])
    plain, more = (fit(PermutationScan, {"when": when}, *one) for one in (data, more_data))
    assert more.clusters_[0].llr == pytest.approx(plain.clusters_[0].llr)
    assert more.maxima_ == pytest.approx(plain.maxima_)


@settings(deadline=None, max_examples=examples(15))
@given(SEEDS, WHEN, st.sampled_from([[0.5, 0.5], [9.0, 9.0]]))
def test_a_place_without_events_is_one_more_centre_of_a_permutation_scan(seed, when, at) -> None:
    data = study(seed, mean=0.3)
    plain, more = (
        fit(PermutationScan, {"when": when}, *one) for one in (data, with_an_empty_place(*data, at))
    )
    assert all(more.maxima_ >= plain.maxima_ - 1e-9)
    assert more.clusters_[0].llr >= plain.clusters_[0].llr - 1e-9


@settings(deadline=None, max_examples=examples(20))
@given(
    SEEDS,
    SCANS,
    st.integers(1, 6),
    st.integers(1, 5),
    st.sampled_from([0.05, 1.0, 30.0]),
    st.sampled_from(["high", "low"]),
    WHEN,
    st.sampled_from(["plane", "lonlat"]),
)
def test_every_figure_is_finite(seed, kind, n, periods, mean, rates, when, geometry) -> None:
    points, counts, baseline = study(seed, n, periods, mean)
    rest = (baseline,) if kind is PoissonScan else ()
    scan = kind(replications=9, rng=1, rates=rates, when=when, max_share=1.0)
    scan.fit(points, counts, *rest, geometry=geometry)
    frame = scan.clusters_.to_frame().drop("members")
    figures = frame.drop("recurrence_interval") if when == "retrospective" else frame
    assert np.isfinite(figures.to_numpy().astype(float)).all()
    assert all(0 < one.p_value <= 1 and 0 <= one.gumbel_p_value <= 1 for one in scan.clusters_)


@settings(deadline=None, max_examples=examples(10))
@given(
    st.integers(2, 20), st.integers(1, 6), st.integers(1, 5), WHEN, st.sampled_from(["high", "low"]), SCANS
)
def test_constant_data_hold_no_cluster(n, periods, count, when, rates, kind) -> None:
    points = np.random.default_rng(n).random((n, 2))
    counts = np.full((n, periods), count)
    scan = kind(when=when, rates=rates, replications=3, rng=1).fit(points, counts, geometry="plane")
    assert list(scan.clusters_) == []


@settings(deadline=None, max_examples=examples(12))
@given(SEEDS, SCANS, WHEN)
def test_clusters_share_no_place_and_fall(seed, kind, when) -> None:
    scan = fit(kind, {"when": when}, *study(seed))
    members = [at for one in scan.clusters_ for at in one.members]
    ratios = [one.llr for one in scan.clusters_]
    assert len(members) == len(set(members)) and ratios == sorted(ratios, reverse=True)
