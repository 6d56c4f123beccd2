"""Counts, exposures and levels at the door of rates: numbers or arrays, checked once."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from anlan.stats import _arrays
from anlan.stats._arrays import Flags, Floats

Number = float | Floats
"""One number when the caller gave one, else an array."""


def numbers(values: npt.ArrayLike, name: str) -> Floats:
    """`values` as float64 of any shape; ValueError naming the first that is no finite number."""
    array = _arrays.numbers(values, name)
    refuse(~np.isfinite(array), array, name, "is not a finite number; fill it or leave the row out")
    return array


def whole(values: npt.ArrayLike, name: str = "count") -> Floats:
    """Counts of events: whole and not negative."""
    array = numbers(values, name)
    refuse(array < 0, array, name, "is negative; counts of events start at 0")
    refuse(array != np.floor(array), array, name, "is not whole; an exact interval needs a count of events")
    return array


def amounts(values: npt.ArrayLike, counts: Floats, name: str = "exposure") -> Floats:
    """Exposures that fit `counts`: above 0 (persons, person-years, vehicle-kilometres)."""
    array = numbers(values, name)
    _matched(array, counts, name)
    events = np.broadcast_to(counts, np.broadcast_shapes(array.shape, counts.shape))
    wide = np.broadcast_to(array, events.shape)
    refuse((wide == 0) & (events > 0), wide, name, "is 0 though events happened; correct one of the two")
    refuse(wide <= 0, wide, name, "is not above 0; leave out places where nobody could have an event")
    return wide.astype(np.float64)


def alike(counts: Floats, other: Floats, name: str) -> None:
    """ValueError unless the two shapes go together."""
    _matched(other, counts, name)


def _matched(array: Floats, counts: Floats, name: str) -> None:
    try:
        np.broadcast_shapes(array.shape, counts.shape)
    except ValueError:
        raise ValueError(
            f"{name} has shape {array.shape} but the counts have {counts.shape}; give them alike"
        ) from None


def refuse(wrong: Flags, array: Floats, name: str, why: str) -> None:
    """ValueError with the first of the `wrong` places, its value and why."""
    if not wrong.any():
        return
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    where = "" if not place else f" at row {place[0] if len(place) == 1 else place}"
    raise ValueError(f"{name}: {array[place]:g}{where} {why}")


def plain(values: npt.ArrayLike) -> Number:
    """A float from an array without dimensions, else the array."""
    array = np.asarray(values, dtype=np.float64)
    return array if array.ndim else float(array)


def rising_root(function: Callable[[Floats], Floats], lower: Floats, upper: Floats) -> Floats:
    """Where the rising `function` crosses 0 between lower and upper, each place alone, by halving."""
    lower, upper = lower.copy(), upper.copy()
    for _ in range(200):
        middle = (lower + upper) / 2
        if ((middle <= lower) | (middle >= upper)).all():
            break
        above = function(middle) > 0
        upper = np.where(above, middle, upper)
        lower = np.where(above, lower, middle)
    return np.asarray((lower + upper) / 2)
