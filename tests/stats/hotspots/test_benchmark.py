"""The benchmark's small version agrees with the plain way (its speed is not judged here)."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_small_benchmark_of_knox_prints_its_figures() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/knox.py"), "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = [json.loads(line) for line in done.stdout.splitlines()]
    assert [figure["name"] for figure in figures] == ["knox_200_events_99_permutations"]
