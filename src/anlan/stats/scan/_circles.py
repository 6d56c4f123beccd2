"""The circles of a scan: around each place, outwards to its neighbours."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.stats._compiling import compiled
from anlan.stats.scan.terms import Floats, Integers

EARTH_RADIUS = 6371.0
"""Kilometres, of the sphere that great-circle distances are taken on."""
TIE = 1e-10
"""Distances nearer than this, relative to the extent of the points (or the Earth's radius), are one
distance.
"""
_ROWS_AT_ONCE = 256
_FEW = 5
"""A tree finds the neighbours quicker where each place has less than one in so many as neighbour."""


@dataclass(frozen=True)
class Circles:
    """For centre i, the places outwards are `order[first[i]:first[i + 1]]`, itself among the first."""

    order: NDArray[np.int32]
    first: Integers
    finished: NDArray[np.int32]
    """By place in `order`: the rank (from 0) of the last place at its distance, where its circle is
    complete.
    """
    distance: Floats
    """By place in `order`: from the centre, in km or units of the plane."""


def draw_circles(
    points: Floats, geometry: str, weights: Floats, max_share: float, neighbours: int | None
) -> Circles:
    """All circles of at most `neighbours` places that hold at most `max_share` of the `weights`.

    The circle of no radius, around all that lies at one point, may hold more than `neighbours` places.
    """
    n = len(points)
    places = _on_sphere(points) if geometry == "lonlat" else points
    extent = EARTH_RADIUS if geometry == "lonlat" else float(np.linalg.norm(np.ptp(points, axis=0)))
    wanted = (
        n
        if neighbours is None
        else _wanted(places, TIE if geometry == "lonlat" else extent * TIE, neighbours)
    )
    limit = max_share * weights.sum() * (1 + 1e-12)
    nearest = _nearest_by_tree(places) if wanted * _FEW < n else _nearest
    order, finished, distance, sizes = [], [], [], []
    for begin in range(0, n, _ROWS_AT_ONCE):
        rows, near = nearest(places, begin, wanted)
        gaps = _in_km(near) if geometry == "lonlat" else near
        last, size = finish_ties(rows, gaps, extent * TIE, weights, limit, neighbours or n)
        kept = np.arange(wanted) < size[:, None]
        order.append(rows[kept].astype(np.int32))
        finished.append(last[kept].astype(np.int32))
        distance.append(gaps[kept])
        sizes.append(size)
    first = np.concatenate([[0], np.cumsum(np.concatenate(sizes))])
    return Circles(np.concatenate(order), first, np.concatenate(finished), np.concatenate(distance))


def _wanted(places: Floats, tie: float, neighbours: int) -> int:
    """How many nearest to ask for: all that any circle may hold, and one more to show a tie with the last."""
    from scipy.spatial import cKDTree

    at_one_point = cKDTree(places).query_ball_point(places, tie, return_length=True)
    return min(len(places), max(neighbours, int(at_one_point.max())) + 1)


def _on_sphere(points: Floats) -> Floats:
    longitude, latitude = np.radians(points).T
    return np.column_stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)]
    )


def _in_km(chords: Floats) -> Floats:
    return 2 * EARTH_RADIUS * np.arcsin(np.minimum(chords / 2, 1.0))


def _nearest(places: Floats, begin: int, wanted: int) -> tuple[Integers, Floats]:
    """The `wanted` nearest of all places, and their distances, for some rows from `begin` on."""
    some = places[begin : begin + _ROWS_AT_ONCE]
    gaps = np.zeros((len(some), len(places)))
    for axis in range(places.shape[1]):
        gaps += (some[:, None, axis] - places[None, :, axis]) ** 2
    gaps = np.sqrt(gaps)
    if wanted < len(places):
        rows = np.argpartition(gaps, wanted - 1, axis=1)[:, :wanted]
        gaps = np.take_along_axis(gaps, rows, axis=1)
    else:
        rows = np.broadcast_to(np.arange(len(places)), gaps.shape)
    by_distance = np.argsort(gaps, axis=1, kind="stable")
    return np.take_along_axis(rows, by_distance, axis=1), np.take_along_axis(gaps, by_distance, axis=1)


def _nearest_by_tree(places: Floats) -> Callable[[Floats, int, int], tuple[Integers, Floats]]:
    from scipy.spatial import cKDTree

    tree = cKDTree(places)

    def nearest(places: Floats, begin: int, wanted: int) -> tuple[Integers, Floats]:
        gaps, rows = tree.query(places[begin : begin + _ROWS_AT_ONCE], range(1, wanted + 1))
        return rows, gaps

    return nearest


@compiled()
def finish_ties(
    rows: Integers, gaps: Floats, tie: float, weights: Floats, limit: float, neighbours: int
) -> tuple[Integers, Integers]:
    """For each row, the rank that ends the tie of each place, and how many places its largest circle holds.

    Places at one distance enter together or, where that would break the limit or the number, not at all; the
    number does not keep out those at the centre itself, of which each would otherwise have no circle.
    """
    last = np.empty(rows.shape, np.int64)
    size = np.zeros(rows.shape[0], np.int64)
    for i in range(rows.shape[0]):
        held, begin, wanted = 0.0, 0, rows.shape[1]
        while begin < wanted:
            end = begin
            held += weights[rows[i, end]]
            while end + 1 < wanted and gaps[i, end + 1] - gaps[i, end] <= tie:
                end += 1
                held += weights[rows[i, end]]
            if held > limit or (end + 1 > neighbours and begin > 0):
                break
            last[i, begin : end + 1] = end
            size[i] = end + 1
            begin = end + 1
    return last, size
