"""Farrington's weekly test of a count against its own past, for thousands of series at once."""

from typing import Literal, Self

import numpy as np
import numpy.typing as npt
from scipy import stats

from anlan.stats import _arrays
from anlan.stats._arrays import Flags, Floats, Integers
from anlan.stats._workers import Workers, in_order
from anlan.stats.surveillance._counts import tail, upper_quantile
from anlan.stats.surveillance._expectation import Fitted
from anlan.stats.surveillance._farrington_fit import Week
from anlan.stats.surveillance._predictive import SCATTERS, Predictive
from anlan.stats.surveillance._series import Series, read_covariates, read_series
from anlan.stats.surveillance.results import Findings

Bound = Literal["delta", "negbin", "muan", "predictive"]
_BATCH = 512


class Farrington:
    """Is this week's count higher than its own past explains? (Farrington et al. 1996; Noufaily et al. 2013)

    A quasi-Poisson model of the last `years`: a level for each of `periods` parts of the year (the weeks
    around the judged one are one part), a straight trend on the log scale, and the covariates. Past outbreaks
    are weighed down by their Anscombe residuals. The bound is one-sided.

    The standard error of the expected count takes the dispersion of the weighted fit, as the papers say; R's
    farringtonFlexible takes another (docs/decisions/0060). Where the comparable past weeks hold fewer than
    ten events, the papers' bounds take for known a mean that nobody knows (a single event after weeks without
    any would have p = 0); there "delta" and "negbin" take the predictive distribution, in which the mean is
    uncertain too (Gelman et al. 2013, section 2.6, with Jeffreys' prior).

    The papers' bounds do not keep `alpha` where counts are over-dispersed, and their p-values are up to forty
    times too small far out (docs/stats/surveillance.md). bound="predictive" is our own and keeps it: both the
    mean and the scatter are uncertain. Take it for `false_discovery`.

    Parameters
    ----------
    years : of reference, each of `steps` rows counted back from the judged one.
    half_window : rows on either side of the same week of a past year that are compared with it.
    periods : parts of the year with a level each; 1 takes the windows alone as reference (Farrington 1996).
    past_weights : standardised Anscombe residuals above this weigh down.
    alpha : one-sided.
    bound : "delta" (normal on the 2/3 power), "negbin" (negative binomial quantile at the expected mean),
        "muan" (the same at the mean's upper confidence limit, so that young series alarm less), or
        "predictive" (negative binomial, averaged over the means and scatters that the past leaves open).
    trend : kept unless it predicts more than the largest reference count.
    trend_alpha : and unless its p-value is above this (0.05 in Farrington 1996; 1 keeps any).
    skip : the last rows before the judged one that are no reference, since an outbreak may be in them.
    steps : rows in a year: 52 weeks, 12 months, 365 days.
    workers : threads (None = as many as the machine has), a concurrent.futures executor, or a dask client;
        the answer is the same.

    Learned, each (len(at),) or (series, len(at)): `upper_`, `alarm_` (observed > upper and > 0), `expected_`,
    `dispersion_` (at least 1), `p_value_` (of a count this high or higher), `trend_` (log slope a row, 0 when
    dropped); `result_`.

    Source: Farrington, Andrews, Beale & Catchpole (1996), JRSS A 159, pages 547-563; Noufaily et al.
    (2013), Statistics in Medicine 32, pages 1206-1222; rare series: Gelman et al. (2013) "Bayesian Data
    Analysis", section 2.6.

    >>> import numpy as np
    >>> series = np.full(300, 4); series[-1] = 15
    >>> model = Farrington(bound="negbin").fit(series, [298, 299])
    >>> model.upper_, model.alarm_
    (array([8., 8.]), array([False,  True]))
    """

    def __init__(
        self,
        *,
        years: int = 4,
        half_window: int = 3,
        periods: int = 10,
        past_weights: float = 2.58,
        alpha: float = 0.05,
        bound: Bound = "delta",
        trend: bool = True,
        trend_alpha: float = 1.0,
        skip: int = 26,
        steps: int = 52,
        workers: Workers = None,
    ) -> None:
        self.years = years
        self.half_window = half_window
        self.periods = periods
        self.past_weights = past_weights
        self.alpha = alpha
        self.bound = bound
        self.trend = trend
        self.trend_alpha = trend_alpha
        self.skip = skip
        self.steps = steps
        self.workers = workers

    def fit(self, series: npt.ArrayLike, at: npt.ArrayLike, covariates: npt.ArrayLike | None = None) -> Self:
        """Judge the rows `at` (from 0, in any order) of series (t,) or (k, t).

        covariates (t,) or (t, columns), shared by all series: weekdays, moving holidays (`weekday_columns`,
        `holiday_columns`); what the reference does not tell apart is left out. Raises ValueError for counts
        negative or missing, rows that are not there, or too little history before one.
        """
        self._check()
        why = f"{self.years} years of {self.steps} and half a window of {self.half_window}"
        read = read_series(series, at, self.years * self.steps + self.half_window, why)
        extra = read_covariates(covariates, read.counts.shape[1])
        found = np.stack([self._week(read.counts, int(row), extra) for row in read.at], axis=1)
        expected, variance, dispersion, slope, past, overall = np.moveaxis(found[..., :6], 2, 0)
        fitted = Fitted(expected, variance, dispersion, past, overall)
        if self.bound == "predictive":
            law = Predictive.of(fitted, found[..., 6:], self._freedom_used(extra.shape[1]))
            upper, p_value = law.upper(self.alpha), law.above(read.observed)
        else:
            upper, p_value = self._bounds(read, fitted)
        self._learn(read, upper, expected, p_value)
        self.dispersion_: Floats = read.shaped(dispersion)
        self.trend_: Floats = read.shaped(slope)
        return self

    def _learn(self, read: Series, upper: Floats, expected: Floats, p_value: Floats) -> None:
        observed = read.observed
        alarm = (observed > upper) & (observed > 0)
        self.upper_: Floats = read.shaped(upper)
        self.alarm_: Flags = read.shaped(alarm)
        self.expected_: Floats = read.shaped(expected)
        self.p_value_: Floats = read.shaped(p_value)
        self.result_ = Findings(read.at, observed, upper, alarm, expected, p_value)

    def _week(self, counts: Floats, row: int, extra: Floats) -> Floats:
        """(series, 6): what `_farrington_fit` finds for one judged row."""
        rows, group = self._reference(row)
        columns = np.ascontiguousarray(np.column_stack([self._time(rows, row), extra[rows]]))
        now = np.concatenate([self._time(np.array([row]), row)[0], extra[row]])
        groups, group = np.unique(group, return_inverse=True)
        freedom = max(len(rows) - len(groups) - columns.shape[1], 1)
        certain = float(stats.t.isf(self.trend_alpha / 2, freedom))
        week = Week(
            group.astype(np.int64),
            columns,
            now,
            len(groups),
            float(self.past_weights),
            self.trend,
            certain,
            SCATTERS if self.bound == "predictive" else SCATTERS[:0],
        )
        blocks = (counts[start : start + _BATCH, rows] for start in range(0, len(counts), _BATCH))
        return np.concatenate(list(in_order(week.judge, blocks, self.workers)))

    def _freedom_used(self, covariates: int) -> float:
        """Reference rows over the degrees of freedom that the model leaves them."""
        group = self._reference(self.years * self.steps + self.half_window)[1]
        left = len(group) - len(np.unique(group)) - covariates - int(self.trend)
        return len(group) / max(left, 1)

    def _time(self, rows: Integers, row: int) -> Floats:
        """(rows, 1) the time in years from the judged row; no column without a trend."""
        return ((rows - row) / self.steps)[:, None] if self.trend else np.zeros((len(rows), 0))

    def _reference(self, row: int) -> tuple[Integers, Integers]:
        """Reference rows and their part of the year; 0 is the part that the judged row is in."""
        rows = np.arange(row - self.years * self.steps - self.half_window, row - self.skip)
        past_window = (rows - row + self.half_window) % self.steps - 2 * self.half_window - 1
        if self.periods == 1:
            inside = (past_window < 0) & (rows <= row - self.steps + self.half_window)
            return rows[inside], np.zeros(int(inside.sum()), np.int64)
        between = self.steps - 2 * self.half_window - 1
        group = np.where(past_window < 0, 0, 1 + past_window * (self.periods - 1) // between)
        return rows, group

    def _bounds(self, read: Series, fitted: Fitted) -> tuple[Floats, Floats]:
        """(upper, p-value): as the papers say, and predictive where the reference knows too little."""
        z = float(stats.norm.isf(self.alpha))
        if self.bound == "muan":
            return self._tails(read, fitted.upper_mean(self.alpha), fitted.dispersion)
        few = fitted.knows_little
        mean, wide = fitted.predictive()
        if self.bound == "negbin":
            mean, wide = np.where(few, mean, fitted.expected), np.where(few, wide, fitted.dispersion)
            return self._tails(read, mean, wide)
        upper, p_value = self._tails(read, mean, wide)
        power_upper, power_p = fitted.power_bound(read.observed, z)
        return np.where(few, upper, power_upper), np.where(few, p_value, power_p)

    def _tails(self, read: Series, mean: Floats, dispersion: Floats) -> tuple[Floats, Floats]:
        return upper_quantile(mean, dispersion, self.alpha), tail(read.observed, mean, dispersion)

    def _check(self) -> None:
        _arrays.share(self.alpha, "alpha")
        _arrays.whole(
            years=self.years,
            half_window=self.half_window,
            periods=self.periods,
            skip=self.skip,
            steps=self.steps,
        )
        between = self.steps - 2 * self.half_window - 1
        if self.bound not in ("delta", "negbin", "muan", "predictive"):
            raise ValueError(f'bound is {self.bound!r}; give "delta", "negbin", "muan" or "predictive"')
        if self.years < 1 or self.half_window < 0 or between < 0:
            raise ValueError(
                f"years is {self.years} and half_window {self.half_window}; give at least one year, and a "
                f"window of 2 x half_window + 1 rows that fits into {self.steps}"
            )
        if not 1 <= self.periods <= between + 1:
            raise ValueError(f"periods is {self.periods}; give 1 to {between + 1} parts of {self.steps} rows")
        if not 0 <= self.skip <= self.steps:
            raise ValueError(f"skip is {self.skip}; give 0 to {self.steps} rows, a year at most")
        if not 0 < self.trend_alpha <= 1:
            raise ValueError(f"trend_alpha is {self.trend_alpha}; give a number above 0, 1 to keep any trend")
        if not self.past_weights > 0:
            raise ValueError(f"past_weights is {self.past_weights}; give a number above 0, such as 2.58")
