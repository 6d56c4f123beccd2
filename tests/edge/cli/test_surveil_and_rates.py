"""`anlan surveil` and `anlan rates`: from a file to a table, JSON, a page, or one line of what is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from anlan.edge.cli.commands import app

AGONA = (Path(__file__).parents[2] / "data/stats/agona.csv").read_text().split()[1:]
TOWNS = "place,count,exposure\n椒江区,60,700000\n黄岩区,3,650000\n<b>,30,500000\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def written(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text)
    return path


def weekly(folder: Path, names: tuple[str, ...] = ("a", "b")) -> Path:
    rows = [f"{name},{week},{count}" for name in names for week, count in enumerate(AGONA)]
    return written(folder, "\n".join(["series,period,count", *rows]) + "\n")


@pytest.mark.parametrize(("options", "upper"), [([], 7.2426), (["--bound", "predictive"], 7.0)])
def test_each_series_is_judged_in_its_last_period(tmp_path: Path, options: list[str], upper: float) -> None:
    rows: list[dict[str, Any]] = json.loads(run("surveil", weekly(tmp_path), "--json", *options).stdout)
    assert [(row["series"], row["period"], round(row["upper"], 4)) for row in rows] == [
        ("a", "311", upper),
        ("b", "311", upper),
    ]


@pytest.mark.parametrize(("method", "alarms"), [("farrington", 2), ("cusum", 0), ("ears", 1), ("glr", 0)])
def test_every_method_answers(tmp_path: Path, method: str, alarms: int) -> None:
    options = ["--method", method, "--last", "31", "--json"]
    rows = json.loads(run("surveil", weekly(tmp_path, ("a",)), *options).stdout)
    assert len(rows) == 31
    assert sum(row["alarm"] for row in rows) >= alarms


def test_the_page_of_surveil_holds_plots_and_fetches_nothing(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = run("surveil", weekly(tmp_path, ("<i>", "b")), "--last", "31", "--report", page)
    assert done.exit_code == 0, done.stderr
    text = page.read_text()
    assert text.count("<svg") == 2 and "<i>" not in text and "src=" not in text and "href=" not in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("period,count\n1,2\n1,3\n", "row 2, column 'period': '1' is there twice"),
        ("series,period,count\na,1,2\na,2,2\nb,1,1\n", "series 'b' has no row for period '2'"),
        ("period,count\n1,2\n2,-3\n", "row 2, column 'count': '-3' cannot stand there"),
        ("period,count\n1,2\n2,3\n", "at: row 2 has 1 rows before it, but 211 are needed"),
        (
            "period,count\n2026-01-05,2\n2026-01-19,3\n2026-01-12,1\n2026-02-02,1\n",
            "row 4, column 'period': 2026-02-02 follows 2026-01-19",
        ),
        ("period,count\nweek 1,2\nweek 10,3\n", "row 1, column 'period': 'week 1' cannot stand there; give"),
        ("period,count\n2026-W01,2\n2026-W02,2\n2026-W54,3\n", "row 3, column 'period': '2026-W54' is in no"),
        ("period,count\n2026-01,2\n2026-02-30,3\n", "row 2, column 'period': '2026-02-30' after '2026-01'"),
        (
            "period,count\n2026-01,2\n2026-02,3\n",
            "--steps is 52, but the periods are months; give --steps 12",
        ),
        ("period,count\n2026-01-01,2\n2026-01-02,3\n", "--steps is 52, but the periods are days"),
    ],
)
def test_a_wrong_series_is_one_line_and_exit_1(tmp_path: Path, text: str, message: str) -> None:
    done = run("surveil", written(tmp_path, text))
    assert done.exit_code == 1
    assert message in done.stderr and "Traceback" not in done.stderr


def test_a_small_count_has_an_interval_and_no_bare_rate(tmp_path: Path) -> None:
    rows = json.loads(run("rates", written(tmp_path, TOWNS), "--json").stdout)
    assert [row["rate"] is None for row in rows] == [False, True, False]
    assert rows[1]["lower"] == pytest.approx(0.0952, abs=1e-3)
    assert rows[1]["upper"] == pytest.approx(1.3488, abs=1e-3)


def test_a_base_gives_the_ratio_with_its_interval(tmp_path: Path) -> None:
    text = "place,count,exposure,base_count\n台州市,76,1,37\n"
    row = json.loads(run("rates", written(tmp_path, text), "--json").stdout)[0]
    assert [round(row[name], 3) for name in ("ratio", "ratio_lower", "ratio_upper")] == [2.054, 1.369, 3.131]


def test_the_page_of_rates_holds_both_plots_and_escapes_names(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = run("rates", written(tmp_path, TOWNS), "--report", page)
    assert done.exit_code == 0, done.stderr
    text = page.read_text()
    assert text.count("<svg") == 2 and "<b>" not in text and "src=" not in text


def test_a_place_without_exposure_is_one_line_and_exit_1(tmp_path: Path) -> None:
    done = run("rates", written(tmp_path, "place,count,exposure\na,1,10\nb,0,0\n"))
    assert (done.exit_code, "row 2, column 'exposure': 0 cannot stand there" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("place,count,exposure\na,1,10\na,0,20\n", (), "row 2, column 'place': 'a' is there twice"),
        ("place,count,exposure\na,1,10\n", ("--per", 0), "--per is 0; give a number above 0"),
        ("place,count,exposure\na,1,10\n", ("--per", "nan"), "--per is nan; give a number above 0"),
        ("place,count,exposure\na,1,1e-300\n", (), "row 1, column 'exposure': '1e-300' cannot stand there"),
        (
            "place,count,exposure,base_exposure\na,1,10,9\n",
            (),
            "no column 'base_count', but there is 'base_exp",
        ),
    ],
)
def test_rates_that_cannot_be_told_are_refused(
    tmp_path: Path, text: str, options: tuple[object, ...], message: str
) -> None:
    done = run("rates", written(tmp_path, text), *options)
    assert (done.exit_code, message in done.stderr, done.stdout) == (1, True, "")


def test_weeks_written_without_zeros_are_judged_in_the_order_of_time(tmp_path: Path) -> None:
    rows = [f"{2015 + k // 52}-W{k % 52 + 1},{5 + k % 3}" for k in reversed(range(260))]
    done = run("surveil", written(tmp_path, "\n".join(["period,count", *rows]) + "\n"), "--json")
    assert json.loads(done.stdout)[0]["period"] == "2019-W52"


def test_a_page_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    nowhere = tmp_path / "none" / "page.html"
    for page, says in ((nowhere, f"there is no folder {nowhere.parent}"), (tmp_path, "is a folder")):
        done = run("surveil", tmp_path / "no.csv", "--report", page)
        assert (done.exit_code, says in done.stderr, done.stdout) == (1, True, "")


def test_a_table_wider_than_the_terminal_is_told_whole(tmp_path: Path) -> None:
    done = run("rates", written(tmp_path, TOWNS), "--method", "midp")
    names = ("place", "count", "exposure", "smoothed_lower", "smoothed_upper", "outside", "椒江区", "700000")
    assert [name for name in names if name not in done.stdout] == []
