"""How sure a weighted sum of counts is: a rate of several strata, a difference of several areas."""

import numpy as np
from scipy import stats

from anlan.stats._arrays import Floats


def gamma_limits(counts: Floats, weights: Floats, level: float) -> tuple[Floats, Floats]:
    """Lower and upper limit of the sum of weights x means, from counts (..., n) and weights (..., n) >= 0.

    Fay & Feuer (1997), Statistics in Medicine 16, pages 791-801: a gamma distribution with the mean and
    variance of the sum, for the upper limit with one more event of the heaviest weight. With equal weights
    it is the exact Poisson interval of the total.
    """
    total, variance = (weights * counts).sum(axis=-1), (weights**2 * counts).sum(axis=-1)
    half, heaviest = (1 - level) / 2, weights.max(axis=-1)
    lower = np.where(total > 0, _quantile(half, total, variance), 0.0)
    return lower, _quantile(1 - half, total + heaviest, variance + heaviest**2)


def _quantile(share: float, mean: Floats, variance: Floats) -> Floats:
    """Quantile of the gamma distribution with that mean and variance."""
    some = np.where(mean > 0, mean, 1.0)
    spread = np.where(mean > 0, variance, 1.0)
    return np.asarray(stats.gamma.ppf(share, some**2 / spread, scale=spread / some))
