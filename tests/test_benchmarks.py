"""The small versions of the city's benchmarks run through; their speed and figures are not judged here.

Those that look at a running city look at the same one. How a city starts is tested in
tests/edge/cli/test_serve.py, so the benchmark of that is left out here: it would start two more.
"""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LINE = {"name", "value", "unit", "reference", "reference_value", "ratio", "goal", "holds"}
HOLD = "from _city import small_city\nwith small_city() as city: print(*city, flush=True); input()"

READINGS = """
import tempfile
from pathlib import Path
import ingest, ingest_latency
from _throwaway import DURABLE, database
with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
    ingest.home_at(Path(folder))
    with database(DURABLE), ingest.brokers() as found:
        names = ingest.heard(found, 200)
        ingest.measure(ingest.QUICK, found, names)
        ingest_latency.measure(found, names, *ingest_latency.QUICK)
"""


@pytest.fixture(scope="module")
def city() -> Iterator[str]:
    """A small city that runs: its process and its address."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", HOLD]
    with subprocess.Popen(
        command, cwd=ROOT / "benchmarks", stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    ) as held:
        assert held.stdout is not None
        yield held.stdout.readline().strip()
        held.communicate("\n")


def _figures(name: str, **environment: str) -> list[dict[str, object]]:
    command = [sys.executable, str(ROOT / f"benchmarks/{name}.py"), "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | environment)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("pages", 9),
        ("public_map", 16),
        ("memory", 3),
    ],
)
def test_a_benchmark_of_a_running_city_prints_whole_figures(city: str, name: str, lines: int) -> None:
    figures = _figures(name, ANLAN_BENCH_CITY=city)

    assert [set(figure) for figure in figures] == [LINE] * lines
    assert all(figure["value"] for figure in figures)


def test_every_report_sent_under_load_is_answered_and_kept(city: str) -> None:
    figures = _figures("public_load", ANLAN_BENCH_CITY=city)

    assert [set(figure) for figure in figures] == [LINE] * 10
    assert [figure["holds"] for figure in figures[:4]] == [True] * 4


def test_the_benchmark_of_the_demo_gives_its_figure(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the database of the tests: one of its own costs more than the city."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    demo = importlib.import_module("demo")

    assert set(demo.figure(50, **demo.SMALL)) == LINE


def test_the_benchmark_of_scores_scores_every_month_then_a_night(
    db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the database of the tests too."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    demo, scores = importlib.import_module("demo"), importlib.import_module("scores")

    scores.fill(30, 2, **demo.SMALL)
    scores.measure(60)

    figures = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [set(figure) for figure in figures] == [LINE] * 3


def test_the_benchmark_of_history_asks_at_two_sizes(
    db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the database of the tests too."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    history = importlib.import_module("history")

    history.measure(*history.QUICK)

    figures = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [set(figure) for figure in figures] == [LINE] * 5
    assert all(figure["value"] for figure in figures)


def test_the_benchmarks_of_readings_print_whole_figures() -> None:
    """One after the other with the same brokers, ingest and devices: to start them costs more."""
    command = [sys.executable, "-c", READINGS]
    done = subprocess.run(command, cwd=ROOT / "benchmarks", stdout=subprocess.PIPE, text=True, check=True)

    figures = [json.loads(line) for line in done.stdout.splitlines()]
    assert [set(figure) for figure in figures] == [LINE] * 7
    assert all(figure["value"] for figure in figures)


def test_readings_sent_while_everything_is_killed_in_turn_are_stored_once_each() -> None:
    """Three kills and PostgreSQL away for a second; `make bench NAME=ingest_faults` does it twenty times."""
    assert [figure["holds"] for figure in _figures("ingest_faults")] == [True] * 4


def test_the_benchmark_of_devices_brings_them_in_and_sweeps(
    db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the database of the tests too."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")

    importlib.import_module("devices").measure(200)

    figures = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [set(figure) for figure in figures] == [LINE] * 5
