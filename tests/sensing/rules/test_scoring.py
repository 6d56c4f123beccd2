"""Scores of the Numenta Anomaly Benchmark, by hand from the paper and by property."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from anlan.edge.cli.commands import app
from anlan.edge.cli.rules import _readings
from anlan.sensing.rules.scoring import PROFILES, Labelled, held_down, probation, score, worth
from tests.examples import examples

STANDARD, FEW_FALSE, FEW_MISSED = PROFILES


def test_the_example_of_the_paper_is_scored_as_the_paper_says() -> None:
    """Lavin and Ahmad 2015, figure 2: -1.0 and +0.9999, then -0.8093 and -1.0; the standard profile: 0.6909.

    Our first point of a window is worth 1 exactly, as scorer 1.1 has it. The window is 21 readings long, so
    nine readings behind it are 0.45 of it.
    """
    assert worth(0.45) == pytest.approx(-0.8093, abs=5e-5)
    file = Labelled(5000, [(1000, 1020)], [900, 1000, 1001, 1029, 1500])
    found = score([file], STANDARD)
    raw = 1 - 0.11 * (1 + 0.8093 + 1)
    assert raw == pytest.approx(0.6909, abs=2e-4)
    assert found.score == pytest.approx(100 * (raw + 1) / 2, abs=1e-3)
    assert (found.detected, found.false, found.missed) == (1, 3, 0)
    assert score([file], FEW_FALSE).score == pytest.approx(100 * (2 - 0.22 * 2.8093) / 2, abs=1e-3)
    assert score([file], FEW_MISSED).score == pytest.approx(100 * (raw + 2) / 3, abs=1e-3)


@settings(max_examples=examples(20), deadline=None)
@given(st.sets(st.integers(750, 4999)), st.sampled_from(PROFILES))
def test_nothing_is_0_all_at_once_is_100_and_no_more_is_possible(places: set[int], profile: object) -> None:
    windows = [(1000, 1100), (3000, 3050)]
    for each in PROFILES:
        assert score([Labelled(5000, windows, [])], each).score == 0
        assert score([Labelled(5000, windows, [1000, 3000])], each).score == pytest.approx(100)
        found = score([Labelled(5000, windows, sorted(places))], each).score
        assert found is not None and found <= 100 + 1e-9
    assert score([Labelled(5000, [], sorted(places))], STANDARD).score is None


def test_what_is_learnt_from_is_not_scored_and_detections_can_be_held_down() -> None:
    assert (probation(1000), probation(100_000)) == (150, 750)
    assert score([Labelled(1000, [(500, 510)], [10, 149])], STANDARD).false == 0
    assert held_down([1, 2, 5, 9, 20], 5) == [1, 9, 20]


def test_a_rule_is_scored_by_command(tmp_path: Path) -> None:
    first = datetime(2014, 4, 1)
    values = [1.0] * 300 + [9.0] * 5 + [1.0] * 95
    lines = [f"{first + timedelta(minutes=5 * n)},{value}" for n, value in enumerate(values)]
    (tmp_path / "a.csv").write_text("\n".join(["timestamp,value", *lines]))
    window = [str(first + timedelta(minutes=5 * n)) for n in (300, 310)]
    (tmp_path / "labels.json").write_text(json.dumps({"a.csv": [window]}))
    (tmp_path / "rule.json").write_text(json.dumps({"kind": "threshold", "levels": [["red", 5, 4]]}))
    words = ["rules", "score", str(tmp_path / "labels.json"), str(tmp_path), "--rule"]
    done = CliRunner().invoke(app, [*words, str(tmp_path / "rule.json"), "--json"])
    scores = json.loads(done.stdout)["scores"]
    assert [each["score"] for each in scores] == [pytest.approx(100)] * 3
    (tmp_path / "rule.json").write_text(json.dumps({"kind": "threshold", "levels": []}))
    assert CliRunner().invoke(app, [*words, str(tmp_path / "rule.json")]).exit_code != 0


@pytest.mark.parametrize(
    ("labels", "rule", "said"),
    [
        (
            {"a.csv": [["2026-01-01"]]},
            {"kind": "threshold", "levels": [["red", 5, 4]]},
            "[[first, last], ...]",
        ),
        ({"a.csv": 5}, {"kind": "threshold", "levels": [["red", 5, 4]]}, "[[first, last], ...]"),
        ({"a.csv": []}, {"kind": "threshold", "levels": {"red": 5}}, '"levels": [["red", 5, 4.5]]'),
        ({"a.csv": []}, [], '"levels": [["red", 5, 4.5]]'),
    ],
)
def test_what_cannot_be_scored_says_what_would_be_right(
    tmp_path: Path, labels: object, rule: object, said: str
) -> None:
    (tmp_path / "labels.json").write_text(json.dumps(labels))
    (tmp_path / "rule.json").write_text(json.dumps(rule))
    (tmp_path / "a.csv").write_text("timestamp,value\n2026-01-01 00:00:00,1\n")
    words = [
        "rules",
        "score",
        str(tmp_path / "labels.json"),
        str(tmp_path),
        "--rule",
        str(tmp_path / "rule.json"),
    ]

    done = CliRunner().invoke(app, words, env={"LC_ALL": "en"})

    assert done.exit_code == 1
    assert said in str(done.exception)


def test_times_of_a_file_keep_their_zone(tmp_path: Path) -> None:
    """On the night of the change to winter time an hour comes twice."""
    times = [f"2026-10-25T02:30:00+0{zone}:00" for zone in (2, 1)]
    (tmp_path / "a.csv").write_text(
        "t,v\n" + "".join(f"{at},{value}\n" for at, value in zip(times, (9, 1), strict=True))
    )

    at, value = _readings(tmp_path / "a.csv")

    assert (at[1] - at[0], value.tolist()) == (3_600_000_000, [9.0, 1.0])
