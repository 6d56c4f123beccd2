"""An effect with its interval: what every method of this package answers with."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from scipy import stats

from anlan.stats.effects.sentences import Lang, Scale, Subject, sentence
from anlan.stats.tables import text_table

Family = Literal["poisson", "negbin"]


@dataclass(frozen=True)
class Effect:
    """An estimate with its interval.

    `scale` says what the number is: "log" the logarithm of a ratio of rates (0 = no change), "count" a
    number of events (negative = fewer), "averted" a number of events that did not happen (positive =
    fewer). `p_value` is two-sided, from Student's t with `degrees_of_freedom` (infinite: the normal
    distribution) and the error that the interval reaches by towards zero, which is `standard_error` unless
    the method widens its intervals.
    """

    estimate: float
    standard_error: float
    lower: float
    upper: float
    level: float
    degrees_of_freedom: float
    scale: Scale
    subject: Subject

    @property
    def p_value(self) -> float:
        """Two-sided p of no effect; 1 where the interval has no width and the estimate is 0."""
        towards_zero = self.estimate - self.lower if self.estimate > 0 else self.upper - self.estimate
        error = towards_zero / quantile(self.level, self.degrees_of_freedom)
        if error == 0:
            return 1.0 if self.estimate == 0 else 0.0
        t = abs(self.estimate) / error
        return float(2 * stats.t.sf(t, self.degrees_of_freedom))

    @property
    def percent(self) -> float | None:
        """The change in percent, on the "log" scale; None on the others."""
        return 100 * float(np.expm1(self.estimate)) if self.scale == "log" else None

    @property
    def holds_zero(self) -> bool:
        """Whether no effect at all is among the values that the interval holds."""
        return self.lower <= 0 <= self.upper

    def sentence(self, lang: Lang = "en") -> str:
        """One sentence in "en" or "zh"; it says that we cannot tell when the interval holds zero."""
        return sentence(self.estimate, self.lower, self.upper, self.level, self.scale, self.subject, lang)

    def to_frame(self) -> pl.DataFrame:
        """One row: estimate, standard_error, lower, upper, p_value."""
        return pl.DataFrame([self.row()])

    def row(self) -> dict[str, float]:
        """The same row as a dictionary, for tables of several effects."""
        return {
            "estimate": self.estimate,
            "standard_error": self.standard_error,
            "lower": self.lower,
            "upper": self.upper,
            "p_value": self.p_value,
        }

    def __str__(self) -> str:
        return text_table(self.to_frame(), self.sentence())


def effect(
    estimate: float,
    standard_error: float,
    *,
    level: float,
    degrees_of_freedom: float = np.inf,
    scale: Scale = "log",
    subject: Subject = "change",
    least_reach: float = 0.0,
) -> Effect:
    """The effect whose interval is estimate +- quantile of Student's t times the standard error, or
    `least_reach` if that is wider.
    """
    reach = max(quantile(level, degrees_of_freedom) * standard_error, least_reach)
    return Effect(
        float(estimate),
        float(standard_error),
        float(estimate - reach),
        float(estimate + reach),
        level,
        float(degrees_of_freedom),
        scale,
        subject,
    )


def quantile(level: float, degrees_of_freedom: float = np.inf) -> float:
    """How many standard errors an interval of that level reaches to each side."""
    return float(stats.t.ppf(0.5 + level / 2, degrees_of_freedom))
