"""The first call after installation says that it is compiling; the next process takes the kept code."""

import os
import subprocess
import sys
from pathlib import Path

MODULE = """
from anlan.stats._compiling import compiled, inner

@inner
def added(x, y):
    return x + y

@compiled()
def twice(x):
    return added(x, x)
"""
CALL = """
import sys
from importlib.util import module_from_spec, spec_from_file_location

spec = spec_from_file_location("anlan.stats.kept", sys.argv[1])
kept = sys.modules["anlan.stats.kept"] = module_from_spec(spec)
spec.loader.exec_module(kept)
print(kept.twice(21), kept.added(20, 22))
"""


def run(folder: Path) -> tuple[str, str]:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder / "cache")}
    command = [sys.executable, "-c", CALL, str(folder / "kept.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return done.stdout.strip(), done.stderr.strip()


def test_only_the_first_process_compiles_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "kept.py").write_text(MODULE)
    first, second = run(tmp_path), run(tmp_path)
    assert first[0] == second[0] == "42 42"
    assert first[1].startswith("anlan.stats: compiling for this machine")
    assert second[1] == ""
