"""Tables that leave the house as CSV or XLSX, and do no harm in a spreadsheet."""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO

from anlan.base.errors import Refused
from anlan.base.tables import may_run

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def safe_cell(value: object) -> object:
    """A value as a cell: text that a spreadsheet would run gets an apostrophe before it; None is empty.

    Numbers stay numbers, so -73.9 is no text; moments are ISO 8601 with their offset.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if may_run(text) else text


def write_table(out: IO[str], header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a table as CSV (RFC 4180) and return how many rows it has."""
    writer = csv.writer(out)
    writer.writerow(header)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007  # the number of the last row is the answer
        writer.writerow([safe_cell(value) for value in row])
    return count


XLSX_ROWS = 1_048_576
"""Rows of a sheet in the format of XLSX, the header among them (ECMA-376)."""


def write_sheet(out: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a table as XLSX, row by row, and return how many rows it has without the header.

    Text is stored as text, so nothing is run when the file is opened; the apostrophe of `safe_cell` stays all
    the same, for whoever saves the sheet as CSV. Raises Refused("too_many_for_xlsx").
    """
    from openpyxl import Workbook  # several MB that a web process never needs
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ERROR_CODES

    def cell(value: object) -> object:
        """A value as the sheet takes it; a name such as "#N/A" is no error of a formula."""
        if value not in ERROR_CODES:
            return value
        named = WriteOnlyCell(sheet, value)
        named.data_type = "s"
        return named

    book = Workbook(write_only=True)
    sheet = book.create_sheet("anlan")
    sheet.append(list(header))
    count = 0
    try:
        for count, row in enumerate(rows, start=1):
            if count == XLSX_ROWS:
                raise Refused("too_many_for_xlsx", most=XLSX_ROWS - 1)
            sheet.append([cell(safe_cell(_sheet_value(value))) for value in row])
    except BaseException:
        sheet.close()
        sheet._writer.cleanup()  # its rows lie in a temporary file until the book is saved
        raise
    book.save(out)
    return count


def _sheet_value(value: object) -> object:
    """Text without the signs that XML cannot hold; taken away first, for one may hide a formula behind it."""
    return _NOT_IN_XML.sub("", value) if isinstance(value, str) else value
