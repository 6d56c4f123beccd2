"""Did it move away? Weighted displacement difference and displacement quotient."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl

from anlan.stats import _arrays
from anlan.stats._arrays import Flags, Floats
from anlan.stats.effects.sentences import Lang
from anlan.stats.effects.terms import Effect, effect, quantile
from anlan.stats.rates.weighted_sums import gamma_limits
from anlan.stats.tables import text_table

Interval = Literal["normal", "gamma"]


def weighted_displacement_difference(
    control: Sequence[float],
    treated: Sequence[float],
    displacement_control: Sequence[float] | None = None,
    displacement: Sequence[float] | None = None,
    *,
    area_weights: Sequence[float] = (1, 1, 1, 1),
    time_weights: Sequence[float] = (1, 1),
    level: float = 0.95,
    interval: Interval = "normal",
) -> Effect:
    """Weighted displacement difference (Wheeler & Ratcliffe 2018, Crime Science 7:11).

    Each place is (events before, events after); None for the last two = nobody counted there. area_weights
    divide the counts of control, treated,
    displacement control and displacement, in this order (square kilometres, persons); time_weights those
    before and after (years). The estimate is the change in treated and displacement areas together less
    that of their controls: negative = fewer events.

    interval : "normal" is the paper's, from Poisson variances: too short where few events of a small or
        heavily weighted area decide. "gamma" holds there too: what adds and what takes away each have the
        gamma interval of a weighted sum of Poisson counts (Fay & Feuer 1997), and the distances of their
        limits are joined as those of independent estimates (Zou & Donner 2008). It is at least as wide.
        standard_error is the paper's in both.

    Raises ValueError for negative or missing counts, weights that are not above 0, an unknown interval.

    Source: Wheeler & Ratcliffe (2018) "A simple weighted displacement difference test", Crime Science 7,
    article 11; Fay & Feuer (1997), Statistics in Medicine 16, pages 791-801; Zou & Donner (2008), Statistics
    in Medicine 27, pages 1693-1702.

    >>> weighted_displacement_difference((308, 318), (207, 110), (150, 140), (178, 157)).estimate
    -118.0
    >>> quiet = weighted_displacement_difference((0, 0), (3, 0), interval="gamma")
    >>> quiet.estimate, quiet.holds_zero
    (-3.0, True)
    """
    _arrays.share(level, "level")
    places = (control, treated, displacement_control, displacement)
    there = np.array([place is not None for place in places])
    events = _pairs(*((0, 0) if place is None else place for place in places))
    weights = 1 / np.outer(
        _above_zero(area_weights, 4, "area_weights"), _above_zero(time_weights, 2, "time_weights")
    )
    estimate = float((_SIGNS * events * weights).sum())
    error = float(np.sqrt((events * weights**2).sum()))
    found = effect(estimate, error, level=level, scale="count", subject="displacement")
    if interval == "normal":
        return found
    if interval != "gamma":
        raise ValueError(f'interval is {interval!r}; give "normal" or "gamma"')
    lower, upper = _joined(
        *(_side(events[there], weights[there], _SIGNS[there] == way, level) for way in (1, -1))
    )
    return replace(found, lower=min(lower, found.lower), upper=max(upper, found.upper))


_SIGNS = np.outer([-1, 1, -1, 1], [-1, 1])
"""Which way each count moves the difference: rows control, treated, then those of displacement."""

Estimate = tuple[float, float, float]
"""An estimate with its lower and upper limit."""


def _side(events: Floats, weights: Floats, chosen: Flags, level: float) -> Estimate:
    """The weighted sum of the chosen counts."""
    lower, upper = gamma_limits(events[chosen], weights[chosen], level)
    return float((events * weights)[chosen].sum()), float(lower), float(upper)


def _joined(plus: Estimate, minus: Estimate) -> tuple[float, float]:
    """Limits of plus - minus (Zou & Donner 2008, the difference of two independent estimates)."""
    middle = plus[0] - minus[0]
    return (
        middle - float(np.hypot(plus[0] - plus[1], minus[2] - minus[0])),
        middle + float(np.hypot(plus[2] - plus[0], minus[0] - minus[1])),
    )


@dataclass(frozen=True)
class DisplacementQuotient:
    """Weighted displacement quotient with its interval; prints as a table and its sentence.

    Above 0: the surroundings fared better too (diffusion of benefit); between 0 and -1: displacement,
    smaller than the fall; under -1: displacement outweighed the fall. `told` is False when the treated area
    itself cannot be told from its control: then the quotient divides by something that may be nothing, and
    the interval reaches from minus to plus infinity.
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
        if not self.told:
            return _NOTHING_MOVED[lang].format(f"{self.quotient:.2f}")
        interval = (
            f"{self.quotient:.2f} ({100 * self.level:g} % interval {self.lower:.2f} to {self.upper:.2f})"
        )
        if lang == "zh":
            interval = f"{self.quotient:.2f}（{100 * self.level:g}%区间{self.lower:.2f}至{self.upper:.2f}）"
        if self.lower <= 0 <= self.upper:
            return _CANNOT_TELL[lang].format(interval)
        kind = "diffusion" if self.quotient > 0 else "partial" if self.quotient > -1 else "whole"
        return _KINDS[kind][lang].format(interval)

    def __str__(self) -> str:
        return text_table(self.to_frame(), self.sentence())


