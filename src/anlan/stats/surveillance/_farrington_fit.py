"""One week of Farrington's model for many series, compiled: fit, weigh down past outbreaks, fit again."""

from dataclasses import dataclass
from math import lgamma

import numpy as np

from anlan.stats._arrays import Floats, Integers
from anlan.stats._compiling import compiled, inner
from anlan.stats.surveillance._irls import fit, leverage, pearson


@inner
def _past_weights(
    y: Floats,
    mu: Floats,
    group: Integers,
    columns: Floats,
    tops: Floats,
    sides: Floats,
    inverse: Floats,
    phi: float,
    threshold: float,
    prior: Floats,
) -> None:
    """Standardised Anscombe residuals above the threshold count by their inverse square (Noufaily et al.
    2013).
    """
    total = 0.0
    for i in range(y.shape[0]):
        prior[i] = 1.0
        if mu[i] > 0.0:
            hat = mu[i] * leverage(group[i], columns[i], tops, sides, inverse)
            raw = 1.5 * (y[i] ** (2 / 3) * mu[i] ** (-1 / 6) - mu[i] ** 0.5)
            s = raw / np.sqrt(phi * max(1.0 - hat, 1e-9))
            if s > threshold:
                prior[i] = s**-2
        total += prior[i]
    for i in range(y.shape[0]):
        prior[i] *= y.shape[0] / total


@inner
def _expect_nothing(group: Integers, mu: Floats, found: Floats) -> None:
    """What `_judge` writes where the past had no event."""
    found[0] = found[1] = found[3] = found[4] = found[5] = 0.0
    found[2] = 1.0
    for i in range(mu.size):
        mu[i] = 0.0
        found[4] += group[i] == 0


@inner
def _judge(
    y: Floats,
    group: Integers,
    columns: Floats,
    now: Floats,
    groups: int,
    threshold: float,
    mu: Floats,
    found: Floats,
) -> None:
    """Writes expected mean, unscaled variance of its log, dispersion, log slope, prior weight of the judged
    group, and the size of the slope in standard errors; into `mu` the means of the reference rows.
    """
    n, size = columns.shape
    prior, beta, live = np.empty(n), np.empty(size), np.empty(groups)
    tops, sides, inverse = np.empty((groups, 2)), np.empty((groups, size)), np.empty((size, size))
    for g in range(groups):
        live[g] = 0.0
    any_event = False
    for i in range(n):
        prior[i] = 1.0
        if y[i] > 0:
            live[group[i]] = 1.0
            any_event = True
    if not any_event:
        _expect_nothing(group, mu, found)
        return
    kept = fit(y, prior, group, live, columns, mu, tops, sides, inverse, beta)
    phi = pearson(y, mu, prior, n - groups - kept)
    _past_weights(y, mu, group, columns, tops, sides, inverse, phi, threshold, prior)
    kept = fit(y, prior, group, live, columns, mu, tops, sides, inverse, beta)
    found[2] = pearson(y, mu, prior, n - groups - kept)
    found[1] = leverage(0, now, tops, sides, inverse)
    found[3] = beta[0] if size > 0 else 0.0
    found[5] = 0.0
    if size > 0 and inverse[0, 0] > 0.0:
        found[5] = abs(beta[0]) / np.sqrt(found[2] * inverse[0, 0])
    found[0] = 0.0
    found[4] = 0.0
    for i in range(n):
        if group[i] == 0:
            found[4] += prior[i]
    if live[0] > 0.0:
        eta = tops[0, 1] / tops[0, 0]
        for a in range(size):
            eta += beta[a] * (now[a] - sides[0, a] / tops[0, 0])
        found[0] = np.exp(min(max(eta, -30.0), 30.0))


@inner
def _heights(y: Floats, mu: Floats, scatters: Floats, heights: Floats) -> None:
    """Negative binomial log-likelihoods of counts of such means with variance mu + scatter mu^2.

    Every row counts in full: what looks like an outbreak of the past must not hide how counts scatter.
    """
    for j in range(scatters.shape[0]):
        a, total = scatters[j], 0.0
        for i in range(y.shape[0]):
            if a == 0.0:
                total -= mu[i]
                continue
            log_wide = np.log1p(a * mu[i])
            total -= log_wide / a
            if y[i] > 0.0 and mu[i] > 0.0:
                total += lgamma(y[i] + 1 / a) - lgamma(1 / a) + y[i] * (np.log(a) - log_wide)
        heights[j] = total


@compiled()
def _judge_all(
    series: Floats,
    group: Integers,
    columns: Floats,
    level: Floats,
    now: Floats,
    groups: int,
    threshold: float,
    trend: bool,
    certain: float,
    scatters: Floats,
    found: Floats,
    heights: Floats,
) -> None:
    """`_judge` for each of the series; with `trend` the first column is the trend, `level` are the others.

    The trend is dropped where it predicts more than the largest reference count (Noufaily et al. 2013), or
    is not `certain` standard errors from none (Farrington et al. 1996).
    """
    mu = np.empty(series.shape[1])
    for k in range(series.shape[0]):
        y = series[k]
        largest, total = 0.0, 0.0
        for i in range(y.size):
            largest = max(largest, y[i])
            total += y[i]
        _judge(y, group, columns, now, groups, threshold, mu, found[k])
        if trend and (found[k, 0] > largest or found[k, 5] < certain):
            _judge(y, group, level, now[1:], groups, threshold, mu, found[k])
            found[k, 3] = 0.0
        found[k, 5] = total / y.size
        _heights(y, mu, scatters, heights[k])


@dataclass(frozen=True)
class Week:
    """One judged row: the part of the year (0 is its own) and dense columns of each reference row, its own
    dense values, the number of parts, and how past outbreaks and the trend are taken.
    """

    group: Integers
    columns: Floats
    now: Floats
    groups: int
    threshold: float
    trend: bool
    certain: float
    scatters: Floats

    def judge(self, series: Floats) -> Floats:
        """(series, 6 + scatters): what `_judge` finds for the reference counts (series, reference rows), with
        their mean in the sixth place, and how likely each of the scatters makes them.
        """
        found, heights = np.empty((len(series), 6)), np.empty((len(series), len(self.scatters)))
        _judge_all(
            np.ascontiguousarray(series),
            self.group,
            self.columns,
            np.ascontiguousarray(self.columns[:, 1:]),
            self.now,
            self.groups,
            self.threshold,
            self.trend,
            self.certain,
            self.scatters,
            found,
            heights,
        )
        return np.hstack([found, heights])
