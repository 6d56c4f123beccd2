"""Did it move away? Weighted displacement difference and displacement quotient."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from anlan.stats import _arrays
from anlan.stats.effects.sentences import Lang
from anlan.stats.effects.terms import Effect, effect, quantile
from anlan.stats.tables import text_table


def weighted_displacement_difference(
    control: Sequence[float],
    treated: Sequence[float],
    displacement_control: Sequence[float] = (0, 0),
    displacement: Sequence[float] = (0, 0),
    *,
    area_weights: Sequence[float] = (1, 1, 1, 1),
    time_weights: Sequence[float] = (1, 1),
    level: float = 0.95,
) -> Effect:
    """Weighted displacement difference (Wheeler & Ratcliffe 2018, Crime Science 7:11).

    Each place is (events before, events after). area_weights divide the counts of control, treated,
    displacement control and displacement, in this order (square kilometres, persons); time_weights those
    before and after (years). The estimate is the change in treated and displacement areas together less
    that of their controls: negative = fewer events; normal interval from Poisson variances, so beware of
    counts under about 5.

    Raises ValueError for negative or missing counts and weights that are not above 0.

    Source: Wheeler & Ratcliffe (2018) "A simple weighted displacement difference test", Crime Science 7,
    article 11.

    >>> weighted_displacement_difference((308, 318), (207, 110), (150, 140), (178, 157)).estimate
    -118.0
    """
    _arrays.share(level, "level")
    events = _pairs(control, treated, displacement_control, displacement)
    weights = np.outer(
        _above_zero(area_weights, 4, "area_weights"), _above_zero(time_weights, 2, "time_weights")
    )
    signs = np.outer([-1, 1, -1, 1], [-1, 1])
    estimate = float((signs * events / weights).sum())
    error = float(np.sqrt((events / weights**2).sum()))
    return effect(estimate, error, level=level, scale="count", subject="displacement")


@dataclass(frozen=True)
class DisplacementQuotient:
    """Weighted displacement quotient with its interval; prints as a table and its sentence.

    Above 0: the surroundings fared better too (diffusion of benefit); between 0 and -1: displacement,
    smaller than the fall; under -1: displacement outweighed the fall. `told` is False when the treated area
    itself cannot be told from its control: then the quotient divides by something that may be nothing.
    """

    quotient: float
    standard_error: float
    lower: float
    upper: float
    level: float
    told: bool

    def to_frame(self) -> pl.DataFrame:
        """One row: quotient, standard_error, lower, upper, told."""
        names = ("quotient", "standard_error", "lower", "upper", "told")
        return pl.DataFrame([{name: getattr(self, name) for name in names}])

    def sentence(self, lang: Lang = "en") -> str:
        """What became of the surroundings, in "en" or "zh"."""
        if lang not in ("zh", "en"):
            raise ValueError(f"lang is {lang!r}; give 'zh' or 'en'")
        interval = (
            f"{self.quotient:.2f} ({100 * self.level:g} % interval {self.lower:.2f} to {self.upper:.2f})"
        )
        if lang == "zh":
            interval = f"{self.quotient:.2f}（{100 * self.level:g}%区间{self.lower:.2f}至{self.upper:.2f}）"
        if not self.told or self.lower <= 0 <= self.upper:
            return _CANNOT_TELL[lang].format(interval)
        kind = "diffusion" if self.quotient > 0 else "partial" if self.quotient > -1 else "whole"
        return _KINDS[kind][lang].format(interval)

    def __str__(self) -> str:
        return text_table(self.to_frame(), self.sentence())


_CANNOT_TELL: dict[Lang, str] = {
    "en": "Cannot tell whether events moved to the surroundings: displacement quotient {}.",
    "zh": "说不准事件有没有转移到周边：转移商{}。",
}
_KINDS: dict[str, dict[Lang, str]] = {
    "diffusion": {
        "en": "The surroundings fared better too: displacement quotient {}.",
        "zh": "周边同样好转：转移商{}。",
    },
    "partial": {
        "en": "Some events may have moved nearby, fewer than the fall: displacement quotient {}.",
        "zh": "部分事件可能转移到周边，但少于下降数：转移商{}。",
    },
    "whole": {
        "en": "The surroundings lost more than the treated area gained: displacement quotient {}.",
        "zh": "周边的增加超过实施区的下降：转移商{}。",
    },
}


def displacement_quotient(
    control: Sequence[float], treated: Sequence[float], displacement: Sequence[float], *, level: float = 0.95
) -> DisplacementQuotient:
    """Weighted displacement quotient (Bowers & Johnson 2003, Journal of Quantitative Criminology 19).

    (D1/C1 - D0/C0) / (T1/C1 - T0/C0), each place (events before, events after), one number each; standard
    error by the delta method from Poisson counts. Raises ValueError when the control had no events, or the
    treated area moved exactly as the control.

    Source: Bowers & Johnson (2003), Journal of Quantitative Criminology 19, pages 275-301.

    >>> round(displacement_quotient((100, 100), (80, 40), (60, 50)).quotient, 2)
    0.25
    """
    _arrays.share(level, "level")
    (c0, c1), (t0, t1), (d0, d1) = _pairs(control, treated, displacement)
    if c0 == 0 or c1 == 0:
        raise ValueError("control had no events before or after; choose a larger control area")
    below = t1 / c1 - t0 / c0
    if below == 0:
        raise ValueError(
            "the treated area moved exactly as its control: there is nothing that could have moved away"
        )
    quotient = (d1 / c1 - d0 / c0) / below
    gradient = np.array(
        [
            (d0 - quotient * t0) / c0**2,
            (quotient * t1 - d1) / c1**2,
            quotient / c0,
            -quotient / c1,
            -1 / c0,
            1 / c1,
        ]
    )
    error = float(np.sqrt((gradient**2 * np.array([c0, c1, t0, t1, d0, d1])).sum())) / abs(below)
    reach = quantile(level)
    spread = np.sqrt(t1 / c1**2 + t1**2 / c1**3 + t0 / c0**2 + t0**2 / c0**3)
    told = bool(abs(below) > reach * spread)
    return DisplacementQuotient(
        float(quotient), error, float(quotient - reach * error), float(quotient + reach * error), level, told
    )


def _pairs(*places: Sequence[float]) -> _arrays.Floats:
    if any(len(place) != 2 for place in places):
        raise ValueError("each place needs two counts: events before and events after")
    return _arrays.counts(np.array(places, dtype=np.float64), "counts (place, before or after)", 2)


def _above_zero(weights: Sequence[float], length: int, name: str) -> _arrays.Floats:
    array = _arrays.finite(weights, name)
    if len(array) != length or (array <= 0).any():
        raise ValueError(f"{name} needs {length} numbers above 0, got {list(weights)}")
    return array
