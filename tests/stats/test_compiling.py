"""The first call after installation says that it is compiling; the next process takes the kept code."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from anlan.stats import _compiling
from anlan.stats.scan import _walk

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


STEPS = """
from anlan.stats._compiling import inner
from anlan.stats.scales import (
    SCALE,
)

@inner
def step(x):
    return SCALE * x
"""
WHOLE = """
from anlan.stats import steps
from anlan.stats._compiling import compiled

@compiled()
def whole(x):
    return steps.step(x)
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


def test_what_another_module_says_is_compiled_in_anew_when_it_changes(tmp_path: Path) -> None:
    place = tmp_path / "anlan" / "stats"
    place.mkdir(parents=True)
    for package in (place.parent, place):
        (package / "__init__.py").touch()
    shutil.copy(_compiling.__file__, place)
    (place / "scales.py").write_text("SCALE = 2\n")
    (place / "steps.py").write_text(STEPS)
    (place / "whole.py").write_text(WHOLE)
    command = [sys.executable, "-c", "from anlan.stats.whole import whole; print(whole(21))"]

    def run() -> tuple[str, bool]:
        given = {**os.environ, "PYTHONPATH": str(tmp_path)}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=given)
        return done.stdout.strip(), "compiling" in done.stderr

    first = [run(), run()]
    (place / "scales.py").write_text("SCALE = 3\n")

    assert (first, [run(), run()]) == ([("42", True), ("42", False)], [("63", True), ("63", False)])


def test_what_a_walk_compiles_in_is_named_by_its_stamp() -> None:
    """Through modules, packages and names in brackets."""
    left, known = [Path(_walk.__file__)], set[str]()
    while left:
        file = left.pop()
        if file.stem not in known:
            known.add(file.stem)
            left += _compiling._read(file)[1]
    assert known >= {
        "_walk",
        "_look",
        "_event_walk",
        "_likelihood",
        "_needs",
        "_bands",
        "_circles",
        "_compiling",
    }
