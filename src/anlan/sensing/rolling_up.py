"""Readings become sums over minutes, hours and days, and the newest of each series: arrays to arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anlan.base.when_used import when_used

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

MICROSECONDS = 1_000_000
MINUTE, HOUR, DAY = 60 * MICROSECONDS, 3_600 * MICROSECONDS, 86_400 * MICROSECONDS


@dataclass(frozen=True)
class Found:
    """n readings: series (int32), time in microseconds since 1970 (int64), value (float64)."""

    series: NDArray[np.int32]
    at: NDArray[np.int64]
    value: NDArray[np.float64]

    def chosen(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Found:
        """Those that a mask or their places name."""
        return Found(self.series[which], self.at[which], self.value[which])


@dataclass(frozen=True)
class RolledUp:
    """Of each series in each span what its readings were; `at` is where the span begins."""

    series: NDArray[np.int32]
    at: NDArray[np.int64]
    count: NDArray[np.int32]
    sum: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def in_order(readings: Sequence[Found]) -> Found:
    """All of them by series and time; of several with both alike the first, as the first value counts."""
    series = np.concatenate([each.series for each in readings])
    at = np.concatenate([each.at for each in readings])
    value = np.concatenate([each.value for each in readings])
    order = np.lexsort((at, series))
    whole = Found(series[order], at[order], value[order])
    same = (whole.series[1:] == whole.series[:-1]) & (whole.at[1:] == whole.at[:-1])
    return whole.chosen(np.append(True, ~same)) if same.any() else whole


def all_later(than: Found, found: Found) -> bool:
    """Is each of these readings, in order, later than all of its series among others in order?"""
    theirs, firsts = np.unique(than.series, return_index=True)
    ends = np.append(firsts[1:], len(than.at)) - 1
    mine, starts = np.unique(found.series, return_index=True)
    _, before, after = np.intersect1d(theirs, mine, assume_unique=True, return_indices=True)
    return bool((found.at[starts[after]] > than.at[ends[before]]).all())


def rolled_up(found: Found, span: int) -> RolledUp:
    """Readings in order, summed over spans of so many microseconds."""
    begin = found.at - found.at % span
    starts = _starts(found.series, begin)
    counts = np.diff(np.append(starts, len(begin)))
    return RolledUp(
        found.series[starts],
        begin[starts],
        counts.astype(np.int32),
        np.add.reduceat(found.value, starts),
        np.minimum.reduceat(found.value, starts),
        np.maximum.reduceat(found.value, starts),
    )


def summed(finer: RolledUp, span: int) -> RolledUp:
    """Sums over spans, made of those over shorter ones that fit into them."""
    begin = finer.at - finer.at % span
    starts = _starts(finer.series, begin)
    return RolledUp(
        finer.series[starts],
        begin[starts],
        np.add.reduceat(finer.count, starts).astype(np.int32),
        np.add.reduceat(finer.sum, starts),
        np.minimum.reduceat(finer.low, starts),
        np.maximum.reduceat(finer.high, starts),
    )


def newest(found: Found) -> Found:
    """The last reading of each series of readings in order."""
    return found.chosen(np.flatnonzero(np.append(found.series[1:] != found.series[:-1], True)))


def _starts(series: NDArray[np.int32], begin: NDArray[np.int64]) -> NDArray[np.int64]:
    changed = (series[1:] != series[:-1]) | (begin[1:] != begin[:-1])
    return np.flatnonzero(np.append(True, changed))
