"""What a scan hands back behaves as lists and numbers do."""

import pickle
from dataclasses import FrozenInstanceError
from math import isnan
from operator import eq

import numpy as np
import pytest

from anlan.stats import Clusters, PermutationScan, PoissonScan

POINTS = np.array([[0.0, 0.0], [1.0, 0.0], [5.0, 0.0], [6.0, 0.0]])
COUNTS = np.array([[0, 6], [1, 5], [2, 2], [3, 1]])


def found(**options) -> Clusters:
    return PoissonScan(rng=1, **options).fit(POINTS, COUNTS, geometry="plane").clusters_


def test_members_are_a_list_that_equals_tuples_and_indexes_arrays() -> None:
    members = found()[0].members
    assert isinstance(members, list) and all(eq(members, one) for one in ([0, 1], (0, 1)))
    assert all(eq(one, members) for one in ([0, 1], (0, 1)))
    assert members != (0, 2) and members != [0]
    assert (members == np.array([0, 1])).all() and np.array_equal(members, [0, 1])
    assert POINTS[members].tolist() == [[0.0, 0.0], [1.0, 0.0]]
    assert all(type(one) is int for one in members)


def test_clusters_are_a_list() -> None:
    clusters = found()
    assert isinstance(clusters, list) and clusters == list(clusters) == [clusters[0]]
    assert found(min_events=13) == []
    assert sorted(clusters, key=lambda one: one.p_value) == clusters


def test_clusters_can_be_kept_and_counted() -> None:
    clusters = found()
    assert pickle.loads(pickle.dumps(clusters)) == clusters
    assert len({*clusters, *found()}) == 1


def test_a_cluster_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        found()[0].llr = 3.0


@pytest.mark.parametrize("scan", [PoissonScan, PermutationScan])
def test_without_replications_there_are_clusters_but_no_p_values(scan) -> None:
    told = []
    made = scan(replications=0, h=5, window=1, progress=lambda *at: told.append(at))
    best = made.fit(POINTS, COUNTS, geometry="plane").clusters_[0]
    assert (best.members[0], best.start) == (0, 1) and best.llr > 0
    assert isnan(best.p_value) and isnan(best.gumbel_p_value) and best.recurrence_interval is None
    assert (made.maxima_.size, told) == (0, [])
    assert str(made.clusters_).splitlines()[1].split()[-1] == "nan"


TWINS = np.array([[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [9.0, 0.0], [10.0, 0.0]])
AT_TWINS = np.array([[0, 6], [0, 5], [0, 4], [3, 0], [3, 0]])


@pytest.mark.parametrize("neighbours", [1, 2, 3, None])
@pytest.mark.parametrize("geometry", ["plane", "lonlat"])
def test_places_at_one_point_are_seen_whatever_the_number_of_neighbours(neighbours, geometry) -> None:
    scan = PoissonScan(neighbours=neighbours, max_share=0.7, replications=0)
    best = scan.fit(TWINS, AT_TWINS, geometry=geometry).clusters_[0]
    assert (best.members, best.radius) == ([0, 1, 2], 0.0)


def test_places_at_one_distance_enter_together_or_not_at_all() -> None:
    cross = [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1], [50, 0], [60, 0], [70, 0], [80, 0], [90, 0]]
    counts = np.array([9, 9, 9, 9, 9, 0, 0, 1, 0, 0])
    five, four = (
        PoissonScan(neighbours=neighbours, when="never", replications=0)
        .fit(cross, counts, geometry="plane")
        .clusters_
        for neighbours in (5, 4)
    )
    assert (five[0].centre, five[0].members) == (0, [0, 1, 2, 3, 4])
    assert all(len(one.members) <= 4 and (one.centre, len(one.members)) != (0, 4) for one in four)


def test_a_quiet_place_in_the_middle_of_a_ring_is_the_centre_that_finds_it() -> None:
    ring, beside = [[1, 0], [-1, 0], [0, 1], [0, -1]], [[1.7, 0], [-1.7, 0], [0, 1.7], [0, -1.7]]
    points = [*ring, *beside, [0, 0]]
    counts = [[2, 2, 8]] * 4 + [[9, 9, 9]] * 4
    with_it = PermutationScan(window=1, replications=0).fit(points, [*counts, [0, 0, 0]], "plane")
    without = PermutationScan(window=1, replications=0).fit(points[:-1], counts, "plane")
    assert with_it.clusters_[0].members == [0, 1, 2, 3, 8] and with_it.clusters_[0].observed == 32
    assert with_it.clusters_[0].llr > 1.5 * without.clusters_[0].llr


def test_a_place_that_holds_more_than_the_largest_share_has_no_circle() -> None:
    scan = PoissonScan(max_share=0.5, replications=0, when="never")
    clusters = scan.fit(POINTS, [9, 1, 1, 1], [6, 2, 2, 1], geometry="plane").clusters_
    assert all(0 not in one.members for one in clusters)
