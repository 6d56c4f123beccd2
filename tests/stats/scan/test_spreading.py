"""Kinds, areas and replications on the workers of a local dask cluster, one and four: always one answer."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from distributed import Client, LocalCluster

from anlan.stats import PermutationScan, PoissonScan, scan_each

POINTS = np.random.default_rng(8).random((40, 2))


@contextmanager
def cluster(workers: int) -> Iterator[Client]:
    """Workers that hear of their work through sockets, as those of other machines do."""
    options = {"processes": False, "protocol": "tcp", "dashboard_address": None}
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, **options) as machines,
        Client(machines) as client,
    ):
        yield client


def kind(seed: int) -> np.ndarray:
    counts = np.random.default_rng(seed).poisson(0.4, (40, 30))
    counts[seed : seed + 3, -4:] += 2
    return counts


def studies(scan) -> list[list[object]]:
    """Two kinds of events in two areas."""
    halves = (slice(0, 20), slice(20, 40))
    rest = [None, "plane"] if scan is PoissonScan else ["plane"]
    return [[POINTS[half], kind(seed)[half], *rest] for seed in (1, 2) for half in halves]


def answers(fitted) -> list[tuple[object, list[float]]]:
    return [(one.clusters_, one.maxima_.tolist()) for one in fitted]


@pytest.mark.parametrize("scan", [PoissonScan, PermutationScan])
def test_one_and_four_workers_of_dask_give_the_answer_of_threads(scan) -> None:
    options = {"window": 8, "replications": 600, "rng": 2}
    whole, each = (
        scan(**options).fit(POINTS, kind(1), geometry="plane"),
        scan_each(scan(**options), studies(scan)),
    )
    for workers in (1, 4):
        with cluster(workers) as client:
            far = scan(**options, workers=client)
            assert answers([far.fit(POINTS, kind(1), geometry="plane")]) == answers([whole])
            assert answers(scan_each(far, studies(scan))) == answers(each)
            assert len(client.nthreads()) == workers


def test_stopping_early_on_dask_gives_the_same_p_value() -> None:
    options = {"window": 8, "replications": 2000, "rng": 2, "h": 3}
    quiet = np.random.default_rng(1).poisson(0.5, (40, 30))
    here = PoissonScan(**options).fit(POINTS, quiet, geometry="plane")
    with cluster(2) as client:
        there = PoissonScan(**options, workers=client).fit(POINTS, quiet, geometry="plane")
    assert answers([there]) == answers([here]) and here.maxima_.size < 2000


def test_each_study_has_chances_of_its_own_and_any_number_of_threads_gives_them() -> None:
    twice = [(POINTS, kind(1), None, "plane")] * 2
    one, four = (
        answers(scan_each(PoissonScan(window=8, replications=99, rng=2, workers=workers), twice))
        for workers in (1, 4)
    )
    assert one == four and one[0][1] != one[1][1]


def test_a_given_scan_is_not_changed_and_no_study_is_no_answer() -> None:
    scan = PoissonScan(window=8, replications=9, rng=2)
    assert len(scan_each(scan, studies(PoissonScan))) == 4 and scan_each(scan, []) == []
    assert (scan.rng, scan.workers, hasattr(scan, "clusters_")) == (2, None, False)


def test_progress_is_that_of_all_studies() -> None:
    told = []
    scan = PoissonScan(window=8, replications=9, rng=2, progress=lambda *at: told.append(at))
    scan_each(scan, studies(PoissonScan))
    assert told[-1] == (36, 36) and told == sorted(told)


def test_a_study_that_cannot_be_scanned_is_named() -> None:
    wrong = [*studies(PoissonScan), (POINTS, kind(1)[:3], None, "plane")]
    with pytest.raises(ValueError, match=r"study 4: counts has the shape \(3, 30\): give \(40, periods\)"):
        scan_each(PoissonScan(replications=9, rng=1), wrong)
