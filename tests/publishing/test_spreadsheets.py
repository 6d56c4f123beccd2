"""Tables that leave: no formula, no loss."""

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from anlan.base.tables import without_mark
from anlan.publishing.spreadsheets import safe_cell, write_sheet, write_table


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+86", "-cmd", "@SUM(A1)", "\tx", "\rx", "\nx", " =1", " \tx"),
        *("\uff1d1+1", "\uff0b86", "\uff0dcmd", "\uff20SUM(A1)", "\u3000=1", "\u00a0=1"),
    ],
)
def test_text_that_a_spreadsheet_would_run_is_marked_as_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_numbers_moments_and_nothing_stay_what_they_are() -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)

    assert [safe_cell(value) for value in (-73.9, 3, None, True, noon, "台州")] == [
        -73.9,
        3,
        "",
        "yes",
        "2026-11-23T12:00:00+00:00",
        "台州",
    ]


@given(
    st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.integers()), max_size=5)
)
def test_no_cell_begins_as_a_formula_and_no_text_is_lost(rows: list[tuple[str, int]]) -> None:
    out = io.StringIO(newline="")

    assert write_table(out, ("words", "count"), rows) == len(rows)
    _, *read = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert [(without_mark(words), int(count)) for words, count in read] == rows
    assert not any(words.lstrip().startswith(("=", "+", "-", "@")) for words, _ in read)


def test_twenty_thousand_rows_of_odd_names_are_text_in_a_sheet() -> None:
    odd = ["=1+1", "\uff1d1", "#N/A", "#REF!", "0571", "1E5", "TRUE", "2026-11-02", "台州\n第二行", "x\x01y"]
    out = io.BytesIO()
    write_sheet(out, ("name", "lng"), ((odd[row % len(odd)], -73.9) for row in range(20_000)))

    cells = list(load_workbook(out, read_only=True).active.iter_rows(min_row=2))
    assert len(cells) == 20_000
    assert {(name.data_type, lng.data_type) for name, lng in cells} == {("s", "n")}
    marked = ["'=1+1", "'\uff1d1", *odd[2:-1], "xy"]
    assert [name.value for name, _ in cells[: len(odd)]] == marked
