"""EARS: the last days against the week before them, for series without a long past."""

from typing import Literal, Self

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from scipy import stats

from anlan.stats import _arrays
from anlan.stats._arrays import Flags, Floats
from anlan.stats.surveillance._series import read_series
from anlan.stats.surveillance.results import Findings

Method = Literal["C1", "C2", "C3"]
_LAG = {"C1": 0, "C2": 2, "C3": 2}


class Ears:
    """EARS C1, C2 and C3 (Hutwagner et al. 2003; as in Salmon, Schumacher & Hoehle 2016, section 3.1).

    C1 compares a count with the mean and standard deviation of the `baseline` rows before it, C2 leaves two
    rows between. C3 is a late alarm: it sounds when the C2 statistics of the two rows before had together
    more than the limit above 1, whatever the judged count is (so R's surveillance 1.20.3 computes it;
    docs/decisions/0060). Made for a few days of history and large counts; with rare counts it alarms more
    often than `alpha` says (docs/stats/surveillance.md has the figures).

    Parameters
    ----------
    method : "C1", "C2" or "C3".
    baseline : rows in the baseline.
    alpha : one-sided.
    least_deviation : the standard deviation is taken to be no less, so that a flat baseline does not alarm at
        every event.

    Learned, each (len(at),) or (series, len(at)): `upper_`, `alarm_`, `expected_` (the baseline's mean);
    `result_`.

    Source: Hutwagner, Thompson, Seeman & Treadwell (2003), Journal of Urban Health 80, pages i89-i96;
    Salmon, Schumacher & Hoehle (2016), Journal of Statistical Software 70 (10), section 3.1.

    >>> Ears("C1").fit([2, 3, 1, 2, 4, 2, 3, 9], [7]).alarm_
    array([ True])
    """

    def __init__(
        self,
        method: Method = "C1",
        baseline: int = 7,
        alpha: float = 0.001,
        least_deviation: float = 0.0,
    ) -> None:
        self.method = method
        self.baseline = baseline
        self.alpha = alpha
        self.least_deviation = least_deviation

    def fit(self, series: npt.ArrayLike, at: npt.ArrayLike) -> Self:
        """Judge the rows `at` (from 0, in any order) of series (t,) or (k, t).

        Raises ValueError for counts negative or missing, rows not there or with too few rows before them.
        """
        self._check()
        needed = self.baseline + _LAG[self.method] + (2 if self.method == "C3" else 0)
        read = read_series(series, at, needed, f"{self.method} with a baseline of {self.baseline}")
        mean, deviation = self._baseline(read.counts)
        limit = stats.norm.isf(self.alpha)
        if self.method == "C3":
            carried = _carried(read.counts, mean, deviation)
            upper = np.maximum((read.counts + deviation * (limit - carried))[:, read.at], 0.0)
        else:
            upper = (mean + limit * deviation)[:, read.at]
        alarm = read.observed > upper
        self.upper_: Floats = read.shaped(upper)
        self.alarm_: Flags = read.shaped(alarm)
        self.expected_: Floats = read.shaped(mean[:, read.at])
        self.result_ = Findings(read.at, read.observed, upper, alarm, mean[:, read.at])
        return self

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
        if self.method not in _LAG:
            raise ValueError(f'method is {self.method!r}; give "C1", "C2" or "C3"')
        if self.baseline < 2:
            raise ValueError(f"baseline is {self.baseline}; give at least 2 rows, 7 as a rule")
        if not self.least_deviation >= 0:
            raise ValueError(f"least_deviation is {self.least_deviation}; give 0 or more")


def _carried(counts: Floats, mean: Floats, deviation: Floats) -> Floats:
    """What the C2 statistics of the two rows before had above 1, (series, periods)."""
    some = np.where(deviation > 0, deviation, 1.0)
    above = np.where(deviation > 0, np.maximum((counts - mean) / some - 1, 0.0), 0.0)
    before = np.zeros_like(counts)
    before[:, 2:] = above[:, 1:-1] + above[:, :-2]
    return before
