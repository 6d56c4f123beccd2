"""Do events that are close in space come close in time? Knox's and Mantel's tests."""

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import spatial, stats

from anlan.stats import _arrays
from anlan.stats._arrays import Floats, Integers, Seed
from anlan.stats.hotspots import pair_counts
from anlan.stats.tables import text_table

_MOST_LISTED = 10_000_000
"""Pairs close in space are listed up to here, 240 MB; beyond it those close in time are walked unlisted."""


@dataclass(frozen=True)
class KnoxResult:
    """Knox's test; prints as a table.

    `observed` pairs close in both; `expected` under independence; `p_value` by permutation (publish this
    one); `p_poisson` as if the pairs were independent, which they are not: it can be 2.5 times too small.
    """

    observed: int
    expected: float
    p_value: float
    p_poisson: float
    close_in_space: int
    close_in_time: int
    pairs: int
    permutations: int

    def to_frame(self) -> pl.DataFrame:
        """One row with all fields."""
        return pl.DataFrame([asdict(self)])

    def __str__(self) -> str:
        return text_table(self.to_frame())


def knox(
    points: npt.ArrayLike,
    times: npt.ArrayLike,
    *,
    distance: float,
    interval: float,
    permutations: int = 999,
    rng: Seed = None,
) -> KnoxResult:
    """Knox's test for space-time interaction (Knox 1964; permutation as Besag & Diggle 1977 and Mantel 1967).

    points (n, 2) in a plane unit, times (n,) numbers (days); close means <= `distance` and <= `interval`.
    The times are permuted over the events, which keeps where and when events happen and breaks only their
    link. The fewer of the pairs close in space and those close in time are walked; memory grows with the
    events, not with the pairs. Raises ValueError for fewer than two events, negative windows, fewer than one
    permutation.

    Source: Knox (1964), Applied Statistics 13, pages 25-29; Mantel (1967), Cancer Research 27, pages
    209-220; Besag & Diggle (1977), Applied Statistics 26, pages 327-333.

    >>> points = [[0, 0], [1, 0], [100, 0], [101, 0], [200, 0], [201, 0]]
    >>> result = knox(points, [0, 1, 50, 51, 90, 91], distance=5, interval=2, rng=1)
    >>> result.observed, result.expected
    (3, 0.6)
    """
    places, when = pair_counts.events(points, times)
    pair_counts.check_windows([distance], [interval], permutations)
    space = pair_counts.number_close_in_space(places, distance)
    time = pair_counts.number_close_in_time(when, interval)
    by_time = time < space or space > _MOST_LISTED
    walk = _by_time if by_time else _by_space
    observed, drawn = walk(places, when, (distance, interval), permutations, _arrays.generator(rng))
    pairs = len(when) * (len(when) - 1) // 2
    expected = space * time / pairs
    return KnoxResult(
        observed,
        expected,
        float((1 + (drawn >= observed).sum()) / (permutations + 1)),
        float(stats.poisson.sf(observed - 1, expected)),
        space,
        time,
        pairs,
        permutations,
    )


@dataclass(frozen=True)
class MantelResult:
    """Mantel's test; prints as a table. `correlation` of the two closenesses over all pairs."""

    correlation: float
    p_value: float
    permutations: int

    def to_frame(self) -> pl.DataFrame:
        """One row with all fields."""
        return pl.DataFrame([asdict(self)])

    def __str__(self) -> str:
        return text_table(self.to_frame())


def mantel(
    points: npt.ArrayLike,
    times: npt.ArrayLike,
    *,
    distance: float = 1.0,
    interval: float = 1.0,
    permutations: int = 999,
    rng: Seed = None,
) -> MantelResult:
    """Mantel's test with reciprocals (Mantel 1967): 1 / (metres + distance) against 1 / (days + interval).

    No window to choose, but the two constants say what "close" is. All pairs are held: use Knox above
    10,000 events. One-sided: a small p means that near events come near in time. Raises ValueError as knox
    does, and when all points or all times are the same.

    points (n, 2) in a plane unit (metres), times (n,) numbers (days).

    Source: Mantel (1967) "The detection of disease clustering and a generalized regression approach",
    Cancer Research 27, pages 209-220.

    >>> points = [[0, 0], [1, 0], [100, 0], [101, 0], [200, 0], [201, 0]]
    >>> mantel(points, [0, 1, 50, 51, 90, 91], rng=1).correlation > 0.9
    True
    """
    places, when = pair_counts.events(points, times)
    pair_counts.check_windows([distance], [interval], permutations)
    near = 1 / (spatial.distance.pdist(places) + distance)
    soon = 1 / (np.abs(when[:, None] - when[None, :]) + interval)
    flat = soon[np.triu_indices(len(when), 1)]
    if np.ptp(near) == 0 or np.ptp(flat) == 0:
        raise ValueError("all pairs are equally far apart in space or in time; there is nothing to correlate")
    centred = (near - near.mean()) / near.std() / len(near)
    flat_spread = float(flat.std())
    observed = float(centred @ flat / flat_spread)
    generator = _arrays.generator(rng)
    rows = np.arange(len(when))
    drawn = np.array([_product(centred, soon, generator.permutation(rows)) for _ in range(permutations)])
    above = int((drawn / flat_spread >= observed * (1 - 1e-12)).sum())
    return MantelResult(observed, (1 + above) / (permutations + 1), permutations)


def _by_space(
    places: Floats, when: Floats, windows: tuple[float, float], number: int, generator: np.random.Generator
) -> tuple[int, Integers]:
    """Pairs close in both, as observed and under each permutation, walking those close in space."""
    distance, interval = windows
    pairs = pair_counts.close_in_space(places, distance)
    observed = pair_counts.count_in_time(pairs, when[None, :], interval)
    blocks = pair_counts.permutations(when, number, generator)
    drawn = [pair_counts.count_in_time(pairs, block, interval) for block in blocks]
    return int(observed[0]), np.concatenate(drawn)


def _by_time(
    places: Floats, when: Floats, windows: tuple[float, float], number: int, generator: np.random.Generator
) -> tuple[int, Integers]:
    """The same, walking the pairs close in time."""
    distance, interval = windows
    rows = np.arange(len(when), dtype=np.float64)
    observed = pair_counts.count_in_space(when, interval, rows[None, :], places, distance)
    orders = pair_counts.permutations(rows, number, generator)
    drawn = [pair_counts.count_in_space(when, interval, block, places, distance) for block in orders]
    return int(observed[0]), np.concatenate(drawn)


def _product(centred: Floats, soon: Floats, order: Integers) -> float:
    moved = soon[np.ix_(order, order)]
    return float(centred @ moved[np.triu_indices(len(order), 1)])
