"""The small versions of the benchmarks run through (their speed and figures are not judged here)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("name", "options"), [("surveillance", []), ("interval_coverage", ["--only", "mean_0.5"])]
)
def test_the_small_version_prints_its_figures(name: str, options: list[str]) -> None:
    command = [sys.executable, str(ROOT / f"benchmarks/{name}.py"), "--quick", *options]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    figures = [json.loads(line) for line in done.stdout.splitlines()]
    keys = {"name", "value", "unit", "reference", "reference_value", "ratio", "goal", "holds"}
    assert figures and all(set(figure) == keys for figure in figures)
