"""The answer of `anlan scan`: the two tables read and joined, scanned, told."""

import io
import json
from dataclasses import asdict, dataclass
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from anlan.edge.cli.periods import Periods, read, unread, written
from anlan.edge.cli.plots import GREY, ORANGE, RED, Dots, Plot
from anlan.edge.cli.report_page import Section, shown, write_report
from anlan.edge.cli.speaking import gettext
from anlan.edge.cli.tables import Column, TableError, cell, column_names, read_table, refuse_repeated
from anlan.stats.scan import Cluster, PermutationScan, PoissonScan

_POINTS = (
    Column("id"),
    Column("lng", "number"),
    Column("lat", "number"),
    Column("baseline", "amount", False),
)
_COUNTS = (Column("id"), Column("count", "count"))
_WHEN = {
    "prospective": "clusters that last until the end",
    "retrospective": "clusters at any time",
    "never": "clusters in space alone",
}
_SHOWN = 10
_MOST_PERIODS = 100_000
_SURE = 0.05


@dataclass(frozen=True)
class Asked:
    """What was asked at the command line."""

    points: Path
    counts: Path
    when: str
    window: int
    neighbours: int | None
    rates: str
    model: str
    replications: int
    seed: int | None


@dataclass(frozen=True)
class Study:
    """The two tables as arrays; `periods` are the names of the columns of `counts`."""

    points: pl.DataFrame
    counts: NDArray[np.int64]
    periods: tuple[str, ...]


def answer(asked: Asked, as_json: bool, report: Path | None, map_: Path | None) -> str:
    """What is printed; pages are written where asked. Raises ValueError for bad input."""
    _refuse_seed(asked.seed)
    study = _study(asked)
    clusters = list(_scanned(asked, study))
    title, summary = f"{asked.counts.name}: {gettext(_WHEN[asked.when])}", _summary(clusters, asked.rates)
    if map_ is not None:
        write_report(map_, title, [Section(gettext("Map"), [summary], [_drawing(study, clusters)])])
    if report is not None:
        sections = [
            Section(gettext("What the scan found"), [summary]),
            Section(gettext("Map"), plots=[_drawing(study, clusters)]),
            Section(gettext("Clusters"), [_how_to_read()], table=_frame(study, clusters)),
        ]
        write_report(report, title, sections)
    return _json(study, clusters) if as_json else _table(study, clusters, summary)


def _how_to_read() -> str:
    return gettext(
        "The p-value of a cluster is the share of data sets made by chance in which some cluster is at least "
        "as marked: all the places, sizes and times that were looked at are paid for. A cluster says where "
        "and when to look, not why."
    )


def _refuse_seed(seed: int | None) -> None:
    if seed is not None and seed < 0:
        raise TableError(gettext("--seed is %(seed)s; give a whole number from 0") % {"seed": seed})


def _study(asked: Asked) -> Study:
    points = read_table(asked.points, _POINTS)
    refuse_repeated(points["id"], asked.points)
    _refuse_off_earth(points, asked.points)
    period = _period_column(asked)
    rows = read_table(asked.counts, [*_COUNTS, *([Column(period)] if period else [])])
    at = {name: row for row, name in enumerate(points["id"])}
    for row, name in enumerate(rows["id"]):
        if name not in at:
            raise TableError(
                cell(asked.counts, row, "id")
                + gettext("%(value)s is no place of %(points)s; add it there or leave the row out")
                % {"value": repr(name), "points": asked.points}
            )
    steps: list[int] = [0] * len(rows)
    periods: tuple[str, ...] = ("0",)
    if period:
        steps, periods = _steps(rows[period].to_list(), period, asked.counts)
    counts = np.zeros((len(points), len(periods)), np.int64)
    np.add.at(counts, ([at[name] for name in rows["id"]], steps), rows["count"].to_numpy())
    if asked.model == "poisson" and "baseline" in points.columns:
        _refuse_events_without_baseline(points, counts, asked.points)
    return Study(points, counts, tuple(periods))


def _period_column(asked: Asked) -> str | None:
    there = [name for name in ("period", "date") if name in column_names(asked.counts)]
    if not there and asked.when != "never":
        raise TableError(
            gettext(
                "%(file)s: no column 'period' or 'date'; name the column of days or numbers so, or give "
                "--when never"
            )
            % {"file": asked.counts}
        )
    return there[0] if there else None


def _refuse_events_without_baseline(points: pl.DataFrame, counts: NDArray[np.int64], path: Path) -> None:
    wrong = (points["baseline"].to_numpy() == 0) & counts.any(axis=1)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise TableError(
            cell(path, row, "baseline")
            + gettext(
                "0, but %(place)s has %(n)s events; give the persons there, or leave the place and its "
                "events out"
            )
            % {"place": repr(points["id"][row]), "n": counts[row].sum()}
        )


def _refuse_off_earth(points: pl.DataFrame, path: Path) -> None:
    for name, least, most in (("lat", -90, 90), ("lng", -180, 360)):
        wrong = ~points[name].is_between(least, most)
        if wrong.any():
            row = int(wrong.arg_true()[0])
            raise TableError(
                cell(path, row, name)
                + gettext(
                    "%(value)s is no angle on Earth; give degrees, the longitude as lng and the latitude "
                    "as lat"
                )
                % {"value": points[name][row]}
            )


