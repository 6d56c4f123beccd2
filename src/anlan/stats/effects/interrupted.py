"""Interrupted time series: what happened at a change, against the series' own past."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

from anlan.stats import _arrays
from anlan.stats._arrays import Floats
from anlan.stats.effects.fitting import LogLinear, covariances, fit_log_linear, noise_inflation, runs_p_value
from anlan.stats.effects.segments import Segments, segments
from anlan.stats.effects.sentences import Lang
from anlan.stats.effects.terms import Effect, Family, effect
from anlan.stats.effects.wandering import Wandering
from anlan.stats.tables import text_table

WIDTHS = ("quasi", "HC0", "newey_west")
"""The covariances whose widest is published."""


@dataclass(frozen=True)
class InterruptedResult:
    """What a fitted InterruptedSeries learned; prints as a table and its sentence."""

    change: Effect
    slope: Effect | None
    averted: Effect
    standard_errors: dict[str, float]
    dispersion: float
    runs_p_value: float
    penalised: bool

    def to_frame(self) -> pl.DataFrame:
        """One row each for level, slope (when it is in the model) and averted."""
        parts = {"level": self.change, "slope": self.slope, "averted": self.averted}
        return pl.DataFrame([{"term": name, **part.row()} for name, part in parts.items() if part])

    def sentence(self, lang: Lang = "en") -> str:
        """What happened at the change, in "en" or "zh".

        Where the residuals run together it says so, and that the interval was widened for it.
        """
        text = self.change.sentence(lang)
        if self.runs_p_value >= 0.01:
            return text
        if lang == "zh":
            return text[:-1] + "；相邻各期相互关联，区间已为此放宽。"
        return text[:-1] + "; neighbouring periods run together, and the interval is widened for it."

    def __str__(self) -> str:
        return text_table(self.to_frame(), self.sentence())


class InterruptedSeries:
    """Interrupted time series of counts (Wagner et al. 2002; Lopez Bernal, Cummins & Gasparrini 2017).

    log mu = intercept + level x after + slope x periods since (1 in the first period after) + trend +
    season + log exposure. The standard error is the widest of the quasi-Poisson one, HC0 and Newey & West's
    with lag 12 without prewhitening: which of them is right depends on what nobody knows, and on real
    series they differ by a factor of three. Intervals are Student's t with rows less coefficients; where the
    residuals say that the level wanders they are widened as far as such a level lets an estimate stray
    (Zeger 1988; `effects/wandering.py`): the published errors would hold the truth in 4 of 5 cases only.

    Parameters
    ----------
    change : row number of the first period after the change.
    season : periods in a year (12 months, 52 weeks), one coefficient each; None for no season.
    harmonics : so many sines and cosines in place of one coefficient a period (good for weeks).
    level : of the intervals.
    family : "poisson" or "negbin" (variance mu + mu**2 / theta).
    slope : whether the trend may change too; False estimates one lasting step.
    trend : whether the series has a trend (a straight line on the log scale).
    lag : of Newey & West's covariance, in periods.

    Learned: `level_`, `slope_` (log scale), `standard_error_` (of level_, the widest of the three), `lower_`,
    `upper_`, `p_value_`, `slope_standard_error_`, `averted_` (an Effect: events that did not happen, with the
    observation noise), `standard_errors_` (each kind for level_), `dispersion_`, `expected_` (without the
    change, (n,)), `fitted_` (n,), `result_`.

    Source: Wagner, Soumerai, Zhang & Ross-Degnan (2002), Journal of Clinical Pharmacy and Therapeutics
    27, pages 299-309; Lopez Bernal, Cummins & Gasparrini (2017), International Journal of Epidemiology
    46, pages 348-355; Newey & West (1987), Econometrica 55, pages 703-708.

    >>> import numpy as np
    >>> months = np.arange(72)
    >>> counts = np.round(100 * np.exp(-0.4 * (months >= 48)) + 10 * np.sin(months * np.pi / 6))
    >>> model = InterruptedSeries(change=48, slope=False).fit(counts)
    >>> round(float(np.expm1(model.level_)), 2)
    -0.33
    >>> model.sentence("zh")
    '说不准有没有变化：变化当时，事件数比预期少33.0%，但95%区间：少65.3%到多29.2%，包含零；相邻各期相互关联，区间已为此放宽。'
    """

    def __init__(
        self,
        change: int,
        *,
        season: int | None = 12,
        harmonics: int | None = None,
        level: float = 0.95,
        family: Family = "poisson",
        slope: bool = True,
        trend: bool = True,
        lag: int = 12,
    ) -> None:
        self.change = change
        self.season = season
        self.harmonics = harmonics
        self.level = level
        self.family = family
        self.slope = slope
        self.trend = trend
        self.lag = lag

    def fit(
        self,
        counts: npt.ArrayLike,
        exposure: npt.ArrayLike | None = None,
        covariates: npt.ArrayLike | None = None,
        controls: npt.ArrayLike | None = None,
    ) -> Self:
        """Fit counts (n,).

        exposure (n,): persons, vehicle-kilometres; doubling it changes nothing. covariates (n,) or (n, k):
        enter as they are (weather, holidays). controls (n,) or (n, k): counts of series that the change did
        not touch; they enter as log(count + 1/2), so that what moved them moves the expectation.

        Raises ValueError for a change outside the series, a series too short for its coefficients, NaN,
        negative counts, exposure 0 with events.
        """
        _arrays.share(self.level, "level")
        _check_family(self.family)
        _arrays.whole(lag=self.lag)
        if self.lag < 0:
            raise ValueError(f"lag is {self.lag}; give 0 or more periods, 12 for months")
        events = _arrays.counts(counts)
        amount = _arrays.exposure(exposure, events)
        design = segments(self, events, covariates, controls)
        known = amount > 0
        model = fit_log_linear(
            design.matrix[known], events[known], np.log(amount[known] / amount.mean()), self.family
        )
        self._learn(model, design, events, amount, known)
        return self

    def sentence(self, lang: Lang = "en") -> str:
        """What happened at the change, in "en" or "zh"; "cannot tell" when the interval holds zero."""
        return self.result_.sentence(lang)

    def _learn(
        self, model: LogLinear, design: Segments, events: Floats, amount: Floats, known: npt.NDArray[np.bool_]
    ) -> None:
        kinds = covariances(model, self.lag)
        self.standard_errors_ = {
            kind: _standard_error(matrix, design.level) for kind, matrix in kinds.items()
        }
        wandering = Wandering.of(model)
        change = self._coefficient(model, kinds, wandering, design.level)
        slope = None if design.slope is None else self._coefficient(model, kinds, wandering, design.slope)
        without = design.without_change() @ model.coefficients
        self.expected_ = amount / amount.mean() * np.exp(without)
        self.fitted_ = amount / amount.mean() * np.exp(design.matrix @ model.coefficients)
        self.averted_ = self._averted(model, kinds, wandering, design.without_change(), events)
        self.level_, self.standard_error_ = change.estimate, change.standard_error
        self.lower_, self.upper_, self.p_value_ = change.lower, change.upper, change.p_value
        self.slope_ = slope.estimate if slope else 0.0
        self.slope_standard_error_ = slope.standard_error if slope else 0.0
        self.dispersion_ = model.dispersion
        runs = runs_p_value(model, self.lag)
        self.result_ = InterruptedResult(
            change, slope, self.averted_, self.standard_errors_, model.dispersion, runs, model.penalised
        )

    def _coefficient(
        self, model: LogLinear, kinds: dict[str, Floats], wandering: Wandering, place: int
    ) -> Effect:
        reach = wandering.reach(np.eye(len(model.coefficients))[place], self.level)
        return effect(
            model.coefficients[place],
            _widest(kinds, place),
            least_reach=reach,
            level=self.level,
            degrees_of_freedom=model.degrees_of_freedom,
            subject="change" if place == 1 else "slope",
        )

    def _averted(
        self,
        model: LogLinear,
        kinds: dict[str, Floats],
        wandering: Wandering,
        without: Floats,
        events: Floats,
    ) -> Effect:
        expected = self.expected_[self.change :]
        gradient = expected @ without[self.change :]
        parameters = max(float(gradient @ kinds[kind] @ gradient) for kind in WIDTHS)
        self.averted_parameter_errors_ = {kind: _length(gradient, matrix) for kind, matrix in kinds.items()}
        # The events that would have come are counts themselves: their noise is in the interval too.
        noise = float((expected + expected**2 / model.size).sum()) * max(1.0, model.dispersion)
        noise *= noise_inflation(model, self.lag)
        reach = wandering.reach(gradient, self.level, wandering.noise(expected, model.size))
        return effect(
            float(expected.sum() - events[self.change :].sum()),
            float(np.sqrt(parameters + noise)),
            least_reach=reach,
            level=self.level,
            degrees_of_freedom=model.degrees_of_freedom,
            scale="averted",
            subject="averted",
        )


def _widest(kinds: dict[str, Floats], place: int) -> float:
    return max(_standard_error(kinds[kind], place) for kind in WIDTHS)


def _length(gradient: Floats, covariance: Floats) -> float:
    return float(np.sqrt(max(float(gradient @ covariance @ gradient), 0.0)))


def _standard_error(covariance: Floats, place: int) -> float:
    return float(np.sqrt(max(covariance[place, place], 0.0)))


def _check_family(family: str) -> None:
    if family not in ("poisson", "negbin"):
        raise ValueError(f"family is {family!r}; give 'poisson' or 'negbin'")
