"""Forecasts scored month after month, beside the best possible and what last year would have said."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from anlan.stats import _arrays
from anlan.stats._arrays import Floats
from anlan.stats.hotspots.scores import cell_areas, score_forecast
from anlan.stats.tables import text_table

Forecast = Callable[[Floats], npt.ArrayLike]
"""Counts so far (cells, months before) -> a score for each cell."""


@dataclass(frozen=True)
class RollingScores:
    """Scores of each method in each month; prints as a table of their totals.

    `months`: a row for each month and method (forecast, last year, best possible): events, hits, hit_rate,
    area_share, pai, pei, rri.
    """

    months: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """A row for each method over all months: events, hits, hit_rate, area_share, pai, pei."""
        total = self.months.group_by("method", maintain_order=True).agg(
            pl.col("events").sum(), pl.col("hits").sum(), pl.col("area_share").mean()
        )
        best = total.filter(pl.col("method") == "best possible")["hits"].item()
        rate = pl.when(pl.col("events") > 0).then(pl.col("hits") / pl.col("events"))
        efficiency = pl.when(best > 0).then(pl.col("hits") / best)
        return total.with_columns(hit_rate=rate, pai=rate / pl.col("area_share"), pei=efficiency)

    def __str__(self) -> str:
        return text_table(self.to_frame())


def score_months(
    counts: npt.ArrayLike,
    forecast: Forecast,
    *,
    start: int = 12,
    share: float = 0.05,
    area: npt.ArrayLike | None = None,
) -> RollingScores:
    """Forecast each month from those before it, score it, go on to the next.

    counts (cells, months); forecast sees only the months before the one it is scored on. Beside it stand
    last year (`last_year`) and the best possible (the month's own counts, which nobody can know). Raises
    ValueError when `start` leaves no month before or after, and for a forecast of another length.

    Source: Hyndman & Athanasopoulos (2021) "Forecasting: Principles and Practice", section 5.10
    (evaluation on a rolling origin).

    >>> import numpy as np
    >>> counts = np.random.default_rng(0).poisson(np.linspace(0, 3, 40)[:, None], (40, 24))
    >>> score_months(counts, lambda past: past.mean(axis=1), share=0.1).to_frame()["method"].to_list()
    ['forecast', 'last year', 'best possible']
    """
    events = _arrays.counts(counts, dimensions=2)
    if not 1 <= start < events.shape[1]:
        raise ValueError(f"start is {start}; give a month between 1 and {events.shape[1] - 1}")
    sizes = cell_areas(area, events[:, 0])
    rows = []
    for month in range(start, events.shape[1]):
        past, now = events[:, :month].copy(), events[:, month]
        methods = {"forecast": forecast(past), "last year": last_year(past), "best possible": now / sizes}
        for method, scores in methods.items():
            score = score_forecast(scores, now, share=share, area=sizes, earlier=past[:, -1])
            rows.append({"month": month, "method": method, **vars(score)})
    return RollingScores(pl.DataFrame(rows, infer_schema_length=None))


def last_year(counts: npt.ArrayLike) -> Floats:
    """The plainest forecast: each cell's events in the last 12 months (cells, months) -> (cells,).

    Raises ValueError for counts negative or missing, or of another shape.

    Source: Chainey, Tompson & Uhlig (2008), Security Journal 21, pages 4-28, where past hotspots are the
    forecast.

    >>> last_year([[1, 2], [0, 4]]).tolist()
    [3.0, 4.0]
    """
    return np.asarray(_arrays.counts(counts, dimensions=2)[:, -12:].sum(axis=1))


def best_possible(events: npt.ArrayLike, area: npt.ArrayLike | None = None) -> Floats:
    """The forecast that nobody can beat: the events (cells,) themselves, per area.

    Raises ValueError for counts negative or missing, and areas (cells,) not above 0.

    Source: Hunt (2016) "Do crime hot spots move?", dissertation, American University, the chapter that
    defines the predictive efficiency index, of which this is the denominator.

    >>> best_possible([2, 0, 4], area=[1, 1, 4]).tolist()
    [2.0, 0.0, 1.0]
    """
    happened = _arrays.counts(events, "events")
    return np.asarray(happened / cell_areas(area, happened))
