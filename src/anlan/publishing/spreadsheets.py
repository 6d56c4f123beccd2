"""Tables that leave the house as CSV, and do no harm in a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""A cell of text that begins so is run as a formula by spreadsheets (OWASP, "CSV Injection")."""


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
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_SIGNS) else text


def write_table(out: IO[str], header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a table as CSV (RFC 4180) and return how many rows it has."""
    writer = csv.writer(out)
    writer.writerow(header)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007  # the number of the last row is the answer
        writer.writerow([safe_cell(value) for value in row])
    return count
