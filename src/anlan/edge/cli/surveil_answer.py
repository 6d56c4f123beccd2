"""The answer of `anlan surveil`: the series read, judged, told."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from anlan.edge.cli.answers import show
from anlan.edge.cli.periods import Kind, first_gap, placed, unread
from anlan.edge.cli.plots import BLUE, GREY, ORANGE, RED, Dots, Line, Mark, Plot
from anlan.edge.cli.report_page import Section, write_report
from anlan.edge.cli.speaking import gettext
from anlan.edge.cli.tables import Column, TableError, cell, read_table
from anlan.stats._arrays import Floats
from anlan.stats.surveillance import CountGlr, Cusum, Ears, Farrington, Findings, false_discovery

_PLOTS = 12
_SHOWN_PERIODS = 104


@dataclass(frozen=True)
class Asked:
    """What was asked at the command line."""

    series: Path
    method: Literal["farrington", "ears", "cusum", "glr"]
    last: int
    steps: int
    years: int
    bound: Literal["predictive", "delta", "negbin", "muan"]
    alpha: float
    rate: float


@dataclass(frozen=True)
class Counts:
    """Counts (series, periods) with the names of both, in the order of the file and of time."""

    names: list[str]
    periods: list[str]
    values: Floats
    kind: Kind


def answer(asked: Asked, as_json: bool, report: Path | None) -> None:
    """Print the judged periods; write the page to `report` unless it is None. ValueError for bad input."""
    counts = read_series(asked.series)
    if asked.method in ("farrington", "glr"):
        _refuse_other_year(counts.kind, asked.steps)
    findings = _judged(asked, counts)
    table = _table(findings, counts, asked)
    title = gettext("%(file)s: %(method)s, the last %(n)s") % {
        "file": asked.series.name,
        "method": asked.method,
        "n": asked.last,
    }
    show(table, title, as_json)
    if report is not None:
        write_report(report, title, _sections(findings, counts, table))


def read_series(path: Path) -> Counts:
    """The file's counts; every series must have every period once, so that a missing week is never taken
    for 0.
    """
    columns = [Column("period"), Column("count", "count"), Column("series", required=False)]
    table = read_table(path, columns)
    if "series" not in table.columns:
        table = table.with_columns(series=pl.lit("all"))
    names = table["series"].unique(maintain_order=True).to_list()
    periods, kind = _ordered(table["period"].to_list(), path)
    _refuse_gaps(table, names, periods, path)
    place = {period: k for k, period in enumerate(periods)}
    values = np.zeros((len(names), len(periods)))
    row = {name: k for k, name in enumerate(names)}
    where = [row[name] for name in table["series"]], [place[period] for period in table["period"]]
    values[where] = table["count"]
    return Counts(names, periods, values, kind)


def _ordered(texts: list[str], path: Path) -> tuple[list[str], Kind]:
    """The periods of all rows, each once in the order of time, and what they are."""
    known = placed(texts, "period", path)
    if known is None:
        raise unread(texts, "period", path)
    place_of = dict(zip(texts, known.places, strict=True))
    ordered = sorted(place_of, key=place_of.__getitem__)
    gap = first_gap([place_of[period] for period in ordered])
    if gap:
        raise TableError(
            cell(path, texts.index(ordered[gap]), "period")
            + gettext(
                "%(value)s follows %(before)s; give every period, in one way, with count 0 where nothing "
                "happened"
            )
            % {"value": ordered[gap], "before": ordered[gap - 1]}
        )
    return ordered, known.kind


_CALLED: dict[Kind, str] = {"day": "days", "week": "weeks", "month": "months", "quarter": "quarters"}
_YEARS: dict[Kind, tuple[int, ...]] = {"week": (52, 53), "month": (12,), "quarter": (4,)}


def _refuse_other_year(kind: Kind, steps: int) -> None:
    """A year of the wrong length compares April with August."""
    if steps < 1:
        raise TableError(
            gettext("--steps is %(steps)s; give the periods in a year: 52 weeks, 12 months, 365 days")
            % {"steps": steps}
        )
    right = _YEARS.get(kind, ())
    if (right and steps not in right) or (kind == "day" and steps in (4, 12, 52, 53)):
        facts = {"steps": steps, "kind": gettext(_CALLED[kind]), "right": right[0] if right else 365}
        raise TableError(
            gettext("--steps is %(steps)s, but the periods are %(kind)s; give --steps %(right)s") % facts
        )


def _refuse_gaps(table: pl.DataFrame, names: list[str], periods: list[str], path: Path) -> None:
    twice = table.select(pl.struct("series", "period").is_duplicated()).to_series()
    if twice.any():
        row = int(twice.arg_true()[-1])
        raise TableError(
            cell(path, row, "period")
            + gettext("%(value)s is there twice for series %(series)s; add the counts up")
            % {"value": repr(table["period"][row]), "series": repr(table["series"][row])}
        )
    if table.height == len(names) * len(periods):
        return
    there = set(table.select("series", "period").iter_rows())
    name, period = next((n, p) for n in names for p in periods if (n, p) not in there)
    raise TableError(
        gettext(
            "%(file)s: series %(series)s has no row for period %(period)s; give every series every "
            "period, with count 0 where nothing happened"
        )
        % {"file": path, "series": repr(name), "period": repr(period)}
    )


def _judged(asked: Asked, counts: Counts) -> Findings:
    length = len(counts.periods)
    if not 1 <= asked.last <= length:
        raise TableError(
            gettext("--last is %(last)s; give 1 to %(n)s, the number of periods in the file")
            % {"last": asked.last, "n": length}
        )
    at = list(range(length - asked.last, length))
    if asked.method == "farrington":
        window, periods = _year(asked.steps)
        model = Farrington(
            years=asked.years,
            half_window=window,
            periods=periods,
            alpha=asked.alpha,
            bound=asked.bound,
            skip=asked.steps // 2,
            steps=asked.steps,
        )
        return model.fit(counts.values, at).result_
    if asked.method == "ears":
        limit: Literal["predictive", "normal"] = "predictive" if asked.bound == "predictive" else "normal"
        return Ears(alpha=asked.alpha, limit=limit).fit(counts.values, at).result_
    if asked.method == "cusum":
        return Cusum().fit(counts.values, at).result_
    return CountGlr(steps=asked.steps).fit(counts.values, at).result_


def _year(steps: int) -> tuple[int, int]:
    """Half the window and the parts of the year, for years of so many periods."""
    window = 3 if steps >= 40 else min(1, (steps - 1) // 2)
    return window, min(10, max(1, steps // 3), steps - 2 * window)


def _table(findings: Findings, counts: Counts, asked: Asked) -> pl.DataFrame:
    """A row for each series and judged period, alarms first; with `stands` where p-values allow it."""
    frame = findings.to_frame()
    if findings.p_value is not None:
        stands = false_discovery(findings.p_value[:, -1], asked.rate).stands
        last = frame["row"] == findings.at[-1]
        frame = frame.with_columns(
            stands=pl.when(last).then(pl.Series(stands[frame["series"].to_numpy()])).otherwise(None)
        )
    return (
        frame.with_columns(
            series=pl.Series([counts.names[k] for k in frame["series"]]),
            row=pl.Series([counts.periods[k] for k in frame["row"]]),
            observed=pl.col("observed").cast(pl.Int64),
        )
        .rename({"row": "period"})
        .sort("alarm", descending=True, maintain_order=True)
    )


def _sections(findings: Findings, counts: Counts, table: pl.DataFrame) -> list[Section]:
    alarmed = np.flatnonzero(findings.alarm.any(axis=1))
    chosen = (alarmed if alarmed.size else np.arange(len(counts.names)))[:_PLOTS]
    words = [
        gettext("%(alarmed)s of %(all)s series have an alarm in the judged periods.")
        % {"alarmed": len(alarmed), "all": len(counts.names)},
        gettext(
            "An alarm says that a count is higher than the series' own past explains; it does not say why. "
            "Look at recording, at what else happened that week, and at how many series were judged, before "
            "acting."
        ),
    ]
    plots = [_plot(findings, counts, int(k)) for k in chosen]
    return [
        Section(gettext("What is unusual"), words, plots),
        Section(gettext("Each judged period"), table=table.head(1000)),
    ]


def _plot(findings: Findings, counts: Counts, series: int) -> Plot:
    first = max(0, len(counts.periods) - _SHOWN_PERIODS)
    rows = range(first, len(counts.periods))
    seen = [(float(t), float(counts.values[series, t])) for t in rows]
    limit = list(zip(map(float, findings.at), findings.upper[series], strict=True))
    alarms = [(float(t), float(counts.values[series, t])) for t in findings.at[findings.alarm[series]]]
    ticks = {float(t): counts.periods[t] for t in list(rows)[:: max(1, len(rows) // 6)]}
    marks: list[Mark] = [
        Line(gettext("count"), seen, GREY),
        Line(gettext("limit"), limit, BLUE, "5 3"),
        Dots(gettext("judged"), [point for point in seen if int(point[0]) in set(findings.at)], ORANGE),
        Dots(gettext("alarm"), alarms, RED, 5.0),
    ]
    return Plot(counts.names[series], marks, gettext("period"), gettext("events"), ticks)
