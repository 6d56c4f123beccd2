"""The columns of an interrupted series: intercept, level, slope, trend, season, covariates, controls."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from anlan.stats import _arrays
from anlan.stats._arrays import Floats


class SegmentTerms(Protocol):
    """What decides which columns there are."""

    change: int
    season: int | None
    harmonics: int | None
    slope: bool
    trend: bool


@dataclass(frozen=True)
class Segments:
    """A design (n, k) and where the change stands in it: `level` and, unless left out, `slope`."""

    matrix: Floats
    level: int
    slope: int | None

    def without_change(self) -> Floats:
        """The design as it would be had nothing changed."""
        matrix = self.matrix.copy()
        matrix[:, [self.level] if self.slope is None else [self.level, self.slope]] = 0
        return matrix


def segments(
    terms: SegmentTerms, events: Floats, covariates: npt.ArrayLike | None, controls: npt.ArrayLike | None
) -> Segments:
    """The columns for a series (n,); ValueError when the series cannot carry them."""
    n = len(events)
    _arrays.whole(change=terms.change)
    _check_change(terms.change, n)
    since = np.maximum(np.arange(n) - terms.change + 1.0, 0.0)
    columns = [np.ones((n, 1)), (since > 0).astype(np.float64)[:, None]]
    columns += [since[:, None]] if terms.slope else []
    columns += [(np.arange(n)[:, None] - n / 2) / n] if terms.trend else []
    columns += [seasons(n, terms.season, terms.harmonics), beside(covariates, n, "covariates")]
    columns += [_logs(controls, n)]
    matrix = np.hstack(columns)
    _check_length(matrix, terms.change)
    return Segments(matrix, 1, 2 if terms.slope else None)


def seasons(n: int, season: int | None, harmonics: int | None) -> Floats:
    """A column for each period of the year but the first, or (n, 2 x harmonics) sines and cosines."""
    _arrays.whole(season=season, harmonics=harmonics)
    if harmonics is not None and harmonics < 0:
        raise ValueError(f"harmonics is {harmonics}; give 0 or more pairs of waves, or None")
    if season is None or season == 1:
        return np.empty((n, 0))
    if season < 1:
        raise ValueError(f"season is {season}; give the periods in a year, such as 12, or None")
    phase = np.arange(n) % season
    if harmonics is None:
        return np.asarray(phase[:, None] == np.arange(1, season), dtype=np.float64)
    angles = 2 * np.pi * phase[:, None] / season * np.arange(1, harmonics + 1)
    return np.hstack([np.sin(angles), np.cos(angles)])


def beside(values: npt.ArrayLike | None, n: int, name: str) -> Floats:
    """Columns (n, k) from None, (n,) or (n, k), centred so that the intercept keeps its meaning."""
    if values is None:
        return np.empty((n, 0))
    array = _arrays.numbers(values, name)
    array = _arrays.finite(array[:, None] if array.ndim == 1 else array, name, 2)
    if len(array) != n:
        raise ValueError(f"{name} has {len(array)} rows but counts has {n}; give one row a period")
    return array - array.mean(axis=0)


def _logs(controls: npt.ArrayLike | None, n: int) -> Floats:
    if controls is None:
        return np.empty((n, 0))
    array = _arrays.numbers(controls, "controls")
    array = _arrays.counts(array[:, None] if array.ndim == 1 else array, "controls", 2)
    return beside(np.log(array + 0.5), n, "controls")


def _check_change(change: int, n: int) -> None:
    if not 0 < change < n:
        raise ValueError(
            f"change is {change} but the series has rows 0 to {n - 1}; "
            f"give the row number of the first period after the change, between 1 and {n - 1}"
        )


def _check_length(matrix: Floats, change: int) -> None:
    n, k = matrix.shape
    if n < k + 2:
        raise ValueError(
            f"the series has {n} periods, too short for {k} coefficients; give at least {k + 2}, "
            "or leave out season, slope or trend"
        )
    if np.linalg.matrix_rank(matrix / np.maximum(np.abs(matrix).max(axis=0), 1e-300)) < k:
        raise ValueError(
            f"the {change} periods before and {n - change} after the change "
            "cannot tell the coefficients apart; "
            "give a longer series, or leave out season (or use harmonics), slope, trend or a covariate"
        )
