"""Quantiles and tails of quasi-Poisson counts: negative binomial where the dispersion is above 1."""

import numpy as np
from scipy import special, stats

from anlan.stats._arrays import Floats

_NOTHING = 1e-12
_FAR = 1e10
"""Means above it have no Poisson quantile in scipy (1.18): it is nan."""


def upper_quantile(mean: Floats, dispersion: Floats, alpha: float) -> Floats:
    """The smallest count that is exceeded with probability at most alpha."""
    some = np.maximum(mean, _NOTHING)
    size = some / np.maximum(dispersion - 1, _NOTHING)
    poisson = np.where(some > _FAR, _far(some, alpha), stats.poisson.isf(alpha, np.minimum(some, _FAR)))
    wide = dispersion > 1 + 1e-9
    found = np.where(
        wide, _negbin_isf(np.where(wide, size, 1.0), np.where(wide, dispersion, 2.0), alpha), poisson
    )
    return np.where(mean > _NOTHING, found, 0.0)


def tail(count: Floats, mean: Floats, dispersion: Floats) -> Floats:
    """P(X >= count); 1 for a count of 0."""
    some, least = np.maximum(mean, _NOTHING), np.maximum(count, 1.0)
    wide = dispersion > 1 + 1e-9
    share = 1 / np.where(wide, dispersion, 2.0)
    size = some / np.where(wide, dispersion - 1, 1.0)
    found = np.where(wide, special.betainc(least, size, 1 - share), special.gammainc(least, some))
    return np.where(count > 0, found, 1.0)


def _far(mean: Floats, alpha: float) -> Floats:
    """The Poisson quantile of a large mean to less than one event (Cornish & Fisher's first two terms)."""
    z = stats.norm.isf(alpha)
    return np.asarray(np.ceil(mean + z * np.sqrt(mean) + (z**2 - 1) / 6))


def _negbin_isf(size: Floats, dispersion: Floats, alpha: float) -> Floats:
    """By steps up from 0 that double, then halving: P(X > x) = I(1 - 1/phi; x + 1, size)."""
    share = 1 - 1 / dispersion

    def above(count: Floats) -> Floats:
        return np.asarray(special.betainc(count + 1, size, share))

    lower, upper = np.full_like(size, -1.0), np.ones_like(size)
    while (high := above(upper) > alpha).any():
        lower, upper = np.where(high, upper, lower), np.where(high, 2 * upper + 1, upper)
    while (upper - lower > 1).any():
        middle = np.floor((lower + upper) / 2)
        high = above(np.maximum(middle, 0)) > alpha
        high |= middle < 0
        lower, upper = np.where(high, middle, lower), np.where(high, upper, middle)
    return upper
