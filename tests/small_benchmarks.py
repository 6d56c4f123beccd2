"""The small version of a benchmark, run in the process of the tests: a new one would load scipy again."""

import io
import json
import runpy
import sys
from contextlib import redirect_stdout
from pathlib import Path
from unittest.mock import patch

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def figures_of(name: str, *options: str) -> list[dict[str, object]]:
    """What `benchmarks/<name>.py --quick` prints."""
    path, out = BENCHMARKS / f"{name}.py", io.StringIO()
    with (
        patch.object(sys, "argv", [str(path), "--quick", *options]),
        patch.object(sys, "path", [str(BENCHMARKS), *sys.path]),
        redirect_stdout(out),
    ):
        runpy.run_path(str(path), run_name="__main__")
    return [json.loads(line) for line in out.getvalue().splitlines()]
