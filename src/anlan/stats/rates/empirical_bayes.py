"""Rates of small places, drawn towards what the other places say: Marshall's empirical Bayes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from anlan.stats import _arrays
from anlan.stats._arrays import Floats, Integers
from anlan.stats.rates._inputs import Number
from anlan.stats.rates._mixture import bounds
from anlan.stats.tables import text_table


@dataclass(frozen=True)
class SmoothedRates:
    """What a fitted EmpiricalBayes learned, a row for each place; prints as a table."""

    counts: Floats
    exposure: Floats
    rate: Floats
    lower: Floats
    upper: Floats
    level: float

    def to_frame(self) -> pl.DataFrame:
        """A row for each place: count, exposure, raw_rate (null without exposure), rate, lower, upper."""
        frame = pl.DataFrame(
            {
                "count": self.counts,
                "exposure": self.exposure,
                "raw_rate": self.counts / np.where(self.exposure > 0, self.exposure, np.nan),
                "rate": self.rate,
                "lower": self.lower,
                "upper": self.upper,
            }
        )
        return frame.with_columns(pl.col("raw_rate").fill_nan(None))

    def __str__(self) -> str:
        return text_table(self.to_frame(), f"{100 * self.level:g} % intervals")


class EmpiricalBayes:
    """Empirical-Bayes rates (Marshall 1991), with intervals that carry what is unknown.

    A place's rate is drawn towards the mean of all places (kind="global") or of itself and its neighbours
    (kind="local"), the more the fewer events it can be expected to have. Mean and variance are Marshall's
    moments (the global form on pages 284-285, the local on page 286).

    The interval is not the plug-in one, which has no width when the variance is estimated as 0. It mixes
    the gamma distributions of a rate over the means and variances that the counts leave open (Christiansen
    & Morris 1997, with Jeffreys' prior of the variance, which holds the level where rates differ much too);
    where Marshall's rate lies outside, the interval is widened to hold it. It covers the true rates at
    `level` on average over the places, not for each place alone: the rate of an extreme place is pulled in
    by design.

    Parameters
    ----------
    kind : "global" or "local".
    level : of the intervals.

    Learned: `rate_`, `lower_`, `upper_` (places,), events per unit of exposure; `mean_`, `variance_` of the
    true rates, one number each when global, (places,) when local; `result_`.

    Source: Marshall (1991) "Mapping disease and mortality rates using empirical Bayes estimators",
    Applied Statistics 40, pages 283-294; Christiansen & Morris (1997), Journal of the American
    Statistical Association 92, pages 618-632; Berger & Strawderman (1996), Annals of Statistics 24, pages
    931-951.

    >>> model = EmpiricalBayes().fit([0, 3, 8, 20], [100, 200, 300, 400])
    >>> model.rate_.round(4)
    array([0.0199, 0.0226, 0.0283, 0.0441])
    """

    def __init__(self, kind: Literal["global", "local"] = "global", level: float = 0.95) -> None:
        self.kind = kind
        self.level = level

    def fit(
        self,
        counts: npt.ArrayLike,
        exposure: npt.ArrayLike,
        neighbours: Sequence[npt.ArrayLike] | None = None,
    ) -> Self:
        """Fit counts and exposure (places,); neighbours: an array of row numbers a place, itself not in it.

        A place without exposure (and events) gets the mean. A place whose array of neighbours is empty (an
        island) learns from all places, as with kind="global". Raises ValueError for invalid arrays, fewer
        than two places, no exposure at all, local without neighbours or neighbours that are no rows.
        """
        _arrays.share(self.level, "level")
        events = _arrays.counts(counts)
        exposed = _arrays.exposure(exposure, events)
        if len(events) < 2:
            raise ValueError("counts holds one place; give at least two, or use poisson_interval")
        groups = self._groups(len(events), neighbours)
        moments = [_marshall(events[group], exposed[group]) for group in groups]
        means, variances = (np.array(column) for column in zip(*moments, strict=True))
        self.mean_: Number = means if self.kind == "local" else float(means[0])
        self.variance_: Number = variances if self.kind == "local" else float(variances[0])
        self.rate_ = _shrunk(events, exposed, means, variances)
        lower, upper = bounds(events, exposed, groups, self.level)
        self.lower_, self.upper_ = np.minimum(lower, self.rate_), np.maximum(upper, self.rate_)
        self.result_ = SmoothedRates(events, exposed, self.rate_, self.lower_, self.upper_, self.level)
        return self

    def _groups(self, places: int, neighbours: Sequence[npt.ArrayLike] | None) -> list[Integers]:
        if self.kind == "global":
            if neighbours is not None:
                raise ValueError('neighbours are for kind="local"; leave them out or give that kind')
            return [np.arange(places)]
        if self.kind != "local":
            raise ValueError(f'kind is {self.kind!r}; give "global" or "local"')
        return _neighbourhoods(places, neighbours)


def _neighbourhoods(places: int, neighbours: Sequence[npt.ArrayLike] | None) -> list[Integers]:
    if neighbours is None or len(neighbours) != places:
        given = "none" if neighbours is None else str(len(neighbours))
        raise ValueError(f"neighbours: {given} given for {places} places; give one array of row numbers each")
    return [_neighbourhood(i, others, places) for i, others in enumerate(neighbours)]


def _neighbourhood(place: int, others: npt.ArrayLike, places: int) -> Integers:
    rows = np.asarray(others)
    if rows.size == 0:
        return np.arange(places)
    if rows.ndim != 1 or not np.issubdtype(rows.dtype, np.integer):
        raise ValueError(f"neighbours: those of row {place} are no row numbers; give whole numbers from 0")
    if rows.min() < 0 or rows.max() >= places:
        raise ValueError(f"neighbours: those of row {place} leave the rows 0 to {places - 1}")
    if (rows == place).any() or len(np.unique(rows)) != len(rows):
        raise ValueError(f"neighbours: row {place} names itself or a place twice; name each other place once")
    return np.append(rows.astype(np.int64), place)


def _marshall(events: Floats, exposed: Floats) -> tuple[float, float]:
    """Mean and variance of the true rates by moments; the variance is 0 when chance explains the spread."""
    total = exposed.sum()
    if total == 0:
        raise ValueError("exposure is 0 everywhere (or in a whole neighbourhood); give persons or hours")
    held = exposed > 0
    mean = float(events.sum() / total)
    rates = events[held] / exposed[held]
    spread = float((exposed[held] * (rates - mean) ** 2).sum() / total)
    return mean, max(0.0, spread - mean / float(total / held.sum()))


def _shrunk(events: Floats, exposed: Floats, means: Floats, variances: Floats) -> Floats:
    """mean + variance / (variance + mean / exposure) x (raw rate - mean)."""
    carried = variances * exposed
    weight = np.divide(carried, carried + means, out=np.zeros_like(carried), where=carried + means > 0)
    raw = np.divide(events, exposed, out=np.zeros_like(events), where=exposed > 0)
    return np.asarray(means + weight * (raw - means))
