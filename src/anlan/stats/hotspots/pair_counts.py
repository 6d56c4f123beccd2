"""Pairs of events that are close in space, in time, in both: found once, counted under many permutations."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from os import cpu_count

import numpy as np
import numpy.typing as npt
from scipy import spatial

from anlan.stats import _arrays
from anlan.stats._arrays import Floats, Integers
from anlan.stats._compiling import compiled
from anlan.stats._workers import in_order
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
    counts = np.zeros(len(times), np.int64)
    _in_threads(_count_in_time, times, counts, pairs, interval * _HAIR)
    return counts


def count_in_space(
    when: Floats, interval: float, orders: Floats, places: Floats, distance: float
) -> Integers:
    """For each order (r, n) of the places: how many pairs close in time lie at most `distance` apart.

    The pairs are met by walking the times in their order; no list of them is made.
    """
    rising = np.argsort(when, kind="stable")
    moved = np.ascontiguousarray(orders.astype(np.int64)[:, rising])
    counts = np.zeros(len(orders), np.int64)
    square = (distance * _HAIR) ** 2
    _in_threads(_count_in_space, moved, counts, when[rising], interval * _HAIR, places, square)
    return counts


def count_in_bands(pairs: Integers, bands: Integers, number: int, times: Floats, ends: Floats) -> Integers:
    """For each row of times (r, n): pairs by band of space and of time -> (r, number, len(ends))."""
    counts = np.zeros((len(times), number, len(ends)), np.int64)
    _in_threads(_count_in_bands, times, counts, pairs, bands, ends * _HAIR)
    return counts


def _in_threads(
    count: Callable[..., None], rows: Floats | Integers, counts: Integers, *facts: Integers | Floats | float
) -> None:
    """Let each processor have a part of the rows; numba's own threads take a second more to compile."""
    edges = np.linspace(0, len(rows), (cpu_count() or 1) + 1).astype(int)
    parts = [slice(int(begin), int(end)) for begin, end in pairwise(edges)]
    list(in_order(lambda part: count(rows[part], counts[part], *facts), parts, None))


@compiled()
def _count_in_time(times: Floats, counts: Integers, pairs: Integers, interval: float) -> None:
    for row in range(len(times)):
        when = times[row]
        count = 0
        for k in range(len(pairs)):
            if abs(when[pairs[k, 0]] - when[pairs[k, 1]]) <= interval:
                count += 1
        counts[row] = count


@compiled()
def _count_in_space(
    orders: Integers, counts: Integers, when: Floats, interval: float, places: Floats, square: float
) -> None:
    moved = np.empty((len(when), 2))
    for row in range(len(orders)):
        for k in range(len(when)):
            moved[k, 0], moved[k, 1] = places[orders[row, k], 0], places[orders[row, k], 1]
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


@compiled()
def _count_in_bands(times: Floats, counts: Integers, pairs: Integers, bands: Integers, ends: Floats) -> None:
    for row in range(len(times)):
        when = times[row]
        for k in range(len(pairs)):
            gap = abs(when[pairs[k, 0]] - when[pairs[k, 1]])
            for band in range(len(ends)):
                if gap <= ends[band]:
                    counts[row, bands[k], band] += 1
                    break
