"""Pairs of events that are close in space, in time, in both: found once, counted under many permutations."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from numba import prange
from scipy import spatial

from anlan.stats import _arrays
from anlan.stats._arrays import Floats, Integers
from anlan.stats._compiling import compiled
from anlan.stats.hotspots.plane import plane_points

_AT_ONCE = 2_000_000
"""Permuted times drawn at a time, 16 MB: few events wait for few rounds, many need little memory."""

_HAIR = 1 + 1e-12
"""Close means <=, and a distance that should be 100 may come out a rounding error above."""


def events(points: npt.ArrayLike, times: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Points (n, 2) and times (n,), checked; ValueError for fewer than two events."""
    places, when = plane_points(points), _arrays.finite(times, "times")
    if len(places) != len(when):
        raise ValueError(f"times has {len(when)} rows but points has {len(places)}; give one for each event")
    if len(when) < 2:
        raise ValueError(f"{len(when)} events make no pair; give at least 2")
    return places, when


def check_windows(distances: list[float], intervals: list[float], permutations: int) -> None:
    """ValueError for windows below 0 and for no permutation at all."""
    windows = _arrays.numbers([*distances, *intervals], "distance and interval")
    if not (windows >= 0).all():
        raise ValueError(f"distance {distances} and interval {intervals} must be 0 or more")
    _arrays.whole(permutations=permutations)
    if permutations < 1:
        raise ValueError(f"permutations is {permutations}; give at least 1 (999 to publish)")


def number_close_in_space(places: Floats, distance: float) -> int:
    """How many pairs are at most `distance` apart, counted without a list of them."""
    tree = spatial.cKDTree(places)
    return int(tree.count_neighbors(tree, distance * _HAIR) - len(places)) // 2


def close_in_space(places: Floats, distance: float) -> Integers:
    """Pairs (k, 2) of rows at most `distance` apart, by a tree: 24 bytes a pair while they are listed."""
    pairs = spatial.cKDTree(places).query_pairs(distance * _HAIR, output_type="ndarray")
    return np.ascontiguousarray(pairs, dtype=np.int32)


def number_close_in_time(when: Floats, interval: float) -> int:
    """How many pairs are at most `interval` apart."""
    ordered = np.sort(when)
    last = np.searchsorted(ordered, ordered + interval * _HAIR, side="right")
    return int((last - np.arange(1, len(ordered) + 1)).sum())


def permutations(values: Floats, number: int, generator: np.random.Generator) -> Iterator[Floats]:
    """`number` permutations of values (n,), in blocks (some, n)."""
    rows = max(_AT_ONCE // len(values), 1)
    for start in range(0, number, rows):
        yield generator.permuted(np.tile(values, (min(rows, number - start), 1)), axis=1)


def count_in_time(pairs: Integers, times: Floats, interval: float) -> Integers:
    """For each row of times (r, n): how many of the pairs lie at most `interval` apart."""
    return np.asarray(_count_in_time(pairs, times, interval * _HAIR))


def count_in_space(
    when: Floats, interval: float, orders: Floats, places: Floats, distance: float
) -> Integers:
    """For each order (r, n) of the places: how many pairs close in time lie at most `distance` apart.

    The pairs are met by walking the times in their order; no list of them is made.
    """
    rising = np.argsort(when, kind="stable")
    moved = np.ascontiguousarray(orders.astype(np.int64)[:, rising])
    return np.asarray(_count_in_space(when[rising], interval * _HAIR, moved, places, (distance * _HAIR) ** 2))


def count_in_bands(pairs: Integers, bands: Integers, number: int, times: Floats, ends: Floats) -> Integers:
    """For each row of times (r, n): pairs by band of space and of time -> (r, number, len(ends))."""
    return np.asarray(_count_in_bands(pairs, bands, number, times, ends * _HAIR))


@compiled(parallel=True)
def _count_in_time(pairs: Integers, times: Floats, interval: float) -> Integers:
    counts = np.zeros(len(times), np.int64)
    for row in prange(len(times)):
        when = times[row]
        count = 0
        for k in range(len(pairs)):
            if abs(when[pairs[k, 0]] - when[pairs[k, 1]]) <= interval:
                count += 1
        counts[row] = count
    return counts


@compiled(parallel=True)
def _count_in_space(
    when: Floats, interval: float, orders: Integers, places: Floats, square: float
) -> Integers:
    counts = np.zeros(len(orders), np.int64)
    for row in prange(len(orders)):
        moved = places[orders[row]]
        count = 0
        for first in range(len(when)):
            for second in range(first + 1, len(when)):
                if when[second] - when[first] > interval:
                    break
                x = moved[first, 0] - moved[second, 0]
                y = moved[first, 1] - moved[second, 1]
                if x * x + y * y <= square:
                    count += 1
        counts[row] = count
    return counts


@compiled(parallel=True)
def _count_in_bands(pairs: Integers, bands: Integers, number: int, times: Floats, ends: Floats) -> Integers:
    counts = np.zeros((len(times), number, len(ends)), np.int64)
    for row in prange(len(times)):
        when = times[row]
        for k in range(len(pairs)):
            gap = abs(when[pairs[k, 0]] - when[pairs[k, 1]])
            for band in range(len(ends)):
                if gap <= ends[band]:
                    counts[row, bands[k], band] += 1
                    break
    return counts
