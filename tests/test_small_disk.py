"""A disk that is small for one test leaves nothing behind for the others."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.small_disk import LITTLE, little_room


def test_a_module_first_loaded_with_little_room_is_whole_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    here, child = "loaded_here_with_little_room", "loaded_by_a_child_with_little_room"
    for name in (here, child):
        lines = (f"word_{n} = '{n:050}'" for n in range(LITTLE // 50))
        (tmp_path / f"{name}.py").write_text("\n".join(lines))

    with little_room():
        importlib.import_module(here)
        subprocess.run([sys.executable, "-c", f"import {child}"], cwd=tmp_path, check=True)

    assert [path.name for path in tmp_path.rglob("*.pyc")] == []
