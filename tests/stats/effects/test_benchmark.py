"""The coverage benchmark's small version computes cases of every kind (its shares are not judged here)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("only", ["differences_rare", "post_stratified"])
def test_the_small_benchmark_prints_a_figure_for_every_case(only: str) -> None:
    command = [sys.executable, str(ROOT / "benchmarks/effects_coverage.py"), "--quick", "--only", only]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = [json.loads(line) for line in done.stdout.splitlines()]
    assert figures and all(only in figure["name"] and 0 <= figure["value"] <= 1 for figure in figures)
