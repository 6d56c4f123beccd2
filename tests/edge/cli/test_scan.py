"""`anlan scan`: from two files to a table, a JSON object, a page."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from anlan.edge.cli.commands import app
from anlan.edge.cli.scan_answer import _steps

POINTS = ["p0,120.00,30.0", "p1,120.01,30.0", "p<2>,120.02,30.0", "p3,120.30,30.0", "p4,120.31,30.0"]
DAYS = [
    f"p{at},2026-03-{day:02d},{1 + 5 * (at < 2 and day > 8)}" for at in (0, 1, 3, 4) for day in range(1, 11)
]


def run(folder: Path, points: list[str], counts: list[str], *arguments: object) -> Result:
    places, events = folder / "points.csv", folder / "counts.csv"
    places.write_text("\n".join(["id,lng,lat", *points]) + "\n")
    events.write_text("\n".join(["id,date,count", *counts]) + "\n")
    return CliRunner().invoke(app, ["scan", str(places), str(events), *map(str, arguments)])


def test_the_cluster_is_found_with_the_names_of_its_places_and_days(tmp_path: Path) -> None:
    done = run(tmp_path, POINTS, DAYS, "--seed", 1, "--window", 5, "--json")
    best = json.loads(done.stdout)["clusters"][0]
    found = (best["members"], best["start"], best["end"], best["observed"], best["p_value"])
    assert found == (["p0", "p1"], "2026-03-09", "2026-03-10", 24, 0.001)


def test_the_table_ends_with_how_many_clusters_there_are(tmp_path: Path) -> None:
    done = run(tmp_path, POINTS, DAYS, "--seed", 1, "--window", 5)
    assert done.exit_code == 0 and "2026-03-09" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("the most marked has p = 0.001.")


def test_without_replications_no_p_value_is_told(tmp_path: Path) -> None:
    options = ("--replications", 0, "--window", 5)
    done, told = (run(tmp_path, POINTS, DAYS, *options, *more) for more in ((), ("--json",)))
    assert done.stdout.splitlines()[-1] == "1 cluster; without replications none has a p-value."
    assert done.stdout.splitlines()[1].split()[-1] == "–"
    best = json.loads(told.stdout)["clusters"][0]
    assert (best["p_value"], best["gumbel_p_value"], best["recurrence_interval"]) == (None, None, None)


def test_the_pages_hold_a_map_escape_names_and_fetch_nothing(tmp_path: Path) -> None:
    page, chart = tmp_path / "report.html", tmp_path / "map.html"
    run(tmp_path, POINTS, DAYS, "--seed", 1, "--window", 5, "--report", page, "--map", chart)
    for text in (page.read_text(), chart.read_text()):
        assert text.count("<svg") == 1 and "p&lt;2&gt;" in text and "p<2>" not in text
        assert "src=" not in text and "href=" not in text
    assert "2026-03-09" in page.read_text()


@pytest.mark.parametrize("arguments", [["--when", "never"], ["--model", "permutation"], ["--rates", "low"]])
def test_every_kind_of_scan_answers(tmp_path: Path, arguments: list[str]) -> None:
    done = run(tmp_path, POINTS, DAYS, "--seed", 1, "--window", 5, "--json", *arguments)
    assert done.exit_code == 0 and "clusters" in json.loads(done.stdout)


@pytest.mark.parametrize(
    ("points", "counts", "says"),
    [
        (POINTS, ["p9,2026-03-01,1"], "row 1, column 'id': 'p9' is no place of"),
        (
            POINTS,
            ["p0,March,1"],
            "row 1, column 'date': 'March' cannot stand there; give days (2026-03-31), weeks",
        ),
        (
            POINTS,
            ["p0,2026-03-01,1", "p0,7,1"],
            "row 2, column 'date': '7' after '2026-03-01'; give days",
        ),
        (POINTS, ["p0,2026-03,1", "p0,2026-13,1"], "row 2, column 'date': '2026-13' is in no calendar"),
        (POINTS, ["p0,2026-03-01,1", "p0,20260302,1"], "row 2, column 'date': '20260302' after '2026-03-01'"),
        (POINTS, ["p0,9,1", "p0,8,1", "p0,900000,1"], "row 3, column 'date': with '900000' the file spans"),
        (POINTS, ["p0,2026-03-01,-1"], "row 1, column 'count': '-1' cannot stand there; give a whole number"),
        ([*POINTS, POINTS[0]], DAYS, "row 6, column 'id': 'p0' is there twice; give each id once"),
        (
            POINTS,
            ["p0,2026-03-01,10000000000000"],
            "row 1, column 'count': '10000000000000' cannot stand there",
        ),
        (["p0,30.0,120.0"], ["p0,3,1"], "row 1, column 'lat': 120.0 is no angle on Earth; give degrees"),
        (["p0,-181,30.0"], ["p0,3,1"], "row 1, column 'lng': -181.0 is no angle on Earth; give degrees"),
    ],
)
def test_bad_input_is_named_by_row_and_column(tmp_path: Path, points, counts, says) -> None:
    done = run(tmp_path, points, counts)
    assert (done.exit_code, done.stdout) == (1, "")
    assert says in done.stderr and "Traceback" not in done.stderr


def test_events_where_nobody_lives_are_named_by_row_and_place(tmp_path: Path) -> None:
    places, events = tmp_path / "points.csv", tmp_path / "counts.csv"
    places.write_text("id,lng,lat,baseline\n椒江,121.4,28.7,10\n海岛,121.9,28.5,0\n")
    events.write_text("id,period,count\n海岛,0,2\n海岛,1,1\n")
    done = CliRunner().invoke(app, ["scan", str(places), str(events)])
    assert done.exit_code == 1
    assert "points.csv: row 2, column 'baseline': 0, but '海岛' has 3 events; give the persons" in done.stderr


def test_a_seed_below_zero_is_refused(tmp_path: Path) -> None:
    done = run(tmp_path, POINTS, DAYS, "--seed", -1)
    assert (done.exit_code, done.stderr) == (1, "anlan: --seed is -1; give a whole number from 0\n")


def test_no_cluster_of_low_rates_is_said_to_be_one_of_fewer_events(tmp_path: Path) -> None:
    even = [f"p{at},2026-03-0{day},2" for at in (0, 1, 3, 4) for day in range(1, 5)]
    told = [
        run(tmp_path, [*POINTS[:2], *POINTS[3:]], even, "--rates", rates).stdout for rates in ("low", "high")
    ]
    assert ["fewer events" in told[0], "more events" in told[1]] == [True, True]


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["2025-11", "2026-02"], ["2025-11", "2025-12", "2026-01", "2026-02"]),
        (["202512", "202601"], ["2025-12", "2026-01"]),
        (["20260227", "20260302"], ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]),
        (["2026/2/28", "2026/3/1"], ["2026-02-28", "2026-03-01"]),
        (["2025-W51", "2026-W02"], ["2025-W51", "2025-W52", "2026-W01", "2026-W02"]),
        (["2026-W53", "2027-W01"], ["2026-W53", "2027-W01"]),
        (["2025-Q4", "2026-Q2"], ["2025-Q4", "2026-Q1", "2026-Q2"]),
        (["7", "9"], ["7", "8", "9"]),
    ],
)
def test_periods_of_any_kind_are_counted_as_the_calendar_does(texts: list[str], found: list[str]) -> None:
    steps, names = _steps(texts, "period", Path("counts.csv"))
    assert (steps, list(names)) == ([0, len(found) - 1], found)
