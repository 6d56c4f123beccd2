"""Tables at the command line: what is read, and what a wrong one is told."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest

from anlan.edge.cli.tables import Column, TableError, read_table, refusals

COLUMNS = [Column("place"), Column("count", "count"), Column("people", "amount", required=False)]


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_declared_columns_are_read_in_their_order_and_others_left(tmp_path: Path) -> None:
    path = written(tmp_path, "count,note,place\n3,x,椒江区\n0,y,黄岩区\n")
    assert read_table(path, COLUMNS).to_dict(as_series=False) == {
        "place": ["椒江区", "黄岩区"],
        "count": [3, 0],
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_encodings_and_separators_of_spreadsheets_are_read(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    path = written(tmp_path, f"place{separator}count\r\n椒江区{separator} 3 \r\n", encoding)
    assert read_table(path, COLUMNS).rows() == [("椒江区", 3)]


def test_parquet_is_read_like_csv(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pl.DataFrame({"place": ["a"], "count": [2], "people": [10]}).write_parquet(path)
    assert read_table(path, COLUMNS).rows() == [("a", 2, 10.0)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("place,count\na,3\nb,-1\n", "row 2, column 'count': '-1' cannot stand there; give a whole number"),
        ("place,count\na,2.5\n", "row 1, column 'count': '2.5' cannot stand there"),
        ("place,count\na,nan\n", "row 1, column 'count': 'nan' cannot stand there"),
        ("place,count\na,9999999999999999999\n", "row 1, column 'count': '9999999999999999999' cannot stand"),
        ('place,count\na,1\n"b,2\n', "row 2: a double quote opens and does not close"),
        ("place,count,people\na,1,1e300\n", "row 1, column 'people': '1e300' cannot stand there"),
        ("place,count\na,many\n", "row 1, column 'count': 'many' cannot stand there"),
        ("place,count\na,\n", "row 1, column 'count': the cell is empty"),
        ("place,count\n ,1\n", "row 1, column 'place': ' ' cannot stand there; give a name"),
        ("place,count,people\na,1,inf\n", "row 1, column 'people': 'inf' cannot stand there"),
        ("place,count\na,1\nb,1,2\n", "row 2 has 3 cells but the header 2"),
        ("place,events\na,1\n", "no column 'count'; the file has 'place', 'events'"),
        ("place,count,count\na,1,1\n", "column 'count' is there twice"),
        ("place,count\n", "no row below the header"),
        ("", "the first line is empty"),
    ],
)
def test_a_wrong_table_is_told_where_and_what_would_be_right(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TableError) as error:
        read_table(written(tmp_path, text), COLUMNS)
    assert message in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no such file; give the path of a CSV or Parquet file"):
        read_table(tmp_path / "none.csv", COLUMNS)


def test_a_file_that_is_no_parquet_is_named(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    path.write_text("place,count\n")
    with pytest.raises(TableError, match="not a Parquet file"):
        read_table(path, COLUMNS)


def test_a_column_of_lists_is_named(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pl.DataFrame({"place": [["a", "b"]], "count": [2]}).write_parquet(path)
    with pytest.raises(TableError, match="column 'place' holds lists; give a name or a date in each cell"):
        read_table(path, COLUMNS)


def test_bytes_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pl.DataFrame({"place": [b"\xff"], "count": [2]}).write_parquet(path)
    with pytest.raises(TableError, match="column 'place' holds bytes; give a name or a date in each cell"):
        read_table(path, COLUMNS)


@pytest.mark.parametrize("value", [date(2026, 3, 1), timedelta(days=1), time(5), datetime(2026, 3, 1, 5)])
def test_times_are_no_counts(tmp_path: Path, value: object) -> None:
    path = tmp_path / "table.parquet"
    pl.DataFrame({"place": ["a"], "count": [value]}).write_parquet(path)
    with pytest.raises(
        TableError, match=r"row 1, column 'count': .* cannot stand there; give a whole number"
    ):
        read_table(path, COLUMNS)


def test_a_missing_number_is_no_name(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pl.DataFrame({"place": [1.0, float("nan")], "count": [2, 2]}).write_parquet(path)
    with pytest.raises(TableError, match="row 2, column 'place': 'nan' cannot stand there; give a name"):
        read_table(path, COLUMNS)


def test_digits_of_any_width_are_numbers(tmp_path: Path) -> None:
    path = written(tmp_path, "place,count,people\n椒江区,１２,１２５０．５\n")
    assert read_table(path, COLUMNS).rows() == [("椒江区", 12, 1250.5)]


def test_lines_may_end_as_in_old_spreadsheets(tmp_path: Path) -> None:
    path = written(tmp_path, "place,count\ra,1\rb,2\r")
    assert read_table(path, COLUMNS).rows() == [("a", 1), ("b", 2)]


def test_what_a_method_says_of_a_row_is_told_as_the_row_of_the_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit), refusals():
        raise ValueError("exposure: 0 at row 5 is 0 though events happened")
    assert capsys.readouterr().err == "anlan: exposure: 0 at row 6 is 0 though events happened\n"


def test_a_refusal_is_one_line_and_exit_1(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving, refusals():
        raise TableError("row 2: give a date")
    assert (leaving.value.code, capsys.readouterr().err) == (1, "anlan: row 2: give a date\n")


def test_midnights_of_a_parquet_are_days_and_other_times_are_not(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    for hour, told in ((0, "2026-03-01"), (5, "2026-03-01 05:00:00.000000")):
        pl.DataFrame({"place": [datetime(2026, 3, 1, hour)], "count": [2]}).write_parquet(path)
        assert read_table(path, COLUMNS)["place"].to_list() == [told]
