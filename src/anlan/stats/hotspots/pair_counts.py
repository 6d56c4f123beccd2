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
    if not (min(distances) >= 0 and min(intervals) >= 0):
        raise ValueError(f"distance {distances} and interval {intervals} must be 0 or more")
    if permutations < 1:
        raise ValueError(f"permutations is {permutations}; give at least 1 (999 to publish)")


def close_in_space(places: Floats, distance: float) -> Integers:
    """Pairs (k, 2) of rows at most `distance` apart, by a tree."""
    pairs = spatial.cKDTree(places).query_pairs(distance * _HAIR, output_type="ndarray")
    return np.ascontiguousarray(pairs, dtype=np.int32)


def number_close_in_time(when: Floats, interval: float) -> int:
    """How many pairs are at most `interval` apart."""
    ordered = np.sort(when)
    last = np.searchsorted(ordered, ordered + interval * _HAIR, side="right")
    return int((last - np.arange(1, len(ordered) + 1)).sum())


def close_in_time(when: Floats, interval: float) -> Integers:
    """Pairs (k, 2) of rows at most `interval` apart."""
    return close_in_space(np.column_stack([when, np.zeros_like(when)]), interval)


def permutations(values: Floats, number: int, generator: np.random.Generator) -> Iterator[Floats]:
    """`number` permutations of values (n,), in blocks (some, n)."""
    rows = max(_AT_ONCE // len(values), 1)
    for start in range(0, number, rows):
        yield generator.permuted(np.tile(values, (min(rows, number - start), 1)), axis=1)


def count_in_time(pairs: Integers, times: Floats, interval: float) -> Integers:
    """For each row of times (r, n): how many of the pairs lie at most `interval` apart."""
    return np.asarray(_count_in_time(pairs, times, interval * _HAIR))


def count_in_space(pairs: Integers, orders: Floats, places: Floats, distance: float) -> Integers:
    """For each order (r, n) of the places: how many of the pairs lie at most `distance` apart."""
    return np.asarray(_count_in_space(pairs, orders.astype(np.int32), places, (distance * _HAIR) ** 2))


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
def _count_in_space(pairs: Integers, orders: Integers, places: Floats, square: float) -> Integers:
    counts = np.zeros(len(orders), np.int64)
    for row in prange(len(orders)):
        order = orders[row]
        count = 0
        for k in range(len(pairs)):
            first, second = order[pairs[k, 0]], order[pairs[k, 1]]
            x = places[first, 0] - places[second, 0]
            y = places[first, 1] - places[second, 1]
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
