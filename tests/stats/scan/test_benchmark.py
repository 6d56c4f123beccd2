"""The benchmark's small version agrees with the plain way (its speed is not judged here)."""

import json
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
