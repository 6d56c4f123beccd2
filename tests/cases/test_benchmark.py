"""The small version of the benchmark agrees with counting days one by one (its speed is not judged here)."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_small_benchmark_of_deadlines_prints_its_figures() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/deadlines.py"), "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == 6
