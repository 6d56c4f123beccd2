"""CUSUM: small excesses that add up over weeks."""

from typing import Literal, Self

import numpy as np
import numpy.typing as npt

from anlan.stats._arrays import Flags, Floats
from anlan.stats._compiling import compiled
from anlan.stats.surveillance._series import read_series
from anlan.stats.surveillance.results import Findings

Kind = Literal["standard", "rossi", "anscombe"]


class Cusum:
    """One-sided CUSUM of standardised counts (Rossi, Lampugnani & Marchi 1999; Pierce & Schafer 1986).

    The reference mean m is that of all counts before the first judged row. Each count becomes a score:
    "standard" (x - m) / sqrt(m), "rossi" (x - 3m + 2 sqrt(x m)) / (2 sqrt(m)), "anscombe"
    1.5 (x^(2/3) - m^(2/3)) / m^(1/6). The sum of scores above `k`, never below 0, alarms at `h`. It goes on
    after an alarm without starting anew.

    Parameters
    ----------
    kind : "standard", "rossi" or "anscombe".
    k : reference value, half the shift to be found in standard deviations.
    h : decision limit.

    Learned, each (len(at),) or (series, len(at)): `statistic_` (the sum), `upper_` (the count from which the
    sum would reach h), `alarm_`, `expected_` (m); `result_`.

    Source: Rossi, Lampugnani & Marchi (1999), Statistics in Medicine 18, pages 2111-2122; Pierce &
    Schafer (1986), Journal of the American Statistical Association 81, pages 977-986 (the residuals).

    >>> Cusum().fit([2, 1, 3, 2, 2, 9], [5]).alarm_
    array([ True])
    """

    def __init__(self, kind: Kind = "standard", k: float = 1.04, h: float = 2.26) -> None:
        self.kind = kind
        self.k = k
        self.h = h

    def fit(self, series: npt.ArrayLike, at: npt.ArrayLike) -> Self:
        """Judge the rows `at` (from 0, in any order) of series (t,) or (k, t); the sum runs from the
        first of them on.

        Raises ValueError for counts negative or missing, rows not there, no row before the first.
        """
        self._check()
        read = read_series(series, at, 1, "their mean is the reference")
        first, last = int(read.at[0]), int(read.at[-1]) + 1
        mean = read.counts[:, :first].mean(axis=1, keepdims=True)
        sums = _sums(self._scores(read.counts[:, first:last], mean), float(self.k))
        held = read.at - first
        before = np.pad(sums, ((0, 0), (1, 0)))[:, held]
        statistic = sums[:, held]
        upper = self._inverse(self.h + self.k - before, mean)
        alarm = statistic >= self.h
        self.statistic_: Floats = read.shaped(statistic)
        self.upper_: Floats = read.shaped(upper)
        self.alarm_: Flags = read.shaped(alarm)
        expected = np.repeat(mean, len(read.at), axis=1)
        self.expected_: Floats = read.shaped(expected)
        self.result_ = Findings(read.at, read.observed, upper, alarm, expected)
        return self

    def _scores(self, counts: Floats, mean: Floats) -> Floats:
        """Scores (series, periods); from a reference of 0 any event counts as at one event in a hundred
        rows.
        """
        m = np.maximum(mean, _LEAST_MEAN)
        if self.kind == "standard":
            return np.asarray((counts - m) / np.sqrt(m))
        if self.kind == "rossi":
            return np.asarray((counts - 3 * m + 2 * np.sqrt(counts * m)) / (2 * np.sqrt(m)))
        return np.asarray(1.5 * (np.cbrt(counts) ** 2 - np.cbrt(m) ** 2) / m ** (1 / 6))

    def _inverse(self, score: Floats, mean: Floats) -> Floats:
        """The count with that score (whole for "standard")."""
        m = np.maximum(mean, _LEAST_MEAN)
        if self.kind == "standard":
            return np.asarray(np.maximum(np.ceil(m + score * np.sqrt(m) - 1e-9), 0.0))
        if self.kind == "rossi":  # (sqrt(x) + sqrt(m))^2 = 4m + 2 sqrt(m) score
            root = np.sqrt(np.maximum(4 * m + 2 * np.sqrt(m) * score, 0.0)) - np.sqrt(m)
            return np.asarray(np.maximum(root, 0.0) ** 2)
        power = np.cbrt(m) ** 2 + 2 / 3 * m ** (1 / 6) * score
        return np.asarray(np.maximum(power, 0.0) ** 1.5)

    def _check(self) -> None:
        if self.kind not in ("standard", "rossi", "anscombe"):
            raise ValueError(f'kind is {self.kind!r}; give "standard", "rossi" or "anscombe"')
        if not (self.k >= 0 and self.h > 0):
            raise ValueError(f"k is {self.k} and h {self.h}; give k of 0 or more and h above 0")


_LEAST_MEAN = 0.01


@compiled()
def _sums(scores: Floats, k: float) -> Floats:
    sums = np.empty_like(scores)
    for i in range(scores.shape[0]):
        total = 0.0
        for t in range(scores.shape[1]):
            total = max(0.0, total + scores[i, t] - k)
            sums[i, t] = total
    return sums
