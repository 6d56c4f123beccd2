"""The benchmarks of what the finder of covers misses run through; their figures are not judged here."""

import json
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize("name", ["missed_faces", "missed_plates"])
def test_a_share_of_what_was_drawn_is_missed(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    benchmark = import_module(name)
    monkeypatch.setattr(benchmark, "WIDTH", 640)
    monkeypatch.setattr(benchmark, "HEIGHT", 480)

    benchmark.measure(60, 1, np.random.default_rng(1))

    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert line["unit"] == "share" and 0 <= line["value"] <= 1
