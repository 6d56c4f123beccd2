"""One more count when neither its mean nor its scatter is known: the predictive law behind an honest bound.

Counts are negative binomial with variance mean + scatter x mean^2. The scatters run over a grid, weighed by
their likelihood in the reference rows, a third of the belief beforehand on none (Poisson) and the rest even
on the log scale. Under each the mean is uncertain as the fit says, and the count negative binomial with both
variances. Taking one estimate of the scatter for the truth instead lets false alarms pass where they matter
most: far out, among thousands of series.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special
from scipy.interpolate import CubicSpline

from anlan.stats._arrays import Flags, Floats, Integers
from anlan.stats.surveillance._counts import tail
from anlan.stats.surveillance._expectation import Fitted

SCATTERS = np.concatenate([[0.0], 0.02 * 2.0 ** np.arange(12)])
"""Where the likelihood is computed; between, its logarithm is a smooth function of that of the scatter."""

_FINE = 0.02 * 2.0 ** (np.arange(33) / 3)
_NONE = 1 / 3
_VAGUE = 0.25
_NEGLIGIBLE = 3e-4
_KNOWN = 0.1
"""Squared coefficient of variation of a mean below which one negative binomial is enough."""

_EDGES = np.array([0.0, 0.45, 0.8, 0.95, 0.99, 0.999, 0.99995, 1.0])
"""Where the distribution of a mean is cut: finely at the end, where p-values far out come from."""
_SHARES = np.diff(_EDGES)


@dataclass(frozen=True)
class Predictive:
    """The laws that are averaged: flat arrays, `place` says to which judged row one belongs."""

    place: Integers
    weight: Floats
    mean: Floats
    wide: Floats
    rows: tuple[int, ...]

    @classmethod
    def of(cls, fitted: Fitted, heights: Floats, freedom_used: float) -> "Predictive":
        """From the fit at the judged rows (series, rows) and the log-likelihoods (series, rows, scatters).

        freedom_used : rows over degrees of freedom; fitted means follow the counts, which hides as much
            scatter, and once more as rows with high counts are weighed down for them.
        """
        weights = _weights(heights.reshape(-1, heights.shape[-1]))
        place, node = np.nonzero(weights > _NEGLIGIBLE)
        scatter = np.concatenate([[0.0], _FINE])[node] * freedom_used**2
        expected, variance, past, overall = (
            np.ravel(part)[place] for part in (fitted.expected, fitted.variance, fitted.past, fitted.overall)
        )
        # A part of the year without events still scatters as the rest of the year does.
        dispersion = 1 + scatter * np.maximum(expected, overall)
        weight = weights[place, node]
        weight = weight / np.bincount(place, weight, len(weights))[place]
        law = Fitted(expected, variance, dispersion, past, overall)
        return cls(*_with_means(law, place, weight), fitted.expected.shape)

    def above(self, count: Floats) -> Floats:
        """P(X >= count), count (series, rows)."""
        flat = np.ravel(count)
        return self._above(flat, flat > 0).reshape(self.rows)

    def upper(self, alpha: float) -> Floats:
        """(series, rows): the smallest count that is exceeded with probability at most alpha.

        By steps up from 0 that double, then halving, each only where it is not found yet.
        """
        places = int(np.prod(self.rows))
        low, high, open_ = np.full(places, -1.0), np.zeros(places), np.ones(places, bool)
        while open_.any():
            open_ &= self._above(high + 1, open_) > alpha
            low, high = np.where(open_, high, low), np.where(open_, 2 * high + 1, high)
        while (open_ := high - low > 1).any():
            middle = np.floor((low + high) / 2)
            far = self._above(middle + 1, open_) > alpha
            low, high = np.where(open_ & far, middle, low), np.where(open_ & ~far, middle, high)
        return high.reshape(self.rows)

    def _above(self, count: Floats, asked: Flags) -> Floats:
        """P(X >= count) at the places asked for, 1 elsewhere."""
        law = asked[self.place]
        place = self.place[law]
        part = self.weight[law] * tail(count[place], self.mean[law], self.wide[law])
        return np.where(asked, np.minimum(np.bincount(place, part, count.size), 1.0), 1.0)


def _with_means(law: Fitted, place: Integers, weight: Floats) -> tuple[Integers, Floats, Floats, Floats]:
    """(place, weight, mean, dispersion) of the laws, one for each mean that is possible where the mean is
    hardly known: its own gamma distribution has a longer tail than a negative binomial of the same variance.
    """
    mean, wide = law.predictive()
    spread = (wide - law.dispersion) / mean
    known = spread < _KNOWN
    shape, scatter = 1 / spread[~known, None], (law.dispersion[~known, None] - 1)
    steps = _parts(shape)
    means = mean[~known, None] * steps
    wides = 1 + scatter * steps
    split = weight[~known, None] * _SHARES
    return (
        np.concatenate([place[known], np.repeat(place[~known], len(_SHARES))]),
        np.concatenate([weight[known], split.ravel()]),
        np.concatenate([mean[known], means.ravel()]),
        np.concatenate([wide[known], wides.ravel()]),
    )


def _parts(shape: Floats) -> Floats:
    """(laws, parts): the mean of each part of the gamma distributions of mean 1 and that shape (laws, 1)."""
    ends = special.gammaincinv(shape, _EDGES[1:-1])
    below = np.pad(special.gammainc(shape + 1, ends), ((0, 0), (1, 0)))
    return np.asarray(np.diff(below, append=1.0) / _SHARES)


def _weights(heights: Floats) -> Floats:
    """(laws, 1 + fine scatters): the belief in each after the reference rows; sums to 1.

    Where the rows say little, one scatter in three stands for its neighbours too.
    """
    logs = np.log(SCATTERS[1:])
    fine = CubicSpline(logs, heights[:, 1:], axis=1)(np.log(_FINE))
    fine = np.column_stack([heights[:, 0] + np.log(_NONE), fine + np.log((1 - _NONE) / len(_FINE))])
    weight = np.exp(fine - fine.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    vague = weight[:, 1:].max(axis=1) < _VAGUE
    joined = weight[vague, 1:].reshape(-1, len(_FINE) // 3, 3).sum(axis=2)
    weight[vague, 1:] = 0.0
    weight[np.ix_(vague, np.arange(2, 1 + len(_FINE), 3))] = joined
    return np.asarray(weight)
