"""One week of Farrington's model for many series, compiled: fit, weigh down past outbreaks, fit again."""

from dataclasses import dataclass

import numpy as np

from anlan.stats._arrays import Floats, Integers
from anlan.stats._compiling import compiled
from anlan.stats.surveillance._irls import fit, leverage, pearson


@compiled()
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
    """Standardised Anscombe residuals above the threshold count by their inverse square (Noufaily 2013,
    3.3).
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


@compiled()
def _judge(
    y: Floats,
    group: Integers,
    columns: Floats,
    now: Floats,
    groups: int,
    threshold: float,
    found: Floats,
) -> None:
    """Writes expected mean, unscaled variance of its log, dispersion, log slope, prior weight of the judged
    group, and the size of the slope in standard errors.
    """
    n, size = columns.shape
    prior, mu, beta = np.ones(n), np.empty(n), np.empty(size)
    tops, sides, inverse = np.empty((groups, 2)), np.empty((groups, size)), np.empty((size, size))
    live = np.zeros(groups)
    for i in range(n):
        if y[i] > 0:
            live[group[i]] = 1.0
    if live.sum() == 0.0:
        found[:] = np.array([0.0, 0.0, 1.0, 0.0, np.sum(group == 0), 0.0])
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


@compiled()
def _judge_all(
    series: Floats,
    group: Integers,
    columns: Floats,
    now: Floats,
    groups: int,
    threshold: float,
    trend: bool,
    certain: float,
    found: Floats,
) -> None:
    """`_judge` for each of the series; with `trend` the first column is the trend.

    The trend is dropped where it predicts more than the largest reference count (Noufaily 2013, 3.2), or is
    not `certain` standard errors from none (Farrington 1996, 3.3).
    """
    for k in range(series.shape[0]):
        y = series[k]
        _judge(y, group, columns, now, groups, threshold, found[k])
        if trend and (found[k, 0] > y.max() or found[k, 5] < certain):
            _judge(y, group, columns[:, 1:], now[1:], groups, threshold, found[k])
            found[k, 3] = 0.0


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

    def judge(self, series: Floats) -> Floats:
        """(series, 6): what `_judge` finds for the reference counts (series, reference rows)."""
        found = np.empty((len(series), 6))
        _judge_all(
            np.ascontiguousarray(series),
            self.group,
            self.columns,
            self.now,
            self.groups,
            self.threshold,
            self.trend,
            self.certain,
            found,
        )
        return found
