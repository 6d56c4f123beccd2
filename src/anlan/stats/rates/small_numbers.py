"""Below which number of events no bare rate is given."""

import numpy as np
import numpy.typing as npt

from anlan.stats._arrays import Flags
from anlan.stats.rates._inputs import Number, amounts, plain, whole
from anlan.stats.rates.intervals import poisson_interval

FEWEST_EVENTS = 20
"""A rate of fewer events has a relative standard error above 22 % (Klein et al. 2002, NCHS)."""


def is_small(count: npt.ArrayLike, fewest: int = FEWEST_EVENTS) -> Flags:
    """True where a count is too small for a bare rate: publish the count, or the rate with its interval.

    This is about what a number can carry; what it may reveal is decided before publishing, elsewhere.

    count : one number or any array; the answer has its shape. Raises ValueError for counts negative or
    not whole.

    Source: Klein et al. (2002), as `bare_rate`: NCHS Statistical Notes 24, pages 1-12.

    >>> is_small([3, 20])
    array([ True, False])
    """
    return np.asarray(whole(count) < fewest)


def bare_rate(count: npt.ArrayLike, exposure: npt.ArrayLike = 1.0, fewest: int = FEWEST_EVENTS) -> Number:
    """count / exposure, nan where the count is below `fewest`.

    count, exposure : one number each, or arrays that fit; events, and person-years or the like. Raises
    ValueError for counts negative or not whole, and for exposures not above 0.

    Source: Klein, Proctor, Boudreault & Turczyn (2002) "Healthy People 2010 criteria for data
    suppression", NCHS Statistical Notes 24, pages 1-12.

    >>> bare_rate([3, 50], [100, 1000])
    array([ nan, 0.05])
    """
    events = whole(count)
    exposed = amounts(exposure, events)
    return plain(np.where(events < fewest, np.nan, events / exposed))


def rate_text(
    count: float,
    exposure: float,
    per: float = 100_000,
    fewest: int = FEWEST_EVENTS,
    level: float = 0.95,
) -> str:
    """One rate in words: with its interval always, and below `fewest` events without the bare rate.

    count, exposure : one number each; `per` so many units of exposure. Raises ValueError as
    `poisson_interval`, and for arrays.

    Source: Klein et al. (2002), as `bare_rate`, pages 1-12; the interval: Garwood (1936), as
    `poisson_interval`.

    >>> rate_text(76, 6_100_000)
    '1.25 per 100,000 (95 % interval 0.98 to 1.56; 76 events)'
    >>> rate_text(3, 6_100_000)
    '3 events, too few for a rate (95 % interval 0.01 to 0.14 per 100,000)'
    """
    if np.ndim(count) or np.ndim(exposure):
        raise ValueError("give one count and one exposure; for many places use poisson_interval")
    found = poisson_interval(count, exposure, level)
    lower, upper = (f"{per * float(end):.2f}" for end in (found.lower, found.upper))
    sure = f"{100 * level:g} % interval {lower} to {upper}"
    if count < fewest:
        return f"{count:g} events, too few for a rate ({sure} per {per:,.0f})"
    return f"{per * float(found.rate):.2f} per {per:,.0f} ({sure}; {count:g} events)"
