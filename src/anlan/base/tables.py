"""Reading tables that others wrote: encoding, delimiter, header, rows, and what is wrong with a row."""

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from anlan.base.errors import Refused

MOST_SAID = 100
"""So many bad rows are said one by one; the others are counted."""
VALUE_SHOWN = 80
DELIMITERS = ",;\t|"
ENCODINGS = ("utf-8-sig", "gb18030")

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A cell of text that begins so is run as a formula by spreadsheets (OWASP, "CSV Injection").

The last four are the wide forms of the first four, as they are typed in Chinese; some spreadsheets run them.
"""


def may_run(text: str) -> bool:
    """Does a spreadsheet run this text, or would it be taken for such text with its mark, an apostrophe?"""
    bare = text.lstrip("'")
    return bare.lstrip(" ").startswith(FORMULA_SIGNS) or bare.lstrip().startswith(FORMULA_SIGNS)


def without_mark(text: str) -> str:
    """Text as it was before an apostrophe kept a spreadsheet from running it: a floor "-1", a phone "+86"."""
    return text[1:] if text.startswith("'") and may_run(text) else text


def N_(phrase: str) -> str:  # noqa: N802  # the name by which tools for phrases know it
    """Mark a phrase for the phrase books; it is translated where it is shown."""
    return phrase


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken, and what would be right.

    `row` counts as a spreadsheet does: the header is row 1. `right` is a phrase of the catalogue with
    `facts` to fill into it.
    """

    file: str
    row: int
    column: str
    value: str
    right: str
    facts: Mapping[str, object] = field(default_factory=dict)


class RowsRefused(Refused):
    """Rows of a table are wrong: `rows` holds up to 100 of them, `total` counts all."""

    def __init__(self, rows: tuple[BadRow, ...], total: int) -> None:
        super().__init__("bad_rows", total=total)
        self.rows = rows
        self.total = total


class Complaints:
    """Collects what is wrong with the rows of one import."""

    def __init__(self) -> None:
        self.rows: list[BadRow] = []
        self.total = 0

    def say(self, file: str, row: int, column: str, value: object, right: str, /, **facts: object) -> None:
        """Note one bad value."""
        self.total += 1
        if len(self.rows) < MOST_SAID:
            self.rows.append(BadRow(file, row, column, str(value)[:VALUE_SHOWN], right, facts))

    def refuse_if_any(self) -> None:
        """Raise RowsRefused when there is anything to complain about."""
        if self.total:
            raise RowsRefused(tuple(self.rows), self.total)


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows below it, which can be read once.

    Each row is its number (the header is 1) and as many cells as the header has.
    """

    file: str
    header: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]


def encoding_of(file: str, blocks: Callable[[], Iterable[bytes]]) -> str:
    """The first of UTF-8 and GB18030 in which all blocks of a file are text.

    Raises Refused("encoding_unknown").
    """
    for encoding in ENCODINGS:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for block in blocks():
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Refused("encoding_unknown", file=file)


def read_table(
    file: str, lines: Iterable[str], complaints: Complaints, delimiter: str | None = None
) -> Table:
    """A table from lines of text; the delimiter is the one most used in the header when it is not given.

    Raises Refused("table_empty") or Refused("column_twice"); rows with too many or too few cells go to
    `complaints`.
    """
    lines = iter(lines)
    first = next(lines, "")
    chosen = delimiter or max(DELIMITERS, key=first.count)
    reader = _csv_rows(file, [first], lines, chosen)
    header = tuple(cell.strip() for cell in next(reader, []))
    if not any(header):
        raise Refused("table_empty", file=file)
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise Refused("column_twice", file=file, columns=repeated)
    return Table(file, header, _whole_rows(file, reader, len(header), complaints))


def records(table: Table, columns: Mapping[str, str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows as dictionaries of stripped cells; `columns` says which column of the file gives which field.

    The mark that keeps a spreadsheet from running a cell is taken away.
    """
    places = [(name, table.header.index(column)) for name, column in columns.items()]
    for row, cells in table.rows:
        yield row, {name: without_mark(cells[place].strip()) for name, place in places}


def need_columns(table: Table, needed: Sequence[str]) -> None:
    """Raise Refused("columns_missing") unless the table has these columns."""
    missing = [name for name in needed if name not in table.header]
    if missing:
        raise Refused("columns_missing", file=table.file, missing=missing, found=list(table.header))


def refuse_unknown_columns(table: Table, known: Sequence[str]) -> None:
    """Raise Refused("column_unknown") when a column is none of these."""
    unknown = [name for name in table.header if name not in known]
    if unknown:
        raise Refused("column_unknown", file=table.file, unknown=unknown, known=list(known))


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of a table that a spreadsheet may have written, and where to say what is wrong with it."""

    file: str
    row: int
    record: Mapping[str, str]
    complaints: Complaints

    def say(self, column: str, value: object, right: str, /, **facts: object) -> None:
        """Complain of a cell: its value, and what would be right."""
        self.complaints.say(self.file, self.row, column, value, right, **facts)

    def text(self, column: str) -> str:
        """A cell without the apostrophe that keeps a spreadsheet from running it, or a code its zeros.

        One that belongs to a name stays: 's-Hertogenbosch, 't Zand.
        """
        cell = without_mark(self.record.get(column, "").strip())
        return cell[1:] if cell[:1] == "'" and not cell[1:2].isalpha() else cell


def _csv_rows(file: str, first: list[str], rest: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(_chain(first, rest), delimiter=delimiter)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:  # a cell of more than 128 KiB, or a NUL: no table of ours
            raise Refused("table_broken", file=file, row=reader.line_num) from None


def _chain(first: list[str], rest: Iterator[str]) -> Iterator[str]:
    yield from first
    yield from rest


def _whole_rows(
    file: str, reader: Iterator[list[str]], width: int, complaints: Complaints
) -> Iterator[tuple[int, list[str]]]:
    for row, cells in enumerate(reader, start=2):
        if not any(cells):  # spreadsheets leave rows of nothing but delimiters below a table
            continue
        if len(cells) == width:
            yield row, cells
        else:
            complaints.say(file, row, "", len(cells), N_("%(width)s cells, as in the header"), width=width)
