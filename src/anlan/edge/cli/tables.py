"""Reading a table that somebody hands to the command line: CSV or Parquet, with declared columns.

Every cell is checked, and a wrong one is named by row and column with what would be right. Rows are counted
from 1, the first below the header.
"""

import csv
import io
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from anlan.edge.cli.problems import in_words
from anlan.edge.cli.speaking import gettext

Kind = Literal["text", "number", "count", "amount"]

MOST_EVENTS = 1e12
"""More than this in one cell is a slip of the pen, and sums of such counts would run over."""
MOST, LEAST = 1e15, 1e-15
"""So are larger numbers, and smaller amounts that are not 0: their squares and quotients would run over."""


class TableError(ValueError):
    """A table cannot be read; the message says where and what would be right, in the terminal's language."""


def cell(path: Path, row: int, column: str) -> str:
    """The words that name a cell, for the start of what is wrong with it; `row` counts from 0."""
    named = {"file": path, "row": row + 1, "column": repr(column)}
    return gettext("%(file)s: row %(row)s, column %(column)s:") % named + " "


@dataclass(frozen=True)
class Column:
    """A declared column; when not `required` it may be absent, and then is absent from the result.

    Kinds: text (not empty), number (finite), count (whole, 0 to MOST_EVENTS), amount (finite, not negative).
    """

    name: str
    kind: Kind = "text"
    required: bool = True


@dataclass(frozen=True)
class _Reading:
    """How a kind is read: to which type, which numbers it refuses, and what would be right."""

    dtype: pl.DataType
    wrong: Callable[[pl.Series], pl.Series]
    right: str


_READINGS: dict[Kind, _Reading] = {
    "text": _Reading(pl.String(), lambda s: s == "", "a name or a date"),
    "number": _Reading(pl.Float64(), lambda s: ~(s.abs() <= MOST), "a number such as 121.43"),
    "count": _Reading(
        pl.Float64(),
        lambda s: ~s.is_finite() | (s < 0) | (s > MOST_EVENTS) | (s != s.floor()),
        "a whole number of events, from 0 to a million million",
    ),
    "amount": _Reading(
        pl.Float64(),
        lambda s: ~((s == 0) | ((s >= LEAST) & (s <= MOST))),
        "a number that is 0 or more, such as 1250.5",
    ),
}


def read_table(path: Path, columns: Sequence[Column]) -> pl.DataFrame:
    """The declared `columns` of the CSV (comma, semicolon or tab) or Parquet file `path`, in their order.

    CSV is UTF-8 or GB18030, with a header. Counts come as Int64, numbers and amounts as Float64, text as
    String.
    Raises TableError: no such file, no row, a column missing, a row too long, a cell of the wrong kind.
    """
    raw = _raw(path)
    _refuse_missing(raw, columns, path)
    if raw.is_empty():
        raise TableError(gettext("%(file)s: no row below the header; give at least one") % {"file": path})
    present = [column for column in columns if column.name in raw.columns]
    return pl.DataFrame([_parsed(raw[column.name], column, path) for column in present])


def refuse_repeated(names: pl.Series, path: Path) -> None:
    """TableError for a name that stands in two rows of its column."""
    again = names.is_duplicated() & ~names.is_first_distinct()
    if again.any():
        row = int(again.arg_true()[0])
        facts = {"value": repr(names[row]), "column": names.name}
        raise TableError(
            cell(path, row, names.name)
            + gettext("%(value)s is there twice; give each %(column)s once") % facts
        )


def column_names(path: Path) -> list[str]:
    """The names in the header of a table. Raises TableError as read_table does."""
    return _raw(path).columns


@contextmanager
def refusals(*pages: Path | None) -> Iterator[None]:
    """Around a command: what a ValueError says goes to the error stream as one line, exit 1, no traceback.

    `pages` are the files that the command will write: a folder that is not there is told before the work.
    """
    try:
        for page in filter(None, pages):
            _refuse_nowhere(page)
        yield
    except (ValueError, OSError) as error:
        print(f"anlan: {_told(error)}", file=sys.stderr)
        raise SystemExit(1) from None


def _refuse_nowhere(page: Path) -> None:
    if page.is_dir():
        raise TableError(gettext("%(file)s: is a folder; give the name of a file in it") % {"file": page})
    if not page.parent.is_dir():
        raise TableError(
            gettext("%(file)s: there is no folder %(folder)s; make it, or name another place")
            % {"file": page, "folder": page.parent}
        )


def _told(error: ValueError | OSError) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {in_words(error)}"
    return str(error) if isinstance(error, TableError) else _from_one(str(error))


def _from_one(text: str) -> str:
    """What anlan.stats says counts the rows of its arrays from 0, a file's rows are counted from 1."""
    return re.sub(r"\brow (\d+)", lambda found: f"row {int(found[1]) + 1}", text)


