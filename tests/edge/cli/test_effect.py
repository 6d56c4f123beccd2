"""`anlan effect`: from a file of counts to a sentence, a JSON object, a page."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from anlan.edge.cli.commands import app

SEATBELTS = Path(__file__).parents[2] / "data/stats/seatbelts.csv"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["effect", *map(str, arguments)])


def facts(*arguments: object) -> dict[str, dict[str, float]]:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.stderr
    found: dict[str, dict[str, float]] = json.loads(done.stdout)
    return found


def written(folder: Path, rows: list[str]) -> Path:
    path = folder / "series.csv"
    path.write_text("\n".join(["month,count", *rows]) + "\n")
    return path


def test_the_seat_belt_law_of_1983_is_found() -> None:
    found = facts(SEATBELTS, "--change", "1983-02", "--season", "month", "--exposure", "kms")
    estimates = (found["level"]["estimate"], found["level"]["standard_error"], found["averted"]["estimate"])
    assert estimates == pytest.approx((-0.2374, 0.0447, 5486), rel=1e-3)


def test_the_table_ends_with_what_happened_in_words() -> None:
    lines = run(SEATBELTS, "--change", "1983-02", "--exposure", "kms", "--lang", "zh").stdout.splitlines()
    assert lines[-2].startswith("变化当时，事件数比预期少21.1%")
    assert lines[-1].startswith("变化以来，事件总数比预期少5,486起")


def test_the_page_holds_plot_table_and_sentence_and_fetches_nothing(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert run(SEATBELTS, "--change", "1983-02", "--report", page).exit_code == 0
    text = page.read_text()
    assert text.count("<svg") == 1 and "At the change there were" in text and "averted" in text
    assert "src=" not in text and "href=" not in text


def test_year_and_month_in_two_columns_are_joined(tmp_path: Path) -> None:
    path = tmp_path / "series.csv"
    rows = [f"{1990 + k // 12},{k % 12 + 1},{20 + k % 5}" for k in range(60)]
    path.write_text("year,month,events\n" + "\n".join(rows) + "\n")
    assert facts(path, "--change", "1993-02")["level"]["lower"] < 0


def test_a_season_of_weeks_is_smoothed(tmp_path: Path) -> None:
    path = written(tmp_path, [f"{k},{5 + k % 3}" for k in range(120)])
    assert facts(path, "--change", "90", "--season", "week")["level"]["lower"] < 0


MONTHS = [f"{2020 + k // 12}-{k % 12 + 1:02d},{20 + k % 5}" for k in range(48)]


@pytest.mark.parametrize(
    ("rows", "arguments", "says"),
    [
        (MONTHS, ["--change", "2030-01"], "no period '2030-01'; the file runs from '2020-01' to '2023-12'"),
        (MONTHS[:5] + MONTHS[6:], ["--change", "2022-01"], "row 6, column 'month': 2020-07 follows 2020-05"),
        ([*MONTHS, "2024-01,-3"], ["--change", "2022-01"], "row 49, column 'count': '-3' cannot stand there"),
        ([*MONTHS, "2024-01,"], ["--change", "2022-01"], "row 49, column 'count': the cell is empty"),
        (MONTHS[:14], ["--change", "2020-12"], "too short for 15 coefficients"),
        (MONTHS, ["--change", "2020-01"], "2020-01 is the first period of the file; give the periods before"),
        ([*MONTHS, MONTHS[4]], ["--change", "2022-01"], "row 49, column 'month': '2020-05' is there twice"),
        (MONTHS[::-1], ["--change", "2022-01"], "row 2, column 'month': 2023-11 follows 2023-12"),
        (
            [*MONTHS[:-1], "2023-13,4"],
            ["--change", "2022-01"],
            "row 48, column 'month': '2023-13' is in no cal",
        ),
        (
            [*MONTHS[:-1], "Dec,4"],
            ["--change", "2022-01"],
            "row 48, column 'month': 'Dec' cannot stand there",
        ),
        (MONTHS, ["--change", "2022-01", "--control", "count"], "column 'count' is asked for twice"),
        (MONTHS, ["--change", "2022-01", "--exposure", "kms"], "no column 'kms'"),
        (MONTHS, ["--change", "2022-01", "--level", "95"], "level is 95"),
    ],
)
def test_bad_input_is_told_where_and_what_would_be_right(
    tmp_path: Path, rows: list[str], arguments: list[str], says: str
) -> None:
    done = run(written(tmp_path, rows), *arguments)
    assert (done.exit_code, says in done.stderr, "Traceback" in done.output) == (1, True, False), done.output


def test_a_file_of_one_column_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "series.csv"
    path.write_text("count\n1\n")
    assert "one column only" in run(path, "--change", "1").stderr


def test_a_column_without_a_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "series.csv"
    path.write_text(",month,count\n0,2026-01,1\n")
    assert "column 1 has no name; give it one, or say" in run(path, "--change", "1").stderr


def test_series_of_names_are_taken_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, [f"visit {chr(97 + k)},{20 + k % 5}" for k in range(26)])
    assert run(path, "--change", "visit p", "--season", "none").exit_code == 0
