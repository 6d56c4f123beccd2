"""Power before the start: would we see it if it worked?"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import special, stats

from anlan.stats import _arrays
from anlan.stats.effects.interrupted import InterruptedSeries
from anlan.stats.effects.segments import segments
from anlan.stats.effects.sentences import Lang
from anlan.stats.tables import text_table

_WIDENED = 1.2
"""An interval of InterruptedSeries, the widest of three that also allows for wandering, over a plain one."""


@dataclass(frozen=True)
class Power:
    """The chance of seeing a change, by its size; prints as a table and its sentence.

    `power` at `change_percent`; `smallest_percent`: the smallest fall that would be seen with 80 %
    probability, None when not even a fall by 99 % would.
    """

    change_percent: float
    power: float
    smallest_percent: float | None
    events_per_period: float
    before: int
    after: int
    level: float

    def to_frame(self) -> pl.DataFrame:
        """One row with all fields."""
        return pl.DataFrame([dict(vars(self))])

    def sentence(self, lang: Lang = "en") -> str:
        """What the planned series would show, in "en" or "zh"; below 80 % it says that it could not tell."""
        if lang not in ("zh", "en"):
            raise ValueError(f"lang is {lang!r}; give 'zh' or 'en'")
        word = {"en": ("fall", "rise"), "zh": ("下降", "上升")}[lang][self.change_percent > 0]
        size = abs(self.change_percent)
        if lang == "zh":
            text = f"变化后{self.after}期、每期约{self.events_per_period:g}起时，"
            text += f"若{word}{size:g}%，有{100 * self.power:.0f}%的把握看得出"
            return text + ("。" if self.power >= 0.8 else "：多半说不准。")
        text = (
            f"With {self.events_per_period:g} events a period and {self.after} periods after, "
            f"a {word} of {size:g} % would be seen with probability {100 * self.power:.0f} %"
        )
        return text + ("." if self.power >= 0.8 else ": most likely we could not tell.")

    def __str__(self) -> str:
        return text_table(self.to_frame(), self.sentence())


def power_before_start(
    events_per_period: float,
    before: int,
    after: int,
    change_percent: float,
    *,
    dispersion: float = 1.0,
    season: int | None = 12,
    slope: bool = False,
    trend: bool = True,
    level: float = 0.95,
) -> Power:
    """Power of InterruptedSeries to find a lasting change, before anything is started.

    events_per_period: mean count now; before, after: periods; change_percent: -30 for a fall by 30 %;
    dispersion: variance over mean as seen in the past (1 = Poisson; fit InterruptedSeries to old data and
    read `dispersion_`). From the expected information of the model (as McLeod & Vingilis 2008 do for
    ARIMA), with intervals 20 % wider than the plain one as they turn out on series that do not wander: normal
    errors of the log level, so for under about 20 events after the change it is a guide only. slope=True asks
    for a change of trend in the model too, which costs much power.

    Raises ValueError for a series too short, a change of -100 % or less, numbers that are not above 0.

    All are one number each.

    Source: McLeod & Vingilis (2008) "Power computations in time series analyses for traffic safety
    interventions", Accident Analysis & Prevention 40, pages 1244-1248.

    >>> round(power_before_start(20, 48, 24, -30).power, 2)
    0.84
    """
    _arrays.share(level, "level")
    _arrays.above_zero(events_per_period=events_per_period, dispersion=dispersion)
    _arrays.whole(before=before, after=after)
    if after < 1:
        raise ValueError(f"after is {after}; give 1 or more periods")
    if change_percent <= -100 or change_percent == 0:
        raise ValueError(
            f"change_percent is {change_percent}; give a change above -100 that is not 0, such as -30"
        )
    terms = InterruptedSeries(before, season=season, slope=slope, trend=trend)
    design = segments(terms, np.zeros(before + after), None, None).matrix
    freedom = len(design) - design.shape[1]
    reach = _WIDENED * float(stats.t.ppf(0.5 + level / 2, freedom))

    def chance(percent: float) -> float:
        return _chance(design, before, events_per_period, percent, dispersion, reach)

    falls = map(float, np.linspace(-1, -99, 197))
    smallest = next((fall for fall in falls if chance(fall) >= 0.8), None)
    return Power(change_percent, chance(change_percent), smallest, events_per_period, before, after, level)


def _chance(
    design: _arrays.Floats, before: int, events: float, percent: float, dispersion: float, reach: float
) -> float:
    step = np.log1p(percent / 100)
    means = events * np.exp(step * (np.arange(len(design)) >= before))
    information = (design.T * means) @ design
    error = np.sqrt(dispersion * np.linalg.pinv(information, hermitian=True)[1, 1])
    freedom = len(design) - design.shape[1]
    far = abs(step) / error
    return float(special.stdtr(freedom, far - reach) + special.stdtr(freedom, -far - reach))
