"""How good was a forecast of where? Hit rate, PAI, PEI, RRI."""

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from anlan.stats import _arrays
from anlan.stats._arrays import Flags, Floats
from anlan.stats.tables import text_table


@dataclass(frozen=True)
class ForecastScore:
    """Scores of one forecast for one period; prints as a table. A score that divides by nothing is None.

    `hit_rate`: share of the events inside the chosen cells. `pai`: hit rate over the share of area chosen
    (Chainey, Tompson & Uhlig 2008); 1 = no better than anywhere. `pei`: pai over the best possible with as
    much area (Hunt 2016; cells of unequal area are taken for it by density, which can fall short of the very
    best); 1 = could not have been better. `rri`: hits over hits before, over the change of
    all events (Levine 2008); 1 = the hotspots held.
    """

    events: float
    hits: float
    hit_rate: float | None
    area_share: float
    pai: float | None
    pei: float | None
    rri: float | None

    def to_frame(self) -> pl.DataFrame:
        """One row with all scores."""
        return pl.DataFrame([asdict(self)])

    def __str__(self) -> str:
        return text_table(self.to_frame())


def score_forecast(
    forecast: npt.ArrayLike,
    events: npt.ArrayLike,
    *,
    share: float = 0.05,
    area: npt.ArrayLike | None = None,
    earlier: npt.ArrayLike | None = None,
) -> ForecastScore:
    """Score a forecast (cells,) by the events (cells,) that then happened.

    The cells with the highest forecast are chosen until `share` of the area is used (never more, at least
    one); area (cells,) of each cell or length of each street piece, None = all alike; earlier (cells,)
    events of the period before, for the recapture rate. Raises ValueError for invalid arrays and an area
    that is not above 0.

    Source: Chainey, Tompson & Uhlig (2008), Security Journal 21, pages 4-28; Hunt (2016) and Levine
    (2008), as `pei` and `rri`.

    >>> score_forecast([5, 1, 0, 0], [3, 1, 0, 0], share=0.25).pai
    3.0
    """
    happened = _arrays.counts(events, "events")
    sizes = cell_areas(area, happened)
    chosen = highest(_same(forecast, happened, "forecast"), sizes, share)
    best = highest(happened / sizes, sizes, share, upto=float(sizes[chosen].sum()))
    total, hits = float(happened.sum()), float(happened[chosen].sum())
    used = float(sizes[chosen].sum() / sizes.sum())
    rate = hits / total if total > 0 else None
    most = max(float(happened[best].sum()), hits)
    return ForecastScore(
        total,
        hits,
        rate,
        used,
        None if rate is None else rate / used,
        hits / most if most > 0 else None,
        _recaptured(hits, total, chosen, None if earlier is None else _same(earlier, happened, "earlier")),
    )


def hit_rate(hits: float, events: float) -> float:
    """Share of the events inside the hotspots; one number each.

    Raises ValueError unless 0 <= hits <= events, with at least one event.

    Source: Chainey, Tompson & Uhlig (2008) "The utility of hotspot mapping for predicting spatial
    patterns of crime", Security Journal 21, pages 4-28.

    >>> hit_rate(30, 120)
    0.25
    """
    if not 0 <= hits <= events or events == 0:
        raise ValueError(f"{hits} hits of {events} events: give 0 <= hits <= events, and at least one event")
    return hits / events


def pai(hits: float, events: float, area: float, whole: float) -> float:
    """Predictive accuracy index (Chainey, Tompson & Uhlig 2008): hit rate over share of area.

    All are one number each; area and whole in one unit. Raises ValueError unless 0 < area <= whole and 0
    <= hits <= events, events above 0.

    Source: Chainey, Tompson & Uhlig (2008), Security Journal 21, pages 4-28.

    >>> pai(30, 120, 5, 100)
    5.0
    """
    if not 0 < area <= whole:
        raise ValueError(f"area {area} of {whole}: give 0 < area <= whole")
    return hit_rate(hits, events) / (area / whole)


def pei(hits: float, best_hits: float) -> float:
    """Predictive efficiency index (Hunt 2016): PAI over the best PAI that the same area could reach.

    One number each. Raises ValueError unless 0 <= hits <= best_hits, best_hits above 0.

    Source: Hunt (2016) "Do crime hot spots move?", dissertation, American University, the chapter that
    defines the index.

    >>> pei(30, 40)
    0.75
    """
    if not 0 <= hits <= best_hits or best_hits == 0:
        raise ValueError(
            f"{hits} hits where {best_hits} were possible: give 0 <= hits <= best_hits, best above 0"
        )
    return hits / best_hits


def rri(hits: float, earlier_hits: float, events: float, earlier_events: float) -> float:
    """Recapture rate index (Levine 2008): ratio of hits over ratio of all events.

    One number each. Raises ValueError where earlier hits, earlier events or events are 0.

    Source: Levine (2008) "The 'hottest' part of a hotspot", Security Journal 21, pages 295-302.

    >>> rri(30, 40, 100, 80)
    0.6
    """
    if min(earlier_hits, earlier_events, events) <= 0 or hits < 0:
        raise ValueError("earlier hits, earlier events and events must be above 0")
    return (hits / earlier_hits) / (events / earlier_events)


def highest(values: Floats, sizes: Floats, share: float, upto: float | None = None) -> Flags:
    """The cells with the highest values that fit into the share of area; ties by row, at least one."""
    _arrays.share(share, "share")
    allowed = share * float(sizes.sum()) if upto is None else upto
    order = np.argsort(-values, kind="stable")
    chosen = np.zeros(len(values), dtype=np.bool_)
    chosen[order[np.cumsum(sizes[order]) <= allowed * (1 + 1e-9)]] = True
    if not chosen.any():
        chosen[order[0]] = True
    return chosen


def cell_areas(area: npt.ArrayLike | None, events: Floats) -> Floats:
    """One area a cell, above 0; 1 where none is given."""
    if len(events) == 0:
        raise ValueError("there are no cells; give at least one")
    sizes = np.ones(len(events)) if area is None else _same(area, events, "area")
    if (sizes <= 0).any():
        raise ValueError(
            f"area: {sizes.min():g} at row {int(sizes.argmin())} is not above 0; leave that cell out"
        )
    return sizes


def _same(values: npt.ArrayLike, events: Floats, name: str) -> Floats:
    array = _arrays.finite(values, name)
    _arrays.same_length(array, events, name, "events")
    return array


def _recaptured(hits: float, total: float, chosen: Flags, earlier: Floats | None) -> float | None:
    if earlier is None or total == 0 or earlier[chosen].sum() == 0:
        return None
    return rri(hits, float(earlier[chosen].sum()), total, float(earlier.sum()))
