"""The answer of `anlan rates`: the table read, its rates told with how sure they are."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from anlan.edge.cli.answers import show
from anlan.edge.cli.plots import BLUE, GREY, ORANGE, RED, Bars, Dots, Line, Mark, Plot
from anlan.edge.cli.report_page import Section, write_report
from anlan.edge.cli.speaking import gettext
from anlan.edge.cli.tables import Column, TableError, cell, read_table, refuse_repeated
from anlan.stats._arrays import Floats
from anlan.stats.rates import (
    FEWEST_EVENTS,
    EmpiricalBayes,
    FunnelLimits,
    bare_rate,
    funnel_limits,
    poisson_interval,
    rate_ratio,
)

_COLUMNS = [
    Column("place"),
    Column("count", "count"),
    Column("exposure", "amount"),
    Column("base_count", "count", required=False),
    Column("base_exposure", "amount", required=False),
]


@dataclass(frozen=True)
class Asked:
    """What was asked at the command line."""

    table: Path
    per: float
    level: float
    method: Literal["exact", "midp"]
    spread: Literal["none", "multiplicative", "additive"]


def answer(asked: Asked, as_json: bool, report: Path | None) -> None:
    """Print a row for each place; write the page to `report` unless it is None. ValueError for bad input."""
    if not 0 < asked.per < np.inf:
        raise TableError(
            gettext("--per is %(per)s; give a number above 0, such as 100000") % {"per": f"{asked.per:g}"}
        )
    data = read_table(asked.table, _COLUMNS)
    refuse_repeated(data["place"], asked.table)
    _refuse_base_without_events(data, asked.table)
    _refuse_empty_places(data, asked.table)
    table = _rated(data, asked)
    title = f"{asked.table.name}: {_per(asked)}"
    show(table, title, as_json)
    if report is not None:
        write_report(report, title, _sections(data, table, asked))


def _per(asked: Asked) -> str:
    return gettext("per %(n)s") % {"n": f"{asked.per:,.0f}"}


def _refuse_base_without_events(data: pl.DataFrame, path: Path) -> None:
    if "base_exposure" in data.columns and "base_count" not in data.columns:
        raise TableError(
            gettext(
                "%(file)s: no column 'base_count', but there is 'base_exposure'; give the events to "
                "compare with too"
            )
            % {"file": path}
        )


def _refuse_empty_places(data: pl.DataFrame, path: Path) -> None:
    for name in {"exposure", "base_exposure"} & set(data.columns):
        empty = data[name] == 0
        if empty.any():
            row = int(empty.arg_true()[0])
            raise TableError(
                cell(path, row, name)
                + gettext("0 cannot stand there; give persons or kilometres, or leave the place out")
            )


def _rated(data: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    counts, exposure = (data[name].to_numpy().astype(float) for name in ("count", "exposure"))
    found = poisson_interval(counts, exposure, asked.level, asked.method)
    columns = {
        "rate": bare_rate(counts, exposure) * np.float64(asked.per),
        "lower": found.lower * np.float64(asked.per),
        "upper": found.upper * np.float64(asked.per),
    }
    if len(counts) > 1:
        model = EmpiricalBayes(level=asked.level).fit(counts, exposure)
        parts = {"smoothed": model.rate_, "smoothed_lower": model.lower_, "smoothed_upper": model.upper_}
        columns |= {name: part * asked.per for name, part in parts.items()}
        funnel = _funnel(counts, exposure, asked)
        columns |= {} if funnel is None else {"outside": funnel.outside[-1]}
    if "base_count" in data.columns:
        columns |= _compared(data, asked)
    table = data.select("place", "count", "exposure").with_columns(
        **{name: pl.Series(np.atleast_1d(part)) for name, part in columns.items()}
    )
    return table.with_columns(pl.col(pl.Float64).fill_nan(None))


def _compared(data: pl.DataFrame, asked: Asked) -> dict[str, Floats]:
    """Count over base count, each by its exposure (the base's own, where the file gives one)."""
    base = data["base_exposure"] if "base_exposure" in data.columns else data["exposure"]
    found = rate_ratio(data["count"], data["base_count"], data["exposure"], base, asked.level)
    bounds = found.exact if asked.method == "exact" else found.midp
    parts = {"ratio": found.ratio, "ratio_lower": bounds[0], "ratio_upper": bounds[1]}
    return {name: np.atleast_1d(part) for name, part in parts.items()}


def _funnel(counts: Floats, exposure: Floats, asked: Asked) -> FunnelLimits | None:
    if not counts.any():
        return None
    return funnel_limits(counts, exposure, spread=asked.spread)


def _sections(data: pl.DataFrame, table: pl.DataFrame, asked: Asked) -> list[Section]:
    words = [
        gettext(
            "Rates are per %(n)s; intervals hold %(level)s %%. A rate of fewer than %(fewest)s events is not "
            "given without its interval."
        )
        % {"n": f"{asked.per:,.0f}", "level": f"{100 * asked.level:g}", "fewest": FEWEST_EVENTS},
        gettext(
            "Smoothed rates are drawn towards the mean of all places, the more the fewer events a place has. "
            "A place outside the funnel differs from the mean by more than chance; places picked for being "
            "high will look better next time without anybody's doing."
        ),
    ]
    plots = [_interval_plot(table, asked)]
    funnel = _funnel(data["count"].to_numpy().astype(float), data["exposure"].to_numpy(), asked)
    if funnel is not None and data.height > 1:
        plots.append(_funnel_plot(funnel, data["place"].to_list(), asked))
    return [
        Section(gettext("How sure the rates are"), words, plots),
        Section(gettext("Each place"), table=table),
    ]


def _interval_plot(table: pl.DataFrame, asked: Asked) -> Plot:
    rows = list(table.head(40).iter_rows(named=True))
    bars = [(float(k), row["lower"], row["upper"]) for k, row in enumerate(rows)]
    raw = [(float(k), asked.per * row["count"] / row["exposure"]) for k, row in enumerate(rows)]
    smoothed = [(float(k), row["smoothed"]) for k, row in enumerate(rows) if "smoothed" in row]
    ticks = {float(k): row["place"] for k, row in enumerate(rows) if len(rows) <= 12 or k % 4 == 0}
    marks: list[Mark] = [
        Bars(gettext("interval"), bars),
        Dots(gettext("rate"), raw, BLUE, labels=[row["place"] for row in rows]),
        Dots(gettext("smoothed"), smoothed, ORANGE),
    ]
    return Plot(gettext("Rates and their intervals"), marks, gettext("place"), _per(asked), ticks)


def _funnel_plot(funnel: FunnelLimits, places: list[str], asked: Asked) -> Plot:
    order = np.argsort(funnel.exposure)
    x = funnel.exposure[order]
    marks: list[Mark] = []
    for k, level in enumerate(funnel.levels):
        for ends, name in ((funnel.upper, f"{100 * level:g} %"), (funnel.lower, "")):
            points = list(zip(map(float, x), asked.per * ends[k][order], strict=True))
            marks.append(Line(name, points, (GREY, BLUE)[k % 2], "5 3"))
    rate = asked.per * funnel.rate
    inside = ~funnel.outside[-1]
    for chosen, colour, name in ((inside, GREY, gettext("inside")), (~inside, RED, gettext("outside"))):
        rows = np.flatnonzero(chosen)
        dots = [(float(funnel.exposure[k]), float(rate[k])) for k in rows]
        marks.append(Dots(name, dots, colour, labels=[places[k] for k in rows]))
    return Plot(gettext("Funnel: places against the mean of all"), marks, gettext("exposure"), _per(asked))
