"""The small benchmark of rules runs through (its speed is not judged here)."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_small_benchmark_of_rules_prints_its_figure() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/rules.py"), "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [json.loads(line)["name"] for line in done.stdout.splitlines()] == ["6 rules on 20,000 readings"]
