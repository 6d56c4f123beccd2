"""Tables that others wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.base.tables import (
    BadRow,
    Complaints,
    RowsRefused,
    SheetRow,
    encoding_of,
    need_columns,
    read_table,
    records,
)
from anlan.publishing.spreadsheets import safe_cell


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_the_header(delimiter: str) -> None:
    table = read_table("a.csv", lines("code,name\n1,2\n".replace(",", delimiter)), Complaints())

    assert (table.header, list(table.rows)) == (("code", "name"), [(2, ["1", "2"])])


def test_rows_are_counted_as_in_a_spreadsheet_and_empty_lines_count() -> None:
    table = read_table("a.csv", lines('code,name\n1,"two\nlines"\n\n3,4\n'), Complaints())

    assert list(table.rows) == [(2, ["1", "two\nlines"]), (4, ["3", "4"])]


def test_a_row_with_too_many_cells_is_said() -> None:
    complaints = Complaints()
    table = read_table("a.csv", lines("code,name\n1,2,3\n4,5\n"), complaints)

    assert list(table.rows) == [(3, ["4", "5"])]
    right = "%(width)s cells, as in the header"
    assert complaints.rows == [BadRow("a.csv", 2, "", "3", right, {"width": 2})]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "table_empty"), ("\n1,2\n", "table_empty"), ("code,code\n", "column_twice")],
)
def test_a_table_without_a_usable_header_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read_table("a.csv", lines(text), Complaints())


def test_missing_columns_are_named_with_those_that_are_there() -> None:
    with pytest.raises(Refused) as refusal:
        need_columns(read_table("a.csv", ["code;what\n"], Complaints()), ("code", "name"))

    assert refusal.value.facts == {"file": "a.csv", "missing": ["name"], "found": ["code", "what"]}


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("台州".encode(), "utf-8-sig"),
        ("\ufeff台州".encode(), "utf-8-sig"),
        ("台州".encode("gb18030"), "gb18030"),
    ],
)
def test_the_encoding_is_found(data: bytes, encoding: str) -> None:
    assert encoding_of("a.csv", lambda: [data[:1], data[1:]]) == encoding


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(Refused, match="encoding_unknown"):
        encoding_of("a.csv", lambda: [b"\xff\xff\xff"])


def test_a_hundred_bad_rows_are_said_and_all_are_counted() -> None:
    complaints = Complaints()
    for row in range(250):
        complaints.say("a.csv", row, "code", "x" * 500, "a code")

    with pytest.raises(RowsRefused) as refusal:
        complaints.refuse_if_any()
    assert (len(refusal.value.rows), refusal.value.total) == (100, 250)
    assert len(refusal.value.rows[0].value) == 80


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        rows = list(read_table("a.csv", lines(text), Complaints()).rows)
    except Refused:
        return
    assert all(row >= 2 for row, _ in rows)


@pytest.mark.parametrize("text", ["'s-Hertogenbosch", "'t Zand", "-1 层车库", "+86", "=1+1", "'=1", "0571"])
def test_a_table_that_leaves_comes_back_with_the_same_words(text: str) -> None:
    table = read_table("a.csv", ["name\n", f"{safe_cell(text)}\n"], Complaints())

    assert [record["name"] for _, record in records(table, {"name": "name"})] == [text]


@pytest.mark.parametrize(
    ("cell", "text"), [("'0571", "0571"), ("'=1", "=1"), (" '-5 ", "-5"), ("'", ""), ("'t Zand", "'t Zand")]
)
def test_an_apostrophe_for_the_spreadsheet_alone_is_taken_away(cell: str, text: str) -> None:
    assert SheetRow("a.csv", 2, {"name": cell}, Complaints()).text("name") == text