_CANNOT_TELL: dict[Lang, str] = {
    "en": "Cannot tell whether events moved to the surroundings: displacement quotient {}.",
    "zh": "说不准事件有没有转移到周边：转移商{}。",
}
_NOTHING_MOVED: dict[Lang, str] = {
    "en": "Cannot tell whether events moved to the surroundings: the treated area itself cannot be told from "
    "its control (displacement quotient {}, of which nothing is sure).",
    "zh": "说不准事件有没有转移到周边：实施区自身与对照区的差别就说不准（转移商{}，不可作准）。",
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

    (D1/C1 - D0/C0) / (T1/C1 - T0/C0), each place (events before, events after), one number each. The interval
    is that of a ratio of two normal estimates from Poisson counts (Fieller 1954): the delta method's, which
    `standard_error` gives, is too short where the treated area is only just told from its control. Raises
    ValueError when the control had no events, or the treated area moved exactly as the control.

    Source: Bowers & Johnson (2003), Journal of Quantitative Criminology 19, pages 275-301; Fieller (1954),
    JRSS B 16, pages 175-185.

    >>> round(displacement_quotient((100, 100), (80, 40), (60, 50)).quotient, 2)
    0.25
    """
    _arrays.share(level, "level")
    (c0, c1), (t0, t1), (d0, d1) = _pairs(control, treated, displacement)
    if c0 == 0 or c1 == 0:
        raise ValueError("control had no events before or after; choose a larger control area")
    treated_change, moved = _Change.of(t0, t1, c0, c1), _Change.of(d0, d1, c0, c1)
    if treated_change.estimate == 0:
        raise ValueError(
            "the treated area moved exactly as its control: there is nothing that could have moved away"
        )
    shared = d1 * t1 / c1**3 + d0 * t0 / c0**3
    reach = quantile(level)
    quotient = moved.estimate / treated_change.estimate
    spread = moved.variance - 2 * quotient * shared + quotient**2 * treated_change.variance
    error = float(np.sqrt(spread)) / abs(treated_change.estimate)
    told = abs(treated_change.estimate) > reach * float(np.sqrt(treated_change.variance))
    lower, upper = _fieller(moved, treated_change, shared, reach) if told else (-np.inf, np.inf)
    return DisplacementQuotient(float(quotient), error, lower, upper, level, bool(told))


@dataclass(frozen=True)
class _Change:
    """Change of an area's count per event of its control, with its variance from Poisson counts."""

    estimate: float
    variance: float

    @classmethod
    def of(cls, before: float, after: float, control_before: float, control_after: float) -> "_Change":
        """From the area's two counts and the two of its control."""
        late = after / control_after**2 + after**2 / control_after**3
        early = before / control_before**2 + before**2 / control_before**3
        return cls(after / control_after - before / control_before, late + early)


def _fieller(above: _Change, below: _Change, shared: float, reach: float) -> tuple[float, float]:
    """Every quotient q for which above - q x below is within `reach` errors of 0 (Fieller 1954)."""
    square = below.estimate**2 - reach**2 * below.variance
    middle = above.estimate * below.estimate - reach**2 * shared
    rest = above.estimate**2 - reach**2 * above.variance
    width = float(np.sqrt(max(middle**2 - square * rest, 0.0)))
    return float((middle - width) / square), float((middle + width) / square)


def _pairs(*places: Sequence[float]) -> Floats:
    if any(np.shape(place) != (2,) for place in places):
        raise ValueError("each place needs two counts: events before and events after")
    return _arrays.counts([list(place) for place in places], "counts (place, before or after)", 2)


def _above_zero(weights: Sequence[float], length: int, name: str) -> Floats:
    array = _arrays.finite(weights, name)
    if len(array) != length or (array <= 0).any():
        raise ValueError(f"{name} needs {length} numbers above 0, got {list(weights)}")
    return array