def _raw(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise TableError(
            gettext("%(file)s: no such file; give the path of a CSV or Parquet file") % {"file": path}
        )
    if path.suffix.lower() in {".parquet", ".pq"}:
        return _parquet(path)
    return _csv(path)


def _parquet(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except pl.exceptions.PolarsError as error:
        raise TableError(
            gettext("%(file)s: not a Parquet file (%(error)s); give one, or a CSV file")
            % {"file": path, "error": error}
        ) from None


def _csv(path: Path) -> pl.DataFrame:
    text = _decoded(path)
    if "\n" not in text:
        text = text.replace("\r", "\n")  # as old spreadsheets end their lines
    header = text.split("\n", 1)[0]
    if not header.strip():
        raise TableError(
            gettext("%(file)s: the first line is empty; give the names of the columns there") % {"file": path}
        )
    separator = max(",;\t", key=header.count)
    _refuse_repeated(next(csv.reader([header.rstrip("\r")], delimiter=separator)), path)
    try:
        return pl.read_csv(io.BytesIO(text.encode()), separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError:
        raise _ragged(text, separator, path) or TableError(
            gettext("%(file)s: not a CSV file; save it as CSV UTF-8") % {"file": path}
        ) from None


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):  # Chinese spreadsheets save in the second
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableError(
        gettext("%(file)s: neither UTF-8 nor GB18030 text; save it as CSV UTF-8, or as Parquet")
        % {"file": path}
    )


def _refuse_repeated(names: list[str], path: Path) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise TableError(
            gettext("%(file)s: column %(column)s is there twice; rename or drop one")
            % {"file": path, "column": repr(repeated[0])}
        )


def _ragged(text: str, separator: str, path: Path) -> TableError | None:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    width, number, row = len(next(rows)), 0, [""]
    for number, row in enumerate(rows, start=1):
        if len(row) > width:
            return TableError(
                gettext(
                    "%(file)s: row %(row)s has %(cells)s cells but the header %(width)s; put cells that hold "
                    "the separator in double quotes"
                )
                % {"file": path, "row": number, "cells": len(row), "width": width}
            )
    if row and "\n" in row[-1]:  # the last row swallowed all lines that follow the quote
        return TableError(
            gettext("%(file)s: row %(row)s: a double quote opens and does not close; close or remove it")
            % {"file": path, "row": number}
        )
    return None


def _refuse_missing(raw: pl.DataFrame, columns: Sequence[Column], path: Path) -> None:
    for column in columns:
        if column.required and column.name not in raw.columns:
            raise TableError(
                gettext(
                    "%(file)s: no column %(column)s; the file has %(there)s. Name the column with %(right)s "
                    "in it %(column)s"
                )
                % {
                    "file": path,
                    "column": repr(column.name),
                    "there": ", ".join(map(repr, raw.columns)),
                    "right": gettext(_READINGS[column.kind].right),
                }
            )


def _parsed(cells: pl.Series, column: Column, path: Path) -> pl.Series:
    reading = _READINGS[column.kind]
    if cells.dtype.is_nested() or cells.dtype in (pl.Binary(), pl.Object()):
        raise TableError(
            gettext("%(file)s: column %(column)s holds %(what)s; give %(right)s in each cell")
            % {
                "file": path,
                "column": repr(column.name),
                "what": _called(cells.dtype),
                "right": gettext(reading.right),
            }
        )
    values = _stripped(cells, column.kind).cast(reading.dtype, strict=False)
    wrong = values.is_null() | reading.wrong(values).fill_null(value=True)
    if wrong.any():
        row = int(wrong.arg_true()[0])
        raise TableError(
            cell(path, row, column.name)
            + gettext("%(shown)s; give %(right)s")
            % {"shown": _shown(cells[row]), "right": gettext(reading.right)}
        )
    return values.cast(pl.Int64) if column.kind == "count" else values


def _called(dtype: pl.DataType) -> str:
    return gettext("lists") if dtype.is_nested() else gettext("bytes")


def _stripped(cells: pl.Series, kind: Kind) -> pl.Series:
    """The cells as they are meant: without spaces around them, digits of any width as numbers, pandas' nan as
    no value and its midnights as days.
    """
    if isinstance(cells.dtype, pl.Datetime) and (cells.dt.truncate("1d") == cells).all():
        cells = cells.dt.date()
    if cells.dtype.is_float():
        return cells.fill_nan(None)
    if cells.dtype.is_temporal() and kind != "text":
        return pl.Series(cells.name, [None] * len(cells), pl.String)  # a day is no number of events
    if cells.dtype != pl.String():
        return cells
    return (cells if kind == "text" else cells.str.normalize("NFKC")).str.strip_chars()


def _shown(value: object) -> str:
    if value is None or value == "":
        return gettext("the cell is empty")
    return gettext("%(value)s cannot stand there") % {"value": repr(str(value))}
