"""The small versions of the benchmarks of flows run through (their speed is not judged here)."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_small_benchmark_of_the_sweep_prints_its_figures() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/sweep.py"), "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == 2


def test_the_small_benchmark_of_steps_prints_its_figures() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/flows.py"), "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == 3


def test_the_small_benchmark_of_a_changed_calendar_prints_its_figures() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/calendar_change.py"), "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == 5
