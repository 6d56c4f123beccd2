"""What a scan is given, checked: each error says what is wrong, where, and what would be right."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from anlan.stats import _arrays
from anlan.stats.scan.terms import Floats, Integers

_MOST_EVENTS = 1e15
"""Up to here sums of events are exact in double precision."""
_MOST_DEALT = 10**9
_FARTHEST = 1e100
"""Squares of larger coordinates run over."""


def _numbers(name: str, values: ArrayLike) -> Floats:
    array = _arrays.numbers(values, name)
    wrong = np.argwhere(~np.isfinite(array))
    if wrong.size:
        at = tuple(wrong[0])
        raise ValueError(f"{name}: {array[at]} at {_where(at)}; give a finite number, or leave the place out")
    return array


def amounts(name: str, values: ArrayLike, right: str) -> Floats:
    """Finite numbers of at least 0, of any shape; `right` says what would be right."""
    array = _numbers(name, values)
    wrong = np.argwhere(array < 0)
    if wrong.size:
        at = tuple(wrong[0])
        raise ValueError(f"{name}: {array[at]:g} at {_where(at)}; give {right}")
    return array


def _where(index: Sequence[int]) -> str:
    words = [f"row {index[0]}" if len(index) else "the only value"]
    words += [f"column {at}" for at in index[1:]]
    return ", ".join(words)


def one_of(name: str, value: object, allowed: Sequence[str]) -> None:
    """Raise ValueError unless `value` is one of the words `allowed`."""
    if value not in allowed:
        raise ValueError(f"{name}={value!r}: give one of {', '.join(map(repr, allowed))}")


def at_least(name: str, value: Any, least: int) -> None:
    """Raise ValueError unless `value` is a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(f"{name}={value!r}: give a whole number of at least {least}")


def share(name: str, value: Any) -> None:
    """Raise ValueError unless `value` lies in (0, 1]."""
    if not isinstance(value, int | float | np.number) or not 0 < value <= 1:
        raise ValueError(f"{name}={value!r}: give a share above 0 and at most 1, such as 0.5")


def checked_points(points: ArrayLike, geometry: str) -> Floats:
    """(n, 2) finite; on the globe where `geometry` says "lonlat"."""
    one_of("geometry", geometry, ("lonlat", "plane"))
    array = _numbers("points", points)
    if array.ndim != 2 or array.shape[1] != 2 or len(array) == 0:
        raise ValueError(f"points has the shape {array.shape}: give (n, 2), one row a place, n at least 1")
    if geometry == "lonlat":
        wrong = np.flatnonzero((np.abs(array[:, 1]) > 90) | (array[:, 0] < -180) | (array[:, 0] > 360))
        if wrong.size:
            row = wrong[0]
            raise ValueError(
                f"points: row {row} is {array[row].tolist()}, no longitude and latitude in degrees; the"
                ' longitude goes first, and other units need geometry="plane"'
            )
    elif np.abs(array).max() > _FARTHEST:
        raise ValueError(f"points reach {np.abs(array).max():g}: give plane units of at most {_FARTHEST:g}")
    return array


def checked_counts(counts: ArrayLike, n: int, when: str) -> Integers:
    """(n, periods) whole numbers of at least 0; one period where `when` is "never"."""
    array = _numbers("counts", counts)
    if when == "never" and array.ndim == 2:
        array = array.sum(axis=1)
    if when == "never":
        array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2 or array.shape[0] != n or array.shape[1] == 0:
        wanted = f"({n},)" if when == "never" else f"({n}, periods)"
        raise ValueError(
            f"counts has the shape {np.shape(counts)}: give {wanted}, one row for each of the {n} points"
            + (
                ""
                if when == "never" or np.ndim(counts) != 1
                else '; for a scan without time say when="never"'
            )
        )
    wrong = np.argwhere((array < 0) | (array != np.floor(array)))
    if wrong.size:
        at = tuple(wrong[0])
        raise ValueError(f"counts: {array[at]:g} at {_where(at)}; events are counted in whole numbers from 0")
    if array.sum() > _MOST_EVENTS:
        raise ValueError(f"counts add up to {array.sum():g}: give at most {_MOST_EVENTS:g} events in all")
    return array.astype(np.int64)


def few_enough_to_deal(tables: Sequence[Integers]) -> None:
    """Raise ValueError for more events than numpy's hypergeometric distribution takes."""
    for table in tables:
        if table.sum() >= _MOST_DEALT:
            raise ValueError(
                f"counts hold {table.sum():,} events: a permutation scan deals fewer than {_MOST_DEALT:,};"
                " scan fewer places or periods, or use PoissonScan with a baseline"
            )


def checked_baseline(baseline: ArrayLike | None, counts: Integers, when: str) -> Floats:
    """(n, periods) over the largest, at least 0 and above 0 wherever an event was counted."""
    n, periods = counts.shape
    array = (
        np.ones(n)
        if baseline is None
        else amounts("baseline", baseline, "a population or an expectation from 0")
    )
    if when == "never" and array.ndim == 2 and array.shape[0] == n:
        array = array.sum(axis=1)
    if array.shape not in ((n,), (n, periods)):
        raise ValueError(
            f"baseline has the shape {array.shape}: give ({n},) or ({n}, {periods}), as the counts"
        )
    full = np.ascontiguousarray(np.broadcast_to(array.reshape(n, -1), counts.shape))
    if not full.any():
        raise ValueError("baseline is 0 everywhere: give a population or an expectation above 0 somewhere")
    full = full / full.max()
    wrong = np.argwhere((full == 0) & (counts > 0))
    if wrong.size:
        row, period = wrong[0]
        raise ValueError(
            f"counts: {counts[row, period]} events in row {row}, period {period}, where the baseline is 0;"
            " give a baseline above 0 there, or leave the place out"
        )
    return full


def same_shape(tables: Sequence[Integers]) -> None:
    """Raise ValueError unless there is at least one kind and all have the same periods."""
    if not tables:
        raise ValueError("counts holds no kind: give at least one array")
    for kind, table in enumerate(tables):
        if table.shape != tables[0].shape:
            raise ValueError(
                f"counts of kind {kind} have {table.shape[1]} periods, those of kind 0 {tables[0].shape[1]}:"
                " give all kinds the same periods, with 0 where nothing happened"
            )


def same_number(tables: Sequence[Integers], baselines: Sequence[object]) -> None:
    """Raise ValueError unless there is one baseline a kind."""
    if len(tables) != len(baselines):
        raise ValueError(
            f"{len(baselines)} baselines for {len(tables)} kinds: give one a kind (None: equal everywhere)"
        )
