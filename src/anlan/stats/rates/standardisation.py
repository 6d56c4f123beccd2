"""Rates that do not depend on who lives where: direct and indirect standardisation."""

from dataclasses import dataclass
from typing import Literal, overload

import numpy as np
import numpy.typing as npt
import polars as pl

from anlan.stats import _arrays
from anlan.stats._arrays import Floats
from anlan.stats.rates._inputs import Number, numbers, plain, refuse
from anlan.stats.rates.intervals import poisson_interval
from anlan.stats.rates.weighted_sums import gamma_limits
from anlan.stats.tables import text_table


@dataclass(frozen=True)
class DirectRate:
    """A directly standardised rate with its gamma interval, and the crude rate; numbers or (places,)."""

    crude: Number
    rate: Number
    lower: Number
    upper: Number
    level: float

    def to_frame(self) -> pl.DataFrame:
        """A row for each place: crude, rate, lower, upper."""
        names = ("crude", "rate", "lower", "upper")
        return pl.DataFrame({name: np.atleast_1d(getattr(self, name)) for name in names})

    def __str__(self) -> str:
        return text_table(self.to_frame(), f"{100 * self.level:g} % intervals")


@dataclass(frozen=True)
class IndirectRatio:
    """Observed over expected events (SMR) with its exact interval; numbers or (places,)."""

    observed: Number
    expected: Number
    ratio: Number
    lower: Number
    upper: Number
    level: float

    def to_frame(self) -> pl.DataFrame:
        """A row for each place: observed, expected, ratio, lower, upper."""
        names = ("observed", "expected", "ratio", "lower", "upper")
        return pl.DataFrame({name: np.atleast_1d(getattr(self, name)) for name in names})

    def __str__(self) -> str:
        return text_table(self.to_frame(), f"{100 * self.level:g} % intervals")


@overload
def standardise(
    counts: npt.ArrayLike,
    exposure: npt.ArrayLike,
    standard: npt.ArrayLike,
    method: Literal["direct"] = "direct",
    level: float = 0.95,
) -> DirectRate: ...
@overload
def standardise(
    counts: npt.ArrayLike,
    exposure: npt.ArrayLike,
    standard: npt.ArrayLike,
    method: Literal["indirect"],
    level: float = 0.95,
) -> IndirectRatio: ...
def standardise(
    counts: npt.ArrayLike,
    exposure: npt.ArrayLike,
    standard: npt.ArrayLike,
    method: Literal["direct", "indirect"] = "direct",
    level: float = 0.95,
) -> DirectRate | IndirectRatio:
    """Rates made comparable over strata such as age groups.

    counts, exposure : (strata,) of one place, or (places, strata).
    standard : (strata,). For "direct" the standard population (any unit): the rate that the place would have
        with that population; the interval is the gamma one of Fay & Feuer (1997). For "indirect" the standard
        rates per unit of exposure: observed over expected events, interval exact (Garwood 1936).

    Use "indirect" where strata hold few events; two indirect ratios compare with the standard, not with
    each other. Raises ValueError for invalid arrays, a stratum without exposure ("direct"), no event
    expected ("indirect").

    Source: Fay & Feuer (1997), Statistics in Medicine 16, pages 791-801; Breslow & Day (1987)
    "Statistical Methods in Cancer Research" II, chapter 2.

    >>> print(standardise([5, 20], [1000, 500], [60, 40]))
        crude   rate     lower      upper
    0.0166667  0.019  0.012263  0.0281525
    95 % intervals
    >>> print(standardise([5, 20], [1000, 500], [0.01, 0.02], "indirect"))
    observed  expected  ratio     lower    upper
          25        20   1.25  0.808934  1.84525
    95 % intervals
    """
    _arrays.share(level, "level")
    events, exposed, weights = _strata(counts, exposure, standard)
    if method == "direct":
        return _direct(events, exposed, weights, level)
    if method == "indirect":
        return _indirect(events, exposed, weights, level)
    raise ValueError(f'method is {method!r}; give "direct" or "indirect"')


def _strata(
    counts: npt.ArrayLike, exposure: npt.ArrayLike, standard: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    events, exposed, weights = (
        numbers(values, name)
        for values, name in ((counts, "counts"), (exposure, "exposure"), (standard, "standard"))
    )
    if events.ndim not in (1, 2) or exposed.shape != events.shape or weights.shape != events.shape[-1:]:
        raise ValueError(
            f"counts {events.shape}, exposure {exposed.shape} and standard {weights.shape} do not fit; give "
            "counts and exposure (strata,) or (places, strata), and standard (strata,)"
        )
    refuse(events < 0, events, "counts", "is negative; counts of events start at 0")
    refuse(exposed < 0, exposed, "exposure", "is negative; give persons or hours")
    refuse((exposed == 0) & (events > 0), exposed, "exposure", "is 0 though events happened; correct one")
    refuse(weights < 0, weights, "standard", "is negative; give a population or rates")
    if not weights.any():
        raise ValueError("standard is 0 everywhere; give a population or rates")
    return events, exposed, weights


def _direct(events: Floats, exposed: Floats, standard: Floats, level: float) -> DirectRate:
    refuse((exposed == 0) & (standard > 0), exposed, "exposure", 'is 0; join strata, or use "indirect"')
    weights = np.divide(standard / standard.sum(), exposed, out=np.zeros_like(exposed), where=exposed > 0)
    lower, upper = gamma_limits(events, weights, level)
    rate, crude = (weights * events).sum(axis=-1), events.sum(axis=-1) / exposed.sum(axis=-1)
    return DirectRate(plain(crude), plain(rate), plain(lower), plain(upper), level)


def _indirect(events: Floats, exposed: Floats, rates: Floats, level: float) -> IndirectRatio:
    observed, expected = events.sum(axis=-1), np.asarray((exposed * rates).sum(axis=-1))
    if (expected <= 0).any():
        raise ValueError("no event is expected in a place; give rates above 0 for strata that hold people")
    found = poisson_interval(observed, expected, level)
    return IndirectRatio(plain(observed), plain(expected), found.rate, found.lower, found.upper, level)
