"""The quick walk, the plain walk and the definition give the same ratios."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.stats.scan import PermutationScan, PoissonScan
from anlan.stats.scan._circles import draw_circles
from anlan.stats.scan._draws import PermutationDraws, PoissonDraws
from anlan.stats.scan._replications import Null
from tests.examples import examples
from tests.stats.scan import plainly


@st.composite
def studies(draw):
    """Places on a small grid (ties are likely), few events, a baseline that may change with time."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n, periods = draw(st.integers(2, 9)), draw(st.integers(1, 9))
    points = rng.integers(0, draw(st.sampled_from([3, 50])), (n, 2)).astype(float)
    baseline = rng.lognormal(0, draw(st.sampled_from([0.0, 1.0])), (n, periods))
    if draw(st.booleans()):
        baseline[rng.random((n, periods)) < 0.2] = 0
    counts = rng.poisson(draw(st.sampled_from([0.3, 1.0, 4.0])), (n, periods)) * (baseline > 0)
    return points, counts, baseline + (baseline.sum() == 0)


OPTIONS = st.fixed_dictionaries(
    {
        "window": st.integers(1, 10),
        "max_share": st.sampled_from([0.3, 0.5, 1.0]),
        "when": st.sampled_from(["prospective", "retrospective"]),
        "rates": st.sampled_from(["high", "low"]),
        "min_events": st.integers(1, 3),
        "neighbours": st.sampled_from([None, 2, 4]),
    }
)


def seen(found, rows=None):
    """What was found, with the places named by `rows`."""
    return [
        (
            one.members if rows is None else rows[one.members].tolist(),
            one.start,
            one.end,
            one.observed,
            round(one.llr, 5),
        )
        for one in found
    ]


@settings(deadline=None, max_examples=examples(30))
@given(studies(), OPTIONS)
def test_clusters_are_those_of_the_definition(study, options) -> None:
    points, counts, baseline = study
    scan = PoissonScan(**options, replications=0, rng=0).fit(points, counts, baseline, geometry="plane")
    rows = np.flatnonzero(baseline.sum(axis=1) > 0)  # a place that expects nothing is no place
    expected = baseline[rows] * counts.sum() / baseline.sum()
    wanted = plainly.clusters(points[rows], counts[rows], expected, **options)
    assert seen(scan.clusters_) == seen(wanted, rows)


@settings(deadline=None, max_examples=examples(30))
@given(studies(), OPTIONS)
def test_permutation_clusters_are_those_of_the_definition(study, options) -> None:
    points, counts, _ = study
    scan = PermutationScan(**options, replications=0, rng=0).fit(points, counts, geometry="plane")
    total = max(1, counts.sum())  # places without events stay: they are centres, and count as neighbours
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / total
    wanted = plainly.clusters(points, counts, expected, **options)
    assert seen(scan.clusters_) == seen(wanted)


def null_of(study, options) -> Null:
    points, counts, baseline = study
    total = max(1, int(counts.sum()))
    expected = baseline * total / baseline.sum()
    begin = max(0, counts.shape[1] - options["window"]) if options["when"] == "prospective" else 0
    scanned = np.ascontiguousarray(expected[:, begin:])
    scanned = scanned if scanned.sum() > 0 else scanned + 1e-9
    return Null(
        circles=draw_circles(
            points, "plane", expected.sum(axis=1), options["max_share"], options["neighbours"]
        ),
        expected=scanned[None],
        totals=np.array([float(total)]),
        draws=(PoissonDraws.of(total, scanned),),
        key=np.array([1, 2], dtype=np.uint64),
        prospective=options["when"] == "prospective",
        window=options["window"],
        high=True,
        least=options["min_events"],
    )


@settings(deadline=None, max_examples=examples(20))
@given(studies(), OPTIONS)
def test_walking_events_finds_the_ratios_of_walking_days(study, options) -> None:
    null = null_of(study, options)
    seen_by_events = null._by_events(0, 20)
    seen_by_days = walk_days_of_the_same_events(null, 20)
    np.testing.assert_allclose(seen_by_events, seen_by_days, atol=1e-7)


