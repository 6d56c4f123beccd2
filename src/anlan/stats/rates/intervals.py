"""Exact and mid-P intervals of one rate and of one share."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special, stats

from anlan.stats import _arrays
from anlan.stats._arrays import Floats
from anlan.stats.rates._inputs import Number, amounts, plain, refuse, rising_root, whole
from anlan.stats.tables import text_table

Method = Literal["exact", "midp"]


@dataclass(frozen=True)
class RateInterval:
    """A rate or share with its interval; numbers, or arrays when arrays were given."""

    count: Number
    exposure: Number
    rate: Number
    lower: Number
    upper: Number
    level: float

    def to_frame(self) -> pl.DataFrame:
        """A row for each rate: count, exposure, rate, lower, upper."""
        names = ("count", "exposure", "rate", "lower", "upper")
        return pl.DataFrame({name: np.atleast_1d(getattr(self, name)).ravel() for name in names})

    def __str__(self) -> str:
        return text_table(self.to_frame(), f"{100 * self.level:g} % intervals")


def poisson_interval(
    count: npt.ArrayLike, exposure: npt.ArrayLike = 1.0, level: float = 0.95, method: Method = "exact"
) -> RateInterval:
    """The rate count / exposure with its interval, for events that happen singly and independently.

    count, exposure : one number each, or arrays that fit. The rate is events per unit of exposure.
    method : "exact" (Garwood 1936) never covers less than `level`; "midp" (Lancaster 1961) covers it on
        average, is narrower, and for some rates covers a little less.

    Raises ValueError for counts that are negative or not whole, exposure not above 0, level outside 0 to 1.

    Source: Garwood (1936), Biometrika 28, pages 437-442; mid-P: Lancaster (1961), Journal of the American
    Statistical Association 56, pages 223-234.

    >>> print(poisson_interval(10, 2))
    count  exposure  rate    lower    upper
       10         2     5  2.39769  9.19518
    95 % intervals
    """
    _known(method)
    events = whole(count)
    exposed = amounts(exposure, events)
    events = np.broadcast_to(events, exposed.shape)
    ends = _garwood(events, level) if method == "exact" else _poisson_midp(events, level)
    rate, lower, upper = (plain(x / exposed) for x in (events, *ends))
    return RateInterval(plain(events), plain(exposed), rate, lower, upper, level)


def binomial_interval(
    count: npt.ArrayLike,
    trials: npt.ArrayLike,
    level: float = 0.95,
    method: Method | Literal["wilson"] = "exact",
) -> RateInterval:
    """The share count / trials with its interval.

    count, trials : one number each, or arrays that fit; whole numbers with count <= trials, trials >= 1.
    method : "exact" (Clopper & Pearson 1934) never covers less than `level`; "midp" (Lancaster 1961) and
        "wilson" (Wilson 1927) cover it on average.

    Raises ValueError for counts above trials, negative or not whole, no trial, level outside 0 to 1.

    Source: Clopper & Pearson (1934), Biometrika 26, pages 404-413; mid-P: Berry & Armitage (1995), The
    Statistician 44, pages 417-423.

    >>> print(binomial_interval(8, 30))
    count  exposure      rate     lower     upper
        8        30  0.266667  0.122795  0.458894
    95 % intervals
    """
    if method != "wilson":
        _known(method)
    events, tried = _shares(count, trials)
    lower, upper = _binomial_bounds(events, tried, level, method)
    rate = plain(events / tried)
    return RateInterval(plain(events), plain(tried), rate, plain(lower), plain(upper), level)


def _known(method: str) -> None:
    if method not in ("exact", "midp"):
        raise ValueError(f'method is {method!r}; give "exact" or "midp"')


def _shares(count: npt.ArrayLike, trials: npt.ArrayLike) -> tuple[Floats, Floats]:
    events = whole(count)
    tried = amounts(whole(trials, "trials"), events, "trials")
    events = np.broadcast_to(events, tried.shape)
    refuse(events > tried, events, "count", "is above the number of trials; correct one of the two")
    return events, tried


def _binomial_bounds(events: Floats, tried: Floats, level: float, method: str) -> tuple[Floats, Floats]:
    if method == "wilson":
        return _wilson(events, tried, level)
    return clopper_pearson(events, tried, level) if method == "exact" else binomial_midp(events, tried, level)


def _garwood(events: Floats, level: float) -> tuple[Floats, Floats]:
    half = (1 - _arrays.share(level, "level")) / 2
    lower = np.where(events > 0, stats.chi2.ppf(half, 2 * np.maximum(events, 1)) / 2, 0.0)
    return lower, stats.chi2.isf(half, 2 * events + 2) / 2


def _poisson_midp(events: Floats, level: float) -> tuple[Floats, Floats]:
    """Where half the chance of the count itself joins each tail; inside the exact interval."""
    half = (1 - level) / 2
    outer = _garwood(events, level)
    some = np.maximum(events, 1)

    def at_least(mean: Floats) -> Floats:  # P(X > x) + P(X = x) / 2, rising in the mean
        return np.asarray((special.gammainc(events + 1, mean) + special.gammainc(some, mean)) / 2 - half)

    def at_most(mean: Floats) -> Floats:  # minus (P(X < x) + P(X = x) / 2), rising too
        below = np.where(events > 0, special.gammaincc(some, mean), 0.0)
        return np.asarray(half - (special.gammaincc(events + 1, mean) + below) / 2)

    lower = np.where(events > 0, rising_root(at_least, outer[0], np.maximum(events, 1.0)), 0.0)
    return lower, rising_root(at_most, events + 0.0, outer[1])


def clopper_pearson(events: Floats, tried: Floats, level: float) -> tuple[Floats, Floats]:
    """The exact bounds of a share, arrays of one shape; (0, 1) where there was no trial."""
    half = (1 - _arrays.share(level, "level")) / 2
    missed = tried - events
    lower = np.where(events > 0, special.betaincinv(np.maximum(events, 1), missed + 1, half), 0.0)
    upper = np.where(missed > 0, special.betainccinv(events + 1, np.maximum(missed, 1), half), 1.0)
    return lower, upper


def binomial_midp(events: Floats, tried: Floats, level: float) -> tuple[Floats, Floats]:
    """The mid-P bounds of a share, arrays of one shape; (0, 1) where there was no trial."""
    half = (1 - level) / 2
    outer = clopper_pearson(events, tried, level)
    missed = tried - events
    a, b = np.maximum(events, 1), np.maximum(missed, 1)

    def at_least(share: Floats) -> Floats:  # P(X > x) + P(X = x) / 2, rising in the share
        above = np.where(missed > 0, special.betainc(events + 1, b, share), 0.0)
        return np.asarray((above + special.betainc(a, missed + 1, share)) / 2 - half)

    def at_most(share: Floats) -> Floats:
        below = np.where(events > 0, special.betaincc(a, missed + 1, share), 0.0)
        return np.asarray(half - (special.betaincc(events + 1, b, share) + below) / 2)

    centre = np.divide(events, tried, out=np.full_like(outer[0], 0.5), where=tried > 0)
    lower = np.where(events > 0, rising_root(at_least, outer[0], centre), 0.0)
    upper = np.where(missed > 0, rising_root(at_most, centre, outer[1]), 1.0)
    return lower, upper


def _wilson(events: Floats, tried: Floats, level: float) -> tuple[Floats, Floats]:
    z = stats.norm.isf((1 - _arrays.share(level, "level")) / 2)
    share, weight = events / tried, 1 + z**2 / tried
    centre = (share + z**2 / (2 * tried)) / weight
    reach = z / weight * np.sqrt(share * (1 - share) / tried + z**2 / (4 * tried**2))
    return np.maximum(centre - reach, 0.0), np.minimum(centre + reach, 1.0)
