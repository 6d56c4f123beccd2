"""The benchmark's small version agrees with the plain way (its speed is not judged here)."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_small_benchmark_of_the_scan_agrees_with_the_plain_way() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/scan.py"), "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(figure["name"], figure["holds"]) for figure in figures] == [
        ("scan_agrees_prospective", True),
        ("scan_agrees_retrospective", True),
    ]


def test_the_sizes_can_be_computed_in_every_case() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/scan_size.py"), "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == 8


def test_the_power_can_be_computed_on_every_curve() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/scan_power.py"), "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(figures) == 5 and all(figure["holds"] for figure in figures)


def test_the_plots_of_the_page_can_be_drawn(tmp_path: Path) -> None:
    script = runpy.run_path(str(ROOT / "docs/stats/draw_scan.py"))
    script["main"].__globals__["FOLDER"] = tmp_path
    script["main"]()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["scan_map.svg", "scan_replications.svg"]
