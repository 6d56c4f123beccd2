"""What readings need is compiled before they come."""

import os
from pathlib import Path

import pytest

from anlan.edge.ingest import scanning
from anlan.edge.ingest.compiling import LAST, compile_all, is_compiled
from anlan.sensing import name_table, plain_json
from anlan.sensing.rules import walking

CALLED = (
    scanning._scan,
    scanning.acknowledged,
    name_table._filled,
    name_table._found,
    plain_json.read_plain,
    walking.ordered,
    walking.walk,
    walking.walk_sites,
)


def test_whatever_is_called_with_readings_is_compiled() -> None:
    compile_all()

    assert [each.__name__ for each in CALLED if not each.signatures] == []  # type: ignore[attr-defined]


def test_machine_code_that_is_older_than_its_source_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    kept = tmp_path / "rules" / LAST.replace("*", "269.py313")
    kept.parent.mkdir()
    found = [is_compiled()]

    kept.touch()
    found.append(is_compiled())
    os.utime(kept, (0, 0))
    found.append(is_compiled())

    assert found == [False, True, False]
