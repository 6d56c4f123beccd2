"""The small versions of the city's benchmarks run through; their speed and figures are not judged here."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOL = ROOT / "web" / "node_modules" / "loadtest"
LINE = {"name", "value", "unit", "reference", "reference_value", "ratio", "goal", "holds"}


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        pytest.param(
            "pages",
            18,
            marks=pytest.mark.skipif(
                not TOOL.exists() or shutil.which("node") is None, reason="no Node.js, or no load tool"
            ),
        ),
        ("memory", 2),
        ("start", 1),
        ("demo", 1),
    ],
)
def test_a_benchmark_of_the_city_prints_whole_figures(name: str, lines: int) -> None:
    command = [sys.executable, str(ROOT / f"benchmarks/{name}.py"), "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = [json.loads(line) for line in done.stdout.splitlines()]

    assert [set(figure) for figure in figures] == [LINE] * lines
    assert all(figure["value"] > 0 for figure in figures)
