"""Arrays at the door of effects, surveys and hotspots: checked once, with the row that is wrong."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Seed = int | np.random.Generator | None


_NO_NUMBERS = {"U": "text", "S": "text", "c": "complex numbers", "M": "dates", "m": "lengths of time"}


def numbers(values: npt.ArrayLike, name: str) -> Floats:
    """`values` as float64 of any shape, what is masked as nan; ValueError for what is no array of numbers."""
    try:
        array = np.ma.asarray(values)
        if array.dtype.kind in _NO_NUMBERS:
            raise TypeError(f"{_NO_NUMBERS[array.dtype.kind]} cannot stand there")
        return np.asarray(np.ma.filled(array.astype(np.float64), np.nan))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must hold numbers only, in rows of one length: {error}") from None


def finite(values: npt.ArrayLike, name: str, dimensions: int = 1) -> Floats:
    """`values` as float64 of so many dimensions; ValueError naming the first place that is no number."""
    array = numbers(values, name)
    if array.ndim != dimensions:
        shape = "(n,)" if dimensions == 1 else "(rows, columns)"
        raise ValueError(f"{name} has shape {array.shape}; give an array of shape {shape}")
    _refuse(~np.isfinite(array), array, name, "is not a finite number; fill it or leave the row out")
    return array


def counts(values: npt.ArrayLike, name: str = "counts", dimensions: int = 1) -> Floats:
    """Counts of events: finite and not negative, as float64."""
    array = finite(values, name, dimensions)
    _refuse(array < 0, array, name, "is negative; counts of events start at 0")
    return array


def exposure(values: npt.ArrayLike | None, events: Floats, name: str = "exposure") -> Floats:
    """Exposure shaped like `events` (a (places,) one is repeated over periods); None = 1 everywhere."""
    if values is None:
        return np.ones_like(events)
    array = numbers(values, name)
    if array.ndim == events.ndim - 1 and array.shape == events.shape[:1]:
        array = np.repeat(array[:, None], events.shape[1], axis=1)
    array = finite(array, name, events.ndim)
    same_length(array, events, name, "counts")
    _refuse(array < 0, array, name, "is negative; give persons, kilometres or hours")
    _refuse((array == 0) & (events > 0), array, name, "is 0 though events happened; correct one of the two")
    return array


def same_length(array: npt.NDArray[np.generic], other: npt.NDArray[np.generic], name: str, than: str) -> None:
    """ValueError unless the two have one shape."""
    if array.shape != other.shape:
        raise ValueError(f"{name} has shape {array.shape} but {than} has {other.shape}; give them alike")


def in_rows(values: npt.ArrayLike, name: str) -> npt.NDArray[Any]:
    """`values` as an array of whatever they are; ValueError for rows of several lengths."""
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} holds rows of several lengths; give them alike") from None


def codes(labels: npt.ArrayLike, name: str) -> Integers:
    """Labels (n,) of any kind as 0, 1, 2 ...; ValueError where one is missing."""
    array = in_rows(labels, name)
    if array.ndim != 1:
        raise ValueError(f"{name} has shape {array.shape}; give one label for each row")
    if array.dtype == object and any(label is None for label in array):
        raise ValueError(
            f"{name}: a label is missing at row {[label is None for label in array].index(True)}"
        )
    if array.dtype.kind == "f":
        finite(array, name)
    named = array.astype(str) if array.dtype == object else array
    return np.unique(named, return_inverse=True)[1].astype(np.int64)


def flags(values: npt.ArrayLike, length: int, name: str) -> Flags:
    """`values` as (length,) booleans, from booleans or 0 and 1."""
    array = in_rows(values, name)
    if array.shape != (length,):
        raise ValueError(f"{name} has shape {array.shape}; give one true or false for each of {length} rows")
    if not np.isin(array, (0, 1)).all():
        raise ValueError(f"{name} must hold true and false (or 1 and 0) only")
    return array.astype(np.bool_)


def share(value: float, name: str) -> float:
    """A number strictly between 0 and 1, such as a confidence level."""
    if not isinstance(value, int | float | np.number) or not 0 < value < 1:
        raise ValueError(f"{name} is {value}; give a number between 0 and 1, such as 0.95")
    return float(value)


def generator(rng: Seed) -> np.random.Generator:
    """A numpy Generator from a seed, a Generator (used as it is) or None (fresh entropy)."""
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise ValueError(
            f"rng is {rng!r}; give a seed (a whole number from 0), a numpy Generator, or None"
        ) from None


def whole(**numbers: object) -> None:
    """ValueError for the first of the named numbers that is no whole number; None is none and passes."""
    for name, value in numbers.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | np.integer)):
            raise ValueError(f"{name} is {value!r}; give a whole number")


def above_zero(**numbers: object) -> None:
    """ValueError for the first of the named numbers that is no finite number above 0."""
    for name, value in numbers.items():
        if not isinstance(value, int | float | np.number) or not 0 < value < np.inf:
            raise ValueError(f"{name} is {value!r}; give a number above 0")


def _refuse(wrong: Flags, array: Floats, name: str, why: str) -> None:
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        where = place[0] if len(place) == 1 else place
        raise ValueError(f"{name}: {array[place]:g} at row {where} {why}")
