"""Placebo dates: what the same method finds where nothing happened."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from anlan.stats import _arrays
from anlan.stats.effects.interrupted import InterruptedSeries
from anlan.stats.effects.sentences import Lang
from anlan.stats.tables import text_table


@dataclass(frozen=True)
class PlaceboDates:
    """The real change among placebo ones; prints as a table and its sentence.

    `p_value`: share of dates (the real one among them) whose |level / standard error| is at least the real
    one's. `false_alarms`: share of placebo dates whose interval leaves out zero; much above 1 - level says
    that the model is too sure of itself on this series.
    """

    dates: pl.DataFrame
    p_value: float
    false_alarms: float
    level: float

    def to_frame(self) -> pl.DataFrame:
        """A row for each date: change, estimate, standard_error, lower, upper, p_value, real."""
        return self.dates

    def sentence(self, lang: Lang = "en") -> str:
        """Whether the real date stands out, in "en" or "zh"."""
        if lang not in ("zh", "en"):
            raise ValueError(f"lang is {lang!r}; give 'zh' or 'en'")
        number, stands_out = len(self.dates) - 1, self.p_value <= 1 - self.level
        if lang == "zh":
            verdict = "真实日期明显不同于" if stands_out else "说不准：真实日期与之相比并不突出，共比较"
            return f"{verdict}{number}个安慰剂日期（p = {self.p_value:.3f}）。"
        if stands_out:
            return f"The real date stands out from {number} placebo dates (p = {self.p_value:.3f})."
        text = f"the real date does not stand out from {number} placebo dates (p = {self.p_value:.3f})"
        return f"Cannot tell: {text}."

    def __str__(self) -> str:
        return text_table(self.dates, self.sentence())


def placebo_dates(
    series: InterruptedSeries,
    counts: npt.ArrayLike,
    exposure: npt.ArrayLike | None = None,
    *,
    dates: npt.ArrayLike | None = None,
) -> PlaceboDates:
    """Fit `series` at its own change and, on the time before that only, at placebo `dates`.

    counts (n,) and exposure (n,) as for `series.fit`. dates: row numbers before the change; None = every
    date that leaves two seasons before and half a season after. Raises ValueError when no date can be
    fitted.

    Source: Abadie, Diamond & Hainmueller (2015), American Journal of Political Science 59, pages 495-510
    (placebo studies in time).

    >>> import numpy as np
    >>> rng = np.random.default_rng(2)
    >>> counts = np.append(rng.poisson(50, 72), rng.poisson(25, 24))
    >>> placebo_dates(InterruptedSeries(72, slope=False), counts).p_value < 0.05
    True
    """
    events = _arrays.counts(counts)
    amount = _arrays.exposure(exposure, events)
    real = _again(series, series.change).fit(events, amount)
    before = slice(0, series.change)
    rows = [_row(real, True)]
    for date in _candidates(series) if dates is None else _rows(dates):
        if not 0 < date < series.change:
            raise ValueError(f"dates holds {date}, which is not between 1 and the change {series.change}")
        rows.append(_row(_again(series, int(date)).fit(events[before], amount[before]), False))
    if len(rows) == 1:
        raise ValueError("no placebo date fits before the change; give a longer series before it, or dates")
    frame = pl.DataFrame(rows)
    heights = (frame["estimate"] / frame["standard_error"]).abs().to_numpy()
    missed = ((frame["lower"] > 0) | (frame["upper"] < 0)).to_numpy()[1:]
    return PlaceboDates(frame, float((heights >= heights[0]).mean()), float(missed.mean()), series.level)


def _rows(dates: npt.ArrayLike) -> npt.NDArray[np.int64]:
    rows = _arrays.finite(dates, "dates")
    if (rows != np.floor(rows)).any():
        raise ValueError("dates must hold whole row numbers, counted from 0")
    return rows.astype(np.int64)


def _candidates(series: InterruptedSeries) -> npt.NDArray[np.int64]:
    season = series.season or 12
    return np.arange(2 * season, series.change - season // 2)


def _again(series: InterruptedSeries, change: int) -> InterruptedSeries:
    return InterruptedSeries(
        change,
        season=series.season,
        harmonics=series.harmonics,
        level=series.level,
        family=series.family,
        slope=series.slope,
        trend=series.trend,
        lag=series.lag,
    )


def _row(series: InterruptedSeries, real: bool) -> dict[str, float | bool]:
    return {"change": float(series.change), **series.result_.change.row(), "real": real}
