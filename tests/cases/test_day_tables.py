"""A city's days as a table: what leaves comes in again, and what is wrong is said cell by cell."""

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.base.tables import Complaints
from anlan.cases.announced_days import calendar
from anlan.cases.calendars import Day, DayKind, Window
from anlan.cases.day_tables import COLUMNS, read_days, rows
from anlan.publishing.spreadsheets import write_table

CN = calendar("cn").versions[0]


def anyhow(day: date) -> DayKind:
    return CN.day_without_own(day).kind


def read(text: str) -> tuple[dict[date, Day], list[tuple[int, str, str]]]:
    complaints = Complaints()
    found = read_days("days.csv", io.StringIO(text, newline=""), anyhow, complaints)
    return found, [(bad.row, bad.column, bad.value) for bad in complaints.rows]


names = st.text(st.characters(exclude_categories=("C", "Z")), max_size=40).filter(
    lambda name: name[:1] != "'"
)
windows = st.sampled_from([None, (Window(510, 720),), (Window(480, 720), Window(840, 1440))])
days = st.one_of(
    st.builds(Day, st.just(DayKind.HOLIDAY), names, st.none()),
    st.builds(Day, st.just(DayKind.WORKDAY), names, windows),
)


@given(st.dictionaries(st.dates(date(2020, 1, 1), date(2040, 1, 1)), days, max_size=8))
def test_what_leaves_as_a_table_comes_in_again(table: dict[date, Day]) -> None:
    out = io.StringIO(newline="")
    write_table(out, COLUMNS, rows(table))

    assert read(out.getvalue()) == (table, [])


def test_days_are_read_as_people_and_spreadsheets_write_them() -> None:
    text = "name;kind;date\n春节;Holiday;2027/2/5\n补班;make_up;2027-02-13\n加班;workday;2027.02.20\n"

    assert read(text)[0] == {
        date(2027, 2, 5): Day(DayKind.HOLIDAY, "春节"),
        date(2027, 2, 13): Day(DayKind.MAKE_UP, "补班"),
        date(2027, 2, 20): Day(DayKind.WORKDAY, "加班"),
    }


def test_every_wrong_cell_is_said_with_its_row() -> None:
    wrong = [
        "2027-02-30,holiday,春节,",
        "2027-02-05,feast,春节,",
        "2027-02-05,holiday,春节,",
        f"2027-02-06,holiday,{'长' * 41},",
        "2027-02-08,make_up,补班,",
        "2027-02-09,holiday,春节,08:30-12:00",
        "2027-02-10,workday,春节,12:00-08:30",
        "2027-02-11,holiday",
    ]
    found, said = read("date,kind,name,hours\n" + "\n".join(wrong))

    assert found == {}
    assert [(row, column) for row, column, _ in said] == [
        *((2, "date"), (3, "kind"), (4, "date"), (5, "name")),
        *((6, "kind"), (7, "hours"), (8, "hours"), (9, "")),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "table_empty"), ("date,kind\n", "columns_missing"), ("date,kind,name,who\n", "column_unknown")],
)
def test_a_table_of_something_else_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read(text)


@given(st.text(max_size=60))
def test_any_text_is_days_or_is_refused_in_words(text: str) -> None:
    try:
        read("date,kind,name\n" + text)
    except Refused as refusal:
        assert refusal.reason == "table_broken"  # most texts are rows, some no table
