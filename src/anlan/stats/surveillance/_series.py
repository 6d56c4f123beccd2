"""Series and the rows to judge, at the door of surveillance: checked once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anlan.stats import _arrays
from anlan.stats._arrays import Floats, Integers


@dataclass(frozen=True)
class Series:
    """`counts` (series, periods), the rows `at` to judge, rising, and whether one series was given.

    `places` (rows asked for,) says where in `at` each row lies that the caller asked for, in his order.
    """

    counts: Floats
    at: Integers
    single: bool
    places: Integers

    @property
    def observed(self) -> Floats:
        """The counts at the judged rows, (series, len(at))."""
        return self.counts[:, self.at]

    def shaped[T: np.generic](self, values: npt.NDArray[T]) -> npt.NDArray[T]:
        """(series, rows) as the caller asked: in his order, without the first axis for a single series."""
        asked = values[:, self.places]
        return asked[0] if self.single else asked


def read_series(series: npt.ArrayLike, at: npt.ArrayLike, needed: int, why: str) -> Series:
    """`series` (t,) or (k, t) and `at`, row numbers from 0, with at least `needed` rows before each.

    ValueError for wrong shapes, values that are no counts, rows outside, or too little history (`why` says
    what the rows before are for).
    """
    array = _arrays.numbers(series, "series")
    single = array.ndim == 1
    counts = _arrays.counts(array, "series", 1 if single else 2)
    counts = np.ascontiguousarray(counts[None] if single else counts)
    if counts.size == 0:
        raise ValueError(f"series is empty (shape {array.shape}); give (t,) or (k, t), one count at least")
    rows, places = np.unique(_rows(at, counts.shape[1], needed, why), return_inverse=True)
    return Series(counts, rows, single, places)


def _rows(at: npt.ArrayLike, periods: int, needed: int, why: str) -> Integers:
    rows = _arrays.in_rows(at if not isinstance(at, range) else list(at), "at")
    if rows.ndim != 1 or rows.size == 0 or not np.issubdtype(rows.dtype, np.integer):
        raise ValueError("at must hold whole row numbers, counted from 0: such as [t] or range(281, 312)")
    first, last = rows.min(), rows.max()
    if first < 0 or last >= periods:
        wrong = first if first < 0 else last
        raise ValueError(f"at: row {wrong} is not there; the series has rows 0 to {periods - 1}")
    if first < needed:
        raise ValueError(
            f"at: row {first} has {first} rows before it, but {needed} are needed ({why}); "
            "give later rows, a longer series or fewer years"
        )
    return rows.astype(np.int64)


def read_covariates(covariates: npt.ArrayLike | None, periods: int) -> Floats:
    """(t,) or (t, columns), shared by all series, as (t, columns); None gives no column."""
    if covariates is None:
        return np.zeros((periods, 0))
    array = _arrays.numbers(covariates, "covariates")
    array = _arrays.finite(array[:, None] if array.ndim == 1 else array, "covariates", 2)
    if len(array) != periods:
        raise ValueError(f"covariates has {len(array)} rows but the series {periods} periods; give one each")
    return array