def walk_days_of_the_same_events(null: Null, size: int) -> list[float]:
    from anlan.stats.scan._draws import stream

    shape = null.expected.shape[1:]
    found = []
    for at in range(size):
        counts = null.draws[0].counts(stream(null.key, at, 0), shape)
        found.append(null.walk(counts[None], only_best=True)[0].max(initial=0.0))
    return found


@pytest.mark.parametrize("gathered", [255, 256, 300, 511, 512])
@pytest.mark.parametrize("when", ["prospective", "retrospective"])
def test_more_events_at_one_place_than_small_numbers_hold_are_not_lost(gathered, when) -> None:
    options = {"window": 3, "max_share": 0.5, "when": when, "min_events": 2, "neighbours": 2}
    points, counts = np.arange(12.0).reshape(6, 2), np.ones((6, 9), dtype=int)
    usual = null_of((points, counts, np.ones((6, 9))), options)
    places, times = np.zeros(gathered, np.int64), np.full(gathered, usual.expected.shape[2] - 1)
    held = np.bincount(places, minlength=6), np.bincount(times)
    null = replace(usual, draws=(PermutationDraws(*held, places, times),), totals=np.array([1000.0]))
    np.testing.assert_allclose(null._by_events(0, 3), walk_days_of_the_same_events(null, 3), atol=1e-7)


@pytest.mark.parametrize("when", ["prospective", "retrospective"])
def test_more_events_in_a_cell_than_32_bits_hold_are_not_lost(when) -> None:
    counts = np.random.default_rng(1).poisson(5e9, (6, 4))
    scan = PoissonScan(when=when, replications=19, rng=1).fit(np.random.default_rng(2).random((6, 2)), counts)
    assert (scan.maxima_ > 0.1).all() and (scan.maxima_ < 20).all()


def test_a_permutation_deals_cells_as_it_deals_events() -> None:
    counts = np.random.default_rng(3).poisson(40, (5, 4))
    cells = PermutationDraws.of(counts, 1)
    assert cells.places.size == 0
    events = replace(
        cells,
        places=np.repeat(np.arange(5), counts.sum(axis=1)),
        times=np.repeat(np.arange(3), counts.sum(axis=0)[1:]),
    )
    seen = np.array(
        [[draws.counts(np.random.default_rng(k), (5, 3)) for k in range(600)] for draws in (cells, events)]
    )
    assert (seen.sum(axis=2) == counts.sum(axis=0)[1:]).all()
    assert (seen.sum(axis=3) <= counts.sum(axis=1)).all()
    np.testing.assert_allclose(*seen.mean(axis=1), atol=1.5)
    np.testing.assert_allclose(*seen.std(axis=1), rtol=0.15)


def test_a_hundred_million_permuted_events_need_no_memory_each() -> None:
    counts = np.random.default_rng(4).poisson(5e6, (5, 4))
    scan = PermutationScan(replications=19, rng=1).fit(np.random.default_rng(2).random((5, 2)), counts)
    assert (scan.maxima_ > 0.1).all() and (scan.maxima_ < 20).all()


def test_the_quick_walk_agrees_on_a_city() -> None:
    rng = np.random.default_rng(7)
    points, baseline = rng.random((300, 2)), rng.lognormal(0, 1, 300)[:, None] * np.ones(120)
    for when in ("prospective", "retrospective"):
        options = {"window": 30, "max_share": 0.5, "when": when, "min_events": 2, "neighbours": 40}
        counts = np.zeros((300, 120), dtype=int)
        counts[0, 0] = 2000
        null = null_of((points, counts, baseline), options)
        np.testing.assert_allclose(null._by_events(0, 6), walk_days_of_the_same_events(null, 6), atol=1e-9)
