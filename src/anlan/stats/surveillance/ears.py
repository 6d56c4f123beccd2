"""EARS: the last days against the week before them, for series without a long past."""

from typing import Literal, Self

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from scipy import stats

from anlan.stats import _arrays
from anlan.stats._arrays import Flags, Floats
from anlan.stats.surveillance._series import Series, read_series
from anlan.stats.surveillance.results import Findings

Method = Literal["C1", "C2", "C3"]
_LAG = {"C1": 0, "C2": 2, "C3": 2}


class Ears:
    """EARS C1, C2 and C3 (Hutwagner et al. 2003; as in Salmon, Schumacher & Hoehle 2016).

    C1 compares a count with the mean and standard deviation of the `baseline` rows before it, C2 leaves two
    rows between. C3 is a late alarm: it sounds when the C2 statistics of the two rows before had together
    more than the limit above 1, whatever the judged count is (so R's surveillance 1.20.3 computes it;
    docs/decisions/0060). The published limit takes seven counts to tell their own scatter: it alarms 14 to 46
    times as often as `alpha` says (docs/stats/surveillance.md has the figures); limit="predictive" keeps it.

    Parameters
    ----------
    method : "C1", "C2" or "C3".
    baseline : rows in the baseline.
    alpha : one-sided.
    least_deviation : the standard deviation is taken to be no less, so that a flat baseline does not alarm at
        every event.
    limit : "normal", as published; or "predictive", the higher of two quantiles of one more count: Poisson
        with the mean unknown (Gelman et al. 2013, Jeffreys' prior), and Student's t of log(count + 1/2). For
        C3 the two rows before are scored by their predictive p-values.

    Learned, each (len(at),) or (series, len(at)): `upper_`, `alarm_`, `expected_` (the baseline's mean),
    `p_value_` (limit="predictive" with C1 or C2, else None); `result_`.

    Source: Hutwagner, Thompson, Seeman & Treadwell (2003), Journal of Urban Health 80, pages i89-i96;
    Salmon, Schumacher & Hoehle (2016), Journal of Statistical Software 70 (10), pages 1-35; Gelman et al.
    (2013) "Bayesian Data Analysis", section 2.6.

    >>> Ears("C1").fit([2, 3, 1, 2, 4, 2, 3, 9], [7]).alarm_
    array([ True])
    >>> Ears("C1", limit="predictive").fit([2, 3, 1, 2, 4, 2, 3, 9], [7]).alarm_
    array([False])
    """

    def __init__(
        self,
        method: Method = "C1",
        baseline: int = 7,
        alpha: float = 0.001,
        least_deviation: float = 0.0,
        *,
        limit: Literal["normal", "predictive"] = "normal",
    ) -> None:
        self.method = method
        self.baseline = baseline
        self.alpha = alpha
        self.least_deviation = least_deviation
        self.limit = limit

    def fit(self, series: npt.ArrayLike, at: npt.ArrayLike) -> Self:
        """Judge the rows `at` (from 0, in any order) of series (t,) or (k, t).

        Raises ValueError for counts negative or missing, rows not there or with too few rows before them.
        """
        self._check()
        needed = self.baseline + _LAG[self.method] + (2 if self.method == "C3" else 0)
        read = read_series(series, at, needed, f"{self.method} with a baseline of {self.baseline}")
        mean, deviation = self._baseline(read.counts)
        p_value = self._p_values(read.counts) if self.limit == "predictive" else None
        upper = self._upper(read, mean, deviation, p_value)
        alarm = read.observed > upper
        told = p_value[:, read.at] if p_value is not None and self.method != "C3" else None
        self.upper_: Floats = read.shaped(upper)
        self.alarm_: Flags = read.shaped(alarm)
        self.expected_: Floats = read.shaped(mean[:, read.at])
        self.p_value_: Floats | None = None if told is None else read.shaped(told)
        self.result_ = Findings(read.at, read.observed, upper, alarm, mean[:, read.at], told)
        return self

    def _upper(self, read: Series, mean: Floats, deviation: Floats, p_value: Floats | None) -> Floats:
        limit = float(stats.norm.isf(self.alpha))
        if self.method == "C3":
            scores = _scores(read.counts, mean, deviation) if p_value is None else stats.norm.isf(p_value)
            carried = _carried(scores)
            return np.asarray(np.maximum((read.counts + deviation * (limit - carried))[:, read.at], 0.0))
        if p_value is None:
            return np.asarray((mean + limit * deviation)[:, read.at])
        rows, lag = np.asarray(read.at), _LAG[self.method]
        before = rows[:, None] - lag - self.baseline + np.arange(self.baseline)
        return _predictive_upper(read.counts[:, before], self.alpha, self.least_deviation)

    def _p_values(self, counts: Floats) -> Floats:
        """Of each row against the baseline before it (series, periods); nan where the past is too short."""
        lag = _LAG[self.method]
        windows = sliding_window_view(counts, self.baseline, axis=1)[:, : -1 - lag]
        found = _predictive_p(windows, counts[:, self.baseline + lag :], self.least_deviation)
        return np.pad(found, ((0, 0), (self.baseline + lag, 0)), constant_values=np.nan)

    def _baseline(self, counts: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation before each row (series, periods); nan where the past is too short."""
        lag = _LAG[self.method]
        windows = sliding_window_view(counts, self.baseline, axis=1)[:, : -1 - lag]
        pad = ((0, 0), (self.baseline + lag, 0))
        mean = np.pad(windows.mean(axis=2), pad, constant_values=np.nan)
        deviation = np.pad(windows.std(axis=2, ddof=1), pad, constant_values=np.nan)
        return mean, np.maximum(deviation, self.least_deviation)

    def _check(self) -> None:
        _arrays.share(self.alpha, "alpha")
        _arrays.whole(baseline=self.baseline)
        if self.method not in _LAG:
            raise ValueError(f'method is {self.method!r}; give "C1", "C2" or "C3"')
        if self.baseline < 2:
            raise ValueError(f"baseline is {self.baseline}; give at least 2 rows, 7 as a rule")
        if self.limit not in ("normal", "predictive"):
            raise ValueError(f'limit is {self.limit!r}; give "normal" or "predictive"')
        if not self.least_deviation >= 0:
            raise ValueError(f"least_deviation is {self.least_deviation}; give 0 or more")


def _scores(counts: Floats, mean: Floats, deviation: Floats) -> Floats:
    """Counts in standard deviations from the baseline, (series, periods)."""
    some = np.where(deviation > 0, deviation, 1.0)
    return np.where(deviation > 0, (counts - mean) / some, 0.0)


def _carried(scores: Floats) -> Floats:
    """What the scores of the two rows before had above 1, (series, periods)."""
    above = np.maximum(scores - 1, 0.0)
    before = np.zeros_like(scores)
    before[:, 2:] = above[:, 1:-1] + above[:, :-2]
    return before


def _student(windows: Floats, least: float) -> tuple[Floats, Floats]:
    """Centre and error of the logarithm of one more count, from those of (..., baseline) counts."""
    logs, rows = np.log(windows + 0.5), windows.shape[-1]
    # `least` is on the scale of counts; at the mean a step of it is so much of the logarithm.
    floor = np.maximum(least / (windows.mean(axis=-1) + 0.5), 1e-9)
    deviation = np.maximum(logs.std(axis=-1, ddof=1), floor)
    return np.asarray(logs.mean(axis=-1)), np.asarray(deviation * (1 + 1 / rows) ** 0.5)


def _predictive_p(windows: Floats, counts: Floats, least: float) -> Floats:
    """P(one more count is as high), the higher of the two laws."""
    rows = windows.shape[-1]
    poisson = stats.nbinom.sf(counts - 1, windows.sum(axis=-1) + 0.5, rows / (rows + 1))
    centre, error = _student(windows, least)
    return np.asarray(np.maximum(poisson, stats.t.sf((np.log(counts + 0.5) - centre) / error, rows - 1)))


def _predictive_upper(windows: Floats, alpha: float, least: float) -> Floats:
    """The count that one more passes with probability alpha, the higher of the two laws."""
    rows = windows.shape[-1]
    poisson = stats.nbinom.isf(alpha, windows.sum(axis=-1) + 0.5, rows / (rows + 1))
    centre, error = _student(windows, least)
    return np.asarray(np.maximum(poisson, np.exp(centre + stats.t.isf(alpha, rows - 1) * error) - 0.5))
