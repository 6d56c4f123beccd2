"""How two rates compare: the ratio, and the change in percent, each with both of its intervals."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from anlan.stats._arrays import Floats
from anlan.stats.rates._inputs import Number, alike, amounts, plain, whole
from anlan.stats.rates.intervals import binomial_midp, clopper_pearson
from anlan.stats.tables import text_table


@dataclass(frozen=True)
class RateRatio:
    """A ratio of two rates, its exact and mid-P interval and p-values; numbers or arrays, as was given.

    Near zero events the two may disagree on whether the rates differ: both are here, publish which you chose
    before you looked.
    """

    ratio: Number
    exact: tuple[Number, Number]
    midp: tuple[Number, Number]
    p_exact: Number
    p_midp: Number
    level: float

    def to_frame(self) -> pl.DataFrame:
        """A row for each ratio and method: ratio, method, lower, upper, p_value."""
        ratio = np.atleast_1d(self.ratio).ravel()
        parts = [("exact", self.exact, self.p_exact), ("midp", self.midp, self.p_midp)]
        return pl.concat(
            pl.DataFrame(
                {
                    "ratio": ratio,
                    "method": [method] * len(ratio),
                    "lower": np.atleast_1d(bounds[0]).ravel(),
                    "upper": np.atleast_1d(bounds[1]).ravel(),
                    "p_value": np.atleast_1d(p).ravel(),
                }
            )
            for method, bounds, p in parts
        )

    def __str__(self) -> str:
        return text_table(self.to_frame(), f"{100 * self.level:g} % intervals")


@dataclass(frozen=True)
class ChangePercent:
    """A change in percent with its exact and mid-P interval; from zero `percent` is None: tell the counts."""

    before: float
    after: float
    percent: float | None
    exact: tuple[float, float]
    midp: tuple[float, float]
    level: float

    def to_frame(self) -> pl.DataFrame:
        """A row for each method: before, after, percent, method, lower, upper."""
        rows = [("exact", self.exact), ("midp", self.midp)]
        return pl.DataFrame(
            [
                {"before": self.before, "after": self.after, "percent": self.percent}
                | {"method": method, "lower": bounds[0], "upper": bounds[1]}
                for method, bounds in rows
            ]
        )

    def __str__(self) -> str:
        return text_table(self.to_frame(), f"{100 * self.level:g} % intervals")


def rate_ratio(
    count: npt.ArrayLike,
    base_count: npt.ArrayLike,
    exposure: npt.ArrayLike = 1.0,
    base_exposure: npt.ArrayLike = 1.0,
    level: float = 0.95,
) -> RateRatio:
    """(count / exposure) over (base_count / base_exposure), for Poisson counts.

    Given their sum, the count is binomial; its Clopper-Pearson and mid-P bounds become those of the ratio
    (Przyborowski & Wilenski 1940; Lehmann & Romano 2005, section 4.5). `p_exact` adds up what is no more
    likely than what was seen, `p_midp` is twice the smaller mid-P tail. From a base of 0 the ratio is
    infinite, and nan where both counts are 0 (then the intervals run from 0 to infinity and both p are 1).

    count, base_count, exposure, base_exposure : one number each, or arrays that fit.
    Raises ValueError for counts negative or not whole, exposures not above 0, level outside 0 to 1.

    Source: Przyborowski & Wilenski (1940), Biometrika 31, pages 313-323; Lehmann & Romano (2005) "Testing
    Statistical Hypotheses", section 4.5.

    >>> print(rate_ratio(76, 37))
      ratio  method    lower    upper      p_value
    2.05405   exact   1.3693  3.13052  0.000309602
    2.05405    midp  1.39291  3.06987  0.000226811
    95 % intervals
    """
    events, base = whole(count), whole(base_count, "base_count")
    alike(events, base, "base_count")
    events, base = np.broadcast_arrays(events, base)
    relative = amounts(base_exposure, base, "base_exposure") / amounts(exposure, events)
    events, base = (np.broadcast_to(x, relative.shape) for x in (events, base))
    odds = partial(_odds, factor=relative)
    total = events + base
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = events / base * relative
    exact, midp = (
        tuple(map(odds, bounds(events, total, level))) for bounds in (clopper_pearson, binomial_midp)
    )
    p_exact, p_midp = _p_values(events, total, 1 / (1 + relative))
    return RateRatio(
        plain(ratio),
        (plain(exact[0]), plain(exact[1])),
        (plain(midp[0]), plain(midp[1])),
        plain(p_exact),
        plain(p_midp),
        level,
    )


def change_percent(
    before: float,
    after: float,
    exposure_before: float = 1.0,
    exposure_after: float = 1.0,
    level: float = 0.95,
) -> ChangePercent:
    """By how many percent the rate changed, with both intervals (see `rate_ratio`).

    One number each. From zero there is no percentage: `percent` is None, the interval's upper end infinite.

    Raises ValueError for counts negative or not whole, exposures not above 0, and arrays.

    Source: Przyborowski & Wilenski (1940) and Lehmann & Romano (2005), section 4.5, as `rate_ratio`.

    >>> print(change_percent(76, 37))
    before  after   percent  method     lower     upper
        76     37  -51.3158   exact  -68.0564  -26.9699
        76     37  -51.3158    midp  -67.4254   -28.208
    95 % intervals
    """
    if any(np.ndim(value) for value in (before, after, exposure_before, exposure_after)):
        raise ValueError("give one number each; for many places use rate_ratio, which takes arrays")
    found = rate_ratio(after, before, exposure_after, exposure_before, level)
    percent = None if before == 0 else _percent(found.ratio)
    exact, midp = ((_percent(low), _percent(high)) for low, high in (found.exact, found.midp))
    return ChangePercent(float(before), float(after), percent, exact, midp, level)


def _percent(ratio: Number) -> float:
    return 100 * (float(ratio) - 1)


def _odds(share: Floats, factor: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(share / (1 - share) * factor)


def _p_values(events: Floats, total: Floats, share: Floats) -> tuple[Floats, Floats]:
    point = stats.binom.pmf(events, total, share)
    below, above = stats.binom.cdf(events - 1, total, share), stats.binom.sf(events, total, share)
    midp = np.minimum(1.0, 2 * np.minimum(below, above) + point)
    exact = [
        stats.binomtest(int(x), int(n), float(p)).pvalue if n else 1.0
        for x, n, p in zip(events.ravel(), total.ravel(), np.ravel(share), strict=True)
    ]
    return np.reshape(exact, events.shape), midp