def _steps(texts: list[str], column: str, path: Path) -> tuple[list[int], tuple[str, ...]]:
    """The place of each row among the periods from the first to the last, and the names of all of these."""
    found = read(texts, column, path)
    if found is None:
        raise unread(texts, column, path)
    first, last = min(found.places), max(found.places)
    if last - first > _MOST_PERIODS:
        raise _too_long(found, texts, column, path)
    return [at - first for at in found.places], tuple(written(found, at) for at in range(first, last + 1))


def _too_long(found: Periods, texts: list[str], column: str, path: Path) -> TableError:
    """Names the row that lies farthest from the middle one: most likely a slip of the pen."""
    middle = sorted(found.places)[len(texts) // 2]
    row = max(range(len(texts)), key=lambda at: abs(found.places[at] - middle))
    span = max(found.places) - min(found.places) + 1
    return TableError(
        cell(path, row, column)
        + gettext("with %(value)s the file spans %(n)s periods; correct it, or give at most %(most)s")
        % {"value": repr(texts[row]), "n": span, "most": _MOST_PERIODS}
    )


def _scanned(asked: Asked, study: Study) -> Any:
    options: dict[str, Any] = {
        "window": asked.window,
        "neighbours": asked.neighbours,
        "when": asked.when,
        "rates": asked.rates,
        "replications": asked.replications,
        "rng": asked.seed,
    }
    where = study.points.select("lng", "lat").to_numpy()
    if asked.model == "permutation":
        return PermutationScan(**options).fit(where, study.counts).clusters_
    baseline = study.points["baseline"].to_numpy() if "baseline" in study.points.columns else None
    return PoissonScan(**options).fit(where, study.counts, baseline).clusters_


def _facts(study: Study, cluster: Cluster) -> dict[str, Any]:
    names = study.points["id"]
    facts = {name: value for name, value in asdict(cluster).items() if name != "shares"}
    chances = ("p_value", "gumbel_p_value")
    return facts | {
        **{name: None if isnan(facts[name]) else facts[name] for name in chances},
        "members": [names[at] for at in cluster.members],
        "centre": names[cluster.centre],
        "start": study.periods[cluster.start],
        "end": study.periods[cluster.end],
    }


def _json(study: Study, clusters: list[Cluster]) -> str:
    return json.dumps({"clusters": [_facts(study, one) for one in clusters]}, ensure_ascii=False)


def _summary(clusters: list[Cluster], rates: str) -> str:
    if not clusters and rates == "low":
        return gettext("No cluster: nowhere are there fewer events than expected.")
    if not clusters:
        return gettext("No cluster: nowhere are there more events than expected.")
    counted = gettext("1 cluster") if len(clusters) == 1 else gettext("%(n)s clusters") % {"n": len(clusters)}
    best = clusters[0].p_value
    if isnan(best):
        return gettext("%(clusters)s; without replications none has a p-value.") % {"clusters": counted}
    sure = sum(one.p_value <= _SURE for one in clusters)
    said = gettext("%(clusters)s, %(sure)s of them with p at most %(limit)s; the most marked has p = %(p)s.")
    return said % {"clusters": counted, "sure": sure, "limit": _SURE, "p": f"{best:.4g}"}


def _frame(study: Study, clusters: list[Cluster]) -> pl.DataFrame:
    rows = [
        {
            "centre": study.points["id"][one.centre],
            "places": len(one.members),
            "radius km": round(one.radius, 2),
            "start": study.periods[one.start],
            "end": study.periods[one.end],
            "observed": one.observed,
            "expected": round(one.expected, 2),
            "relative risk": round(one.relative_risk, 2),
            "llr": round(one.llr, 4),
            "p": None if isnan(one.p_value) else one.p_value,
        }
        for one in clusters[:_SHOWN]
    ]
    return pl.DataFrame(rows)


def _table(study: Study, clusters: list[Cluster], summary: str) -> str:
    frame = _frame(study, clusters)
    table = Table(box=None)
    for name in frame.columns:
        table.add_column(name, justify="right", no_wrap=True)
    for row in frame.iter_rows():
        table.add_row(*map(shown, row))
    sheet = io.StringIO()
    if clusters:
        Console(file=sheet, width=160, markup=False).print(table)
    left = len(clusters) - _SHOWN
    more = gettext("... and %(n)s more") % {"n": left} + "\n" if left > 0 else ""
    return f"{sheet.getvalue()}{more}{summary}"


def _drawing(study: Study, clusters: list[Cluster]) -> Plot:
    names = study.points["id"].to_list()
    where = list(zip(study.points["lng"].to_list(), study.points["lat"].to_list(), strict=True))
    sure = {at for one in clusters if one.p_value <= _SURE for at in one.members}
    best = set(clusters[0].members) if clusters else set()
    kinds = (
        (gettext("places"), set(range(len(names))) - best - sure, GREY, 2.0),
        (gettext("p at most %(limit)s") % {"limit": _SURE}, sure - best, ORANGE, 3.5),
        (gettext("most marked"), best, RED, 4.5),
    )
    marks = [
        Dots(label, [where[at] for at in sorted(rows)], colour, radius, [names[at] for at in sorted(rows)])
        for label, rows, colour, radius in kinds
        if rows
    ]
    return Plot(
        gettext("Places of the clusters"), marks, gettext("longitude"), gettext("latitude"), kind="map"
    )
