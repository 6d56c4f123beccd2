"""The answer of `anlan survey`: the sample read, estimated, told."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

import polars as pl

from anlan.edge.cli.plots import BLUE, GREY, Bars, Dots, Mark, Plot
from anlan.edge.cli.report_page import Section, write_report
from anlan.edge.cli.speaking import gettext
from anlan.edge.cli.tables import Column, Kind, TableError, read_table
from anlan.stats.surveys import Design, SurveyEstimate
from anlan.stats.tables import text_table

Asked = tuple[Literal["mean", "total", "ratio", "proportion"], str, str]
"""What is estimated, of which column, and the second column or the value."""
_WRITTEN = {"ratio": "y/x", "proportion": "y=value"}


@dataclass(frozen=True)
class Drawn:
    """How the sample was drawn, by names of columns: "" = none, several with commas = one a stage."""

    data: Path
    weights: str
    strata: str
    clusters: str
    population: str
    by: str
    level: float
    lonely: Literal["error", "centre", "certainty"]
    interval: Literal["linear", "bootstrap"] = "linear"


def answer(drawn: Drawn, what: Asked, as_json: bool, report: Path | None) -> str:
    """What is printed; the page is written to `report` unless it is None. Raises ValueError for bad input."""
    stages, amounts = _split(drawn.clusters), _split(drawn.population)
    if drawn.by in {field.name for field in fields(SurveyEstimate)}:
        raise TableError(
            gettext("--by is %(by)s, which is a column of the answer; rename the one of the file")
            % {"by": repr(drawn.by)}
        )
    table = read_table(drawn.data, _columns(what, drawn.weights, drawn.strata, stages, amounts, drawn.by))
    design = Design(
        table[drawn.weights] if drawn.weights else None,
        strata=table[drawn.strata] if drawn.strata else None,
        clusters=[table[name] for name in stages] or None,
        population=[table[name] for name in amounts] or None,
        level=drawn.level,
        lonely=drawn.lonely,
        interval=drawn.interval,
    )
    frame = _estimates(design, table, what, drawn.by)
    if report is not None:
        write_report(report, f"{drawn.data.name}: {_title(what)}", _sections(frame, what))
    return json.dumps(frame.to_dicts(), ensure_ascii=False) if as_json else text_table(frame)


def asked(mean: str, total: str, ratio: str, proportion: str) -> Asked:
    """The one statistic that was asked for; ValueError unless it is exactly one, well written."""
    if sum(map(bool, (mean, total, ratio, proportion))) != 1:
        raise TableError(gettext("give exactly one of --mean, --total, --ratio, --proportion"))
    if mean or total:
        return ("mean", mean, "") if mean else ("total", total, "")
    name, sign = ("ratio", "/") if ratio else ("proportion", "=")
    first, found, second = (ratio or proportion).partition(sign)
    if not (first and found and second):
        facts = {"option": f"--{name}", "given": repr(ratio or proportion), "right": _WRITTEN[name]}
        raise TableError(gettext("%(option)s is %(given)s; write it as %(right)s") % facts)
    return ("ratio", first, second) if ratio else ("proportion", first, second)


def _columns(
    what: Asked, weights: str, strata: str, stages: list[str], amounts: list[str], by: str
) -> list[Column]:
    kinds: dict[str, Kind] = {name: "text" for name in (strata, by, *stages) if name}
    kinds |= {name: "amount" for name in (weights, *amounts) if name}
    # Last, since a column that is averaged must hold numbers whatever else it serves for.
    kinds |= {what[1]: "text" if what[0] == "proportion" else "number"}
    kinds |= {what[2]: "number"} if what[0] == "ratio" else {}
    return [Column(name, kind) for name, kind in kinds.items()]


def _split(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]


def _estimates(design: Design, table: pl.DataFrame, what: Asked, by: str) -> pl.DataFrame:
    if not by:
        return pl.DataFrame([asdict(_estimate(design, table, what, None))])
    groups = sorted(table[by].unique().to_list())
    rows = [{by: name, **asdict(_estimate(design, table, what, table[by] == name))} for name in groups]
    return pl.DataFrame(rows, infer_schema_length=None)


def _estimate(design: Design, table: pl.DataFrame, what: Asked, domain: pl.Series | None) -> SurveyEstimate:
    statistic, y, other = what
    match statistic:
        case "mean":
            return design.mean(table[y], domain)
        case "total":
            return design.total(table[y], domain)
        case "ratio":
            return design.ratio(table[y], table[other], domain)
        case "proportion":
            return design.proportion(_known(table[y], other), other, domain)


def _known(values: pl.Series, value: str) -> pl.Series:
    if value not in values.to_list():
        there = ", ".join(map(repr, sorted(values.unique().to_list())[:10]))
        raise TableError(
            gettext("column %(column)s never holds %(value)s; it holds %(there)s")
            % {"column": repr(values.name), "value": repr(value), "there": there}
        )
    return values


def _title(what: Asked) -> str:
    statistic, y, other = what
    sign = {"ratio": "/", "proportion": "="}.get(statistic, "")
    return f"{gettext(statistic)} {y}{sign}{other}"


def _sections(frame: pl.DataFrame, what: Asked) -> list[Section]:
    names = frame[frame.columns[0]].to_list() if frame.columns[0] != "estimate" else [_title(what)]
    places = range(len(names))
    marks: list[Mark] = [
        Bars("", list(zip(places, frame["lower"], frame["upper"], strict=True)), GREY),
        Dots("", list(zip(places, frame["estimate"], strict=True)), BLUE, 5.0),
    ]
    ticks = {float(k): str(name) for k, name in enumerate(names)}
    note = gettext("Bars are %(level)s %% intervals by the design of the sample.") % {
        "level": f"{100 * frame['level'][0]:g}"
    }
    told = frame.rename({"design_effect": "design effect", "degrees_of_freedom": "degrees of freedom"})
    return [Section(_title(what), [note], [Plot(_title(what), marks, "", what[1], ticks)], told)]
