"""The answer of `anlan effect`: the series read, fitted, told."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from anlan.edge.cli.periods import first_gap, placed, unread, written_as_period
from anlan.edge.cli.plots import BLUE, GREY, ORANGE, Dots, Line, Mark, Plot
from anlan.edge.cli.report_page import Section, write_report
from anlan.edge.cli.speaking import gettext, language
from anlan.edge.cli.tables import Column, TableError, cell, column_names, read_table
from anlan.stats.effects import InterruptedSeries

Season = Literal["month", "week", "quarter", "weekday", "none"]
Lang = Literal["zh", "en"]
_SEASONS: dict[Season, int | None] = {"month": 12, "week": 52, "quarter": 4, "weekday": 7, "none": None}
_HARMONICS: dict[Season, int | None] = {"week": 3}
"""Weeks are smoothed: 51 coefficients would need a long series."""


@dataclass(frozen=True)
class Asked:
    """What was asked at the command line; an empty column name means the first, the second, or none."""

    series: Path
    change: str
    season: Season
    period: str
    count: str
    exposure: str
    controls: tuple[str, ...]
    family: Literal["poisson", "negbin"]
    slope: bool
    level: float
    lang: Lang | None = None
    """None: that of the terminal."""

    @property
    def spoken(self) -> Lang:
        """The language of sentences and page."""
        return self.lang or ("en" if language() == "en" else "zh")


def answer(asked: Asked, as_json: bool, report: Path | None) -> str:
    """What is printed; the page is written to `report` unless it is None. Raises ValueError for bad input."""
    names = _names(asked.series, asked.period, asked.count)
    table = _months(read_table(asked.series, _columns(names, asked.exposure, asked.controls)), names)
    model = _fitted(asked, table, names)
    if report is not None:
        title = f"{asked.series.name}: {asked.change}"
        write_report(report, title, _sections(model, table, names, asked), asked.spoken)
    return (
        json.dumps(_facts(model, asked.change), ensure_ascii=False) if as_json else _text(model, asked.spoken)
    )


def _fitted(asked: Asked, table: pl.DataFrame, names: tuple[str, str]) -> InterruptedSeries:
    periods = table[names[0]].to_list()
    _refuse_disorder(periods, names[0], asked.series)
    if asked.exposure:
        _refuse_events_without_exposure(table, names[1], asked.exposure, asked.series)
    model = InterruptedSeries(
        _row_of(asked.change, periods, asked.series),
        season=_SEASONS[asked.season],
        harmonics=_HARMONICS.get(asked.season),
        level=asked.level,
        family=asked.family,
        slope=asked.slope,
    )
    return model.fit(
        table[names[1]],
        exposure=table[asked.exposure] if asked.exposure else None,
        controls=table.select(asked.controls).to_numpy() if asked.controls else None,
    )


def _names(series: Path, period: str, count: str) -> tuple[str, str]:
    """The columns of periods and counts; `year` and `month` serve together as periods."""
    there = column_names(series)
    if "" in there and not (period and count):
        raise TableError(
            gettext(
                "%(file)s: column %(n)s has no name; give it one, or say which columns you mean with "
                "--period and --count"
            )
            % {"file": series, "n": there.index("") + 1}
        )
    joined = not period and {"year", "month"} <= set(there)
    first = "month" if joined else period or there[0]
    free = [name for name in there if name != first and not (joined and name == "year")]
    if not (count or free):
        raise TableError(
            gettext("%(file)s: one column only; give a column of periods and one of counts")
            % {"file": series}
        )
    return ("year" if joined else first), count or free[0]


def _columns(names: tuple[str, str], exposure: str, controls: tuple[str, ...]) -> list[Column]:
    columns = (
        [Column("year", "count"), Column("month", "count")] if names[0] == "year" else [Column(names[0])]
    )
    columns += [Column(names[1], "count")]
    columns += [Column(exposure, "amount")] if exposure else []
    columns += [Column(name, "count") for name in controls]
    _refuse_two_uses([column.name for column in columns])
    return columns


def _refuse_two_uses(names: list[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise TableError(
            gettext(
                "column %(column)s is asked for twice; give --period, --count, --exposure and every "
                "--control a column of its own"
            )
            % {"column": repr(twice)}
        )


def _months(table: pl.DataFrame, names: tuple[str, str]) -> pl.DataFrame:
    """Year and month, when there are two columns of them, as one: 1983-02."""
    if "month" not in table.columns or names[0] != "year":
        return table
    month = pl.col("month").cast(pl.String).str.zfill(2)
    return table.with_columns(year=pl.format("{}-{}", pl.col("year"), month))


def _row_of(change: str, periods: list[str], series: Path) -> int:
    if change not in periods:
        raise TableError(
            gettext(
                "%(file)s: no period %(change)s; the file runs from %(first)s to %(last)s. Give --change "
                "as it stands there, the first period after the change"
            )
            % {
                "file": series,
                "change": repr(change),
                "first": repr(periods[0]),
                "last": repr(periods[-1]),
            }
        )
    if change == periods[0]:
        raise TableError(
            gettext(
                "%(file)s: --change %(change)s is the first period of the file; give the periods before "
                "it too"
            )
            % {"file": series, "change": change}
        )
    return periods.index(change)


def _refuse_events_without_exposure(table: pl.DataFrame, count: str, exposure: str, series: Path) -> None:
    wrong = (table[exposure] == 0) & (table[count] > 0)
    if wrong.any():
        row = int(wrong.arg_true()[0])
        raise TableError(
            cell(series, row, exposure)
            + gettext("0, but there are %(n)s events; correct one of the two") % {"n": table[count][row]}
        )


def _refuse_disorder(periods: list[str], name: str, series: Path) -> None:
    """Periods must follow each other, each once: one without events is a row with 0."""
    first = {period: row for row, period in reversed(list(enumerate(periods)))}
    again = next((row for row, period in enumerate(periods) if first[period] < row), None)
    if again is not None:
        raise TableError(
            cell(series, again, name)
            + gettext("%(value)s is there twice; add the counts up") % {"value": repr(periods[again])}
        )
    known = placed(periods, name, series)
    if known is None and any(map(written_as_period, periods)):
        raise unread(periods, name, series)
    row = first_gap(known.places) if known else None
    if row:
        raise TableError(
            cell(series, row, name)
            + gettext(
                "%(value)s follows %(before)s; give every period once and in order, with 0 where nothing "
                "happened"
            )
            % {"value": periods[row], "before": periods[row - 1]}
        )


def _text(model: InterruptedSeries, lang: Lang) -> str:
    kinds = ", ".join(f"{kind} {error:.4f}" for kind, error in model.standard_errors_.items())
    frame = str(model.result_).rsplit("\n", 1)[0]
    return "\n".join(
        [frame, f"standard errors of the level: {kinds}", model.sentence(lang), model.averted_.sentence(lang)]
    )


def _facts(model: InterruptedSeries, change: str) -> dict[str, object]:
    result = model.result_
    return {
        "change": change,
        "level": result.change.row(),
        "slope": result.slope.row() if result.slope else None,
        "averted": result.averted.row(),
        "standard_errors": result.standard_errors,
        "dispersion": result.dispersion,
        "sentence": {"en": model.sentence("en"), "zh": model.sentence("zh")},
        "averted_sentence": {"en": model.averted_.sentence("en"), "zh": model.averted_.sentence("zh")},
    }


def _estimates(model: InterruptedSeries, spoken: Lang) -> pl.DataFrame:
    frame = model.result_.to_frame()
    return frame.with_columns(term=pl.Series([gettext(term, spoken) for term in frame["term"]]))


def _sections(
    model: InterruptedSeries, table: pl.DataFrame, names: tuple[str, str], asked: Asked
) -> list[Section]:
    spoken = asked.spoken
    periods, counts = table[names[0]].to_list(), table[names[1]].to_list()
    late = range(model.change, len(counts))
    marks: list[Mark] = [
        Dots(gettext("counted", spoken), [(k, float(value)) for k, value in enumerate(counts)], GREY),
        Line(gettext("fitted", spoken), [(k, float(value)) for k, value in enumerate(model.fitted_)], BLUE),
        Line(
            gettext("without the change", spoken),
            [(k, float(model.expected_[k])) for k in late],
            ORANGE,
            "6 4",
        ),
    ]
    step = max(1, len(periods) // 8)
    ticks = {float(k): periods[k] for k in range(0, len(periods), step)}
    drawing = Plot(f"{names[1]} · {asked.change}", marks, gettext("period", spoken), names[1], ticks)
    sentences = (model.sentence(spoken), model.averted_.sentence(spoken))
    return [
        Section(gettext("What happened to the series", spoken), sentences),
        Section(gettext("Counts", spoken), plots=[drawing]),
        Section(gettext("Estimates", spoken), table=_estimates(model, spoken)),
    ]
