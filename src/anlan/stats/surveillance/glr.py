"""A generalised likelihood ratio detector for counts: has the mean risen, whenever and by whatever factor?"""

from typing import Literal, Self

import numpy as np
import numpy.typing as npt

from anlan.stats import _arrays
from anlan.stats._arrays import Flags, Floats
from anlan.stats._compiling import compiled, inner
from anlan.stats.surveillance._irls import fit
from anlan.stats.surveillance._series import read_covariates, read_series
from anlan.stats.surveillance.results import Findings

Family = Literal["poisson", "negbin"]


class CountGlr:
    """The GLR detector of Hoehle & Paul (2008) for a lasting rise by an unknown factor.

    The mean in control comes from a log-linear Poisson model of all rows before the first judged one: a
    level, a straight trend, `harmonics` pairs of yearly waves and the covariates. The statistic is the
    largest log likelihood ratio over when the rise began (at most `window` rows back) and its factor; it
    alarms at `threshold` and then starts anew.

    Parameters
    ----------
    threshold : of the log likelihood ratio. In control, 5 gives an alarm about every 400 rows
        (benchmarks/interval_coverage.py prints it).
    family : "poisson", or "negbin" with the over-dispersion of the rows before (moments).
    steps : rows in a year.
    harmonics : pairs of waves a year; 0 for none.
    trend : a straight trend on the log scale.
    window : rows back that the rise may have begun at most.

    Learned, each (len(at),) or (series, len(at)): `statistic_`, `upper_` (the threshold), `alarm_`,
    `expected_` (the mean in control), `factor_` (of the rise, at the likeliest start); `dispersion_`
    (series,) or one number: the negative binomial's alpha, 0 for Poisson; `result_`.

    Source: Hoehle & Paul (2008) "Count data regression charts for the monitoring of surveillance time
    series", Computational Statistics & Data Analysis 52, pages 4357-4368.

    >>> import numpy as np
    >>> series = np.tile([2, 3, 4], 40); series[-4:] = 9
    >>> CountGlr(harmonics=0, trend=False).fit(series, range(110, 120)).alarm_.any()
    np.True_
    """

    def __init__(
        self,
        threshold: float = 5.0,
        *,
        family: Family = "poisson",
        steps: int = 52,
        harmonics: int = 1,
        trend: bool = False,
        window: int = 52,
    ) -> None:
        self.threshold = threshold
        self.family = family
        self.steps = steps
        self.harmonics = harmonics
        self.trend = trend
        self.window = window

    def fit(self, series: npt.ArrayLike, at: npt.ArrayLike, covariates: npt.ArrayLike | None = None) -> Self:
        """Judge the rows `at` (from 0, in any order) of series (t,) or (k, t), running from the
        first of them on.

        covariates (t,) or (t, columns), shared by all series. Raises ValueError for counts negative or
        missing, rows not there, or fewer rows before the first than twice the model's terms.
        """
        self._check()
        needed = 2 * (1 + 2 * self.harmonics + int(self.trend)) + 2
        read = read_series(series, at, needed, "twice the terms of the model in control")
        first, last = int(read.at[0]), int(read.at[-1]) + 1
        columns = self._columns(first, last, read_covariates(covariates, read.counts.shape[1]))
        means = _means(read.counts, columns, first, last)
        spread = _spread(read.counts[:, :first], means[:, :first]) * (self.family == "negbin")
        statistic, factor = _run(read.counts[:, first:last], means[:, first:], spread, self)
        held = read.at - first
        statistic, expected = statistic[:, held], means[:, read.at]
        upper = np.full_like(statistic, self.threshold)
        alarm = statistic >= self.threshold
        self.statistic_: Floats = read.shaped(statistic)
        self.upper_: Floats = read.shaped(upper)
        self.alarm_: Flags = read.shaped(alarm)
        self.expected_: Floats = read.shaped(expected)
        self.factor_: Floats = read.shaped(factor[:, held])
        self.dispersion_ = float(spread[0]) if read.single else spread
        self.result_ = Findings(read.at, read.observed, upper, alarm, expected)
        return self

    def _columns(self, first: int, last: int, extra: Floats) -> Floats:
        """(last, columns): the trend in years from the first judged row, waves, covariates."""
        years = (np.arange(last) - first) / self.steps
        turns = 2 * np.pi * years[:, None] * np.arange(1, self.harmonics + 1)
        trend = years[:, None] if self.trend else np.zeros((last, 0))
        return np.ascontiguousarray(np.column_stack([trend, np.sin(turns), np.cos(turns), extra[:last]]))

    def _check(self) -> None:
        _arrays.whole(steps=self.steps, harmonics=self.harmonics, window=self.window)
        if self.family not in ("poisson", "negbin"):
            raise ValueError(f'family is {self.family!r}; give "poisson" or "negbin"')
        if not self.threshold > 0:
            raise ValueError(f"threshold is {self.threshold}; give a number above 0, such as 5")
        if self.window < 1 or self.harmonics < 0 or self.steps < 2:
            raise ValueError(
                f"window is {self.window}, harmonics {self.harmonics}, steps {self.steps}; give a window of "
                "1 or more, harmonics of 0 or more and at least 2 steps a year"
            )


