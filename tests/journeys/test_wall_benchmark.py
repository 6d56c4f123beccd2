"""The benchmark of the wall moves its map, waits, and gives whole figures; they are not judged here."""

import importlib
import json
from pathlib import Path

import pytest

from tests.journeys.conftest import Open

pytestmark = pytest.mark.journey
ROOT = Path(__file__).parents[2]
LINE = {"name", "value", "unit", "reference", "reference_value", "ratio", "goal", "holds"}


def test_frames_and_what_the_wall_holds_are_figures(
    open_apart: Open, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    wall = importlib.import_module("wall")

    wall.measure(open_apart("liu").context, minutes=0.01, seconds=0.3)

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [set(line) for line in lines] == [LINE] * 9
    assert lines[0]["value"] > 0 and lines[-1]["value"] == 0