@compiled()
def _means(counts: Floats, columns: Floats, first: int, last: int) -> Floats:
    """Means in control (series, last), from a fit to the rows before `first`; never below 1 in 10,000
    rows.
    """
    size = columns.shape[1]
    means = np.empty((counts.shape[0], last))
    group, prior = np.zeros(first, np.int64), np.ones(first)
    mu, beta, live = np.empty(first), np.empty(size), np.ones(1)
    tops, sides, inverse = np.empty((1, 2)), np.empty((1, size)), np.empty((size, size))
    for k in range(counts.shape[0]):
        y = counts[k, :first]
        events = 0.0
        for t in range(first):
            events += y[t]
        if events == 0.0:
            for t in range(last):
                means[k, t] = 0.5 / first  # no event yet: half of one in all the time watched
            continue
        fit(y, prior, group, live, columns[:first], mu, tops, sides, inverse, beta)
        for t in range(last):
            eta = tops[0, 1] / tops[0, 0]
            for a in range(size):
                eta += beta[a] * (columns[t, a] - sides[0, a] / tops[0, 0])
            means[k, t] = max(np.exp(min(max(eta, -30.0), 30.0)), 1e-4)
    return means


def _spread(counts: Floats, means: Floats) -> Floats:
    """The alpha of var = mu + alpha mu^2 by moments, (series,), at least 0."""
    above = ((counts - means) ** 2 - means).sum(axis=1)
    return np.asarray(np.maximum(above / (means**2).sum(axis=1), 0.0))


@inner
def _ratio(counts: Floats, means: Floats, alpha: float, kappa: float) -> tuple[float, float, float]:
    """The log likelihood ratio of means x exp(kappa) against means, its first and second derivative."""
    value, slope, bend = 0.0, 0.0, 0.0
    for i in range(counts.shape[0]):
        raised = means[i] * np.exp(kappa)
        if alpha == 0.0:
            value += counts[i] * kappa - (raised - means[i])
            slope += counts[i] - raised
            bend -= raised
            continue
        weight = counts[i] + 1 / alpha
        value += counts[i] * kappa - weight * np.log((1 + alpha * raised) / (1 + alpha * means[i]))
        share = alpha * raised / (1 + alpha * raised)
        slope += counts[i] - weight * share
        bend -= weight * share * (1 - share)
    return value, slope, bend


@inner
def _best(counts: Floats, means: Floats, alpha: float) -> tuple[float, float]:
    """The largest ratio over kappa >= 0, and its kappa (Newton from the Poisson answer)."""
    total, expected = 0.0, 0.0
    for i in range(counts.shape[0]):
        total += counts[i]
        expected += means[i]
    if total <= expected:
        return 0.0, 0.0
    kappa = np.log(total / expected)
    for _ in range(0 if alpha == 0.0 else 30):
        _, slope, bend = _ratio(counts, means, alpha, kappa)
        step = min(max(-slope / bend, -1.0), 1.0)
        kappa = max(kappa + step, 0.0)
        if abs(step) < 1e-10:
            break
    return max(_ratio(counts, means, alpha, kappa)[0], 0.0), kappa


def _run(counts: Floats, means: Floats, spread: Floats, asked: CountGlr) -> tuple[Floats, Floats]:
    """Statistic and factor of each row (series, rows)."""
    statistic, factor = np.zeros(counts.shape), np.ones(counts.shape)
    rows = np.ascontiguousarray(counts), np.ascontiguousarray(means)  # of one layout: compiled once
    _watch(*rows, spread, float(asked.threshold), int(asked.window), statistic, factor)
    return statistic, factor


@compiled()
def _watch(
    counts: Floats,
    means: Floats,
    spread: Floats,
    threshold: float,
    window: int,
    statistic: Floats,
    factor: Floats,
) -> None:
    """Write `statistic` and `factor`, zeros and ones before."""
    for k in range(counts.shape[0]):
        start = 0
        for t in range(counts.shape[1]):
            for s in range(max(start, t - window + 1), t + 1):
                value, kappa = _best(counts[k, s : t + 1], means[k, s : t + 1], spread[k])
                if value > statistic[k, t]:
                    statistic[k, t], factor[k, t] = value, np.exp(kappa)
            if statistic[k, t] >= threshold:
                start = t + 1
