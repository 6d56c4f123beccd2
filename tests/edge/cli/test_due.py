"""`anlan due` explains a deadline, in JSON or in the language of the terminal."""

import json
import shlex
import sys
from pathlib import Path

import pytest
from django.conf import settings
from typer.testing import CliRunner

from anlan.edge.cli.commands import app, main
from anlan.edge.cli.problems import Problem
from tests.cast import Cast
from tests.flows.made_calendars import HOLIDAY, announced, on

START = "2026-02-13T16:30+08:00"


def said(*words: str, language: str = "en") -> str:
    return CliRunner().invoke(app, ["due", *words], env={"LC_ALL": language}, catch_exceptions=False).output


def test_the_json_has_the_end_with_its_zone_and_what_was_counted() -> None:
    pause = "2026-02-13T17:00+08:00/2026-02-14T09:00+08:00"
    found = json.loads(said("--start", START, "--limit", "1 working day", "--pause", pause, "--json"))

    assert found == {
        "due": "2026-02-14T17:30:00+08:00",
        "start": "2026-02-13T16:30:00+08:00",
        "counted_from": "2026-02-13T16:30:00+08:00",
        "limit": {"amount": 1, "unit": "working days"},
        "calendar": "cn",
        "zone": "Asia/Shanghai",
        "pauses": [
            {
                "from": "2026-02-13T17:00:00+08:00",
                "to": "2026-02-14T09:00:00+08:00",
                "moved_seconds": 3600.0,
            }
        ],
        "counted": [
            {"from": "2026-02-13T16:30:00+08:00", "to": "2026-02-13T17:00:00+08:00"},
            {"from": "2026-02-14T09:00:00+08:00", "to": "2026-02-14T12:00:00+08:00"},
            {"from": "2026-02-14T14:00:00+08:00", "to": "2026-02-14T17:30:00+08:00"},
        ],
        "days": [
            {"date": "2026-02-13", "kind": "workday", "name": ""},
            {"date": "2026-02-14", "kind": "make_up", "name": "Spring Festival"},
        ],
        "assumed": [],
    }


def test_the_sentences_say_which_hours_of_which_days_were_counted() -> None:
    assert said("--start", START, "--limit", "2 working days").splitlines() == [
        "Due 2026-02-24 Tue 16:30 (Asia/Shanghai)",
        "2 working days, counted from 2026-02-13 Fri 16:30",
        "Counted:",
        "  2026-02-13 Fri  16:30–17:30",
        "  2026-02-14 Sat  08:30–12:00, 14:00–17:30 (make-up workday)",
        "  2026-02-15 Sun – 2026-02-23 Mon  – (holiday: Spring Festival)",
        "  2026-02-24 Tue  08:30–12:00, 14:00–16:30",
    ]


def test_a_year_that_nobody_announced_is_said_to_be_assumed() -> None:
    asked = ("--start", "2026-12-31T16:30+08:00", "--limit", "1 working day")

    assert json.loads(said(*asked, "--json"))["assumed"] == [2027]
    assert said(*asked, language="zh_CN").splitlines()[-1] == (
        "2027 年放假安排尚未公布，暂按周一至周五上班推定。"
    )


@pytest.mark.parametrize(
    ("given", "end"),
    [
        (("--season", "05-01/09-30=09:00-12:00"), "2026-06-08T10:00:00+08:00"),
        (("--windows", "09:00-11:30,13:00-18:00"), "2026-06-05T14:30:00+08:00"),
        (("--calendar", "cn-summer"), "2026-06-05T15:30:00+08:00"),
        (("--calendar", "jp"), "2026-06-05T16:00:00+09:00"),
        (("--calendar", "jp", "--zone", "Asia/Shanghai"), "2026-06-05T15:00:00+08:00"),
    ],
)
def test_windows_seasons_calendars_and_zones_can_be_given(given: tuple[str, ...], end: str) -> None:
    asked = ("--start", "2026-06-05T11:00+08:00", "--limit", "2 working hours", "--json")
    assert json.loads(said(*asked, *given))["due"] == end


def worked_out(refused: bool) -> dict[str, str]:
    """What is asked, and the end, or after "!" words of the refusal; worked out by hand from the rule."""
    lines = (Path(__file__).parents[2] / "data" / "due_examples.txt").read_text().splitlines()
    pairs = [line.split(" => ") for line in lines if not line.startswith("#")]
    return {asked: end.lstrip("! ") for asked, end in pairs if end.startswith("!") is refused}


def test_examples_worked_out_by_hand_end_when_the_rule_says() -> None:
    ends = worked_out(refused=False)

    assert {asked: json.loads(said(*shlex.split(asked), "--json"))["due"] for asked in ends} == ends


def test_what_is_no_limit_no_moment_and_no_pause_is_refused_with_nothing_on_the_output() -> None:
    for asked, words in worked_out(refused=True).items():
        result = CliRunner().invoke(app, ["due", *shlex.split(asked)], env={"LC_ALL": "en"})
        assert result.exit_code in (1, 2) and result.stdout == "", asked
        assert words in f"{result.stderr} {result.exception}", asked


@pytest.mark.django_db
def test_an_installation_counts_by_the_calendar_that_it_has_in_force(cast: Cast) -> None:
    announced(cast, (on(2), on(3), HOLIDAY), from_day=on(1))
    asked = ("--start", f"{on(1)}T16:30+08:00", "--limit", "1 working day", "--json")

    city, country = (json.loads(said(*asked, "--calendar", each)) for each in ("city", "cn"))
    assert [found["due"][:16] for found in (city, country)] == [f"{on(4)}T16:30", f"{on(2)}T16:30"]
    assert city["days"][1] == {"date": f"{on(2)}", "kind": "holiday", "name": HOLIDAY.name}
    assert json.loads(said(*asked, "--calendar", "city", "--zone", "UTC"))["zone"] == "UTC"


def test_where_no_city_is_there_is_no_calendar_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "ANLAN_HOME", tmp_path / "none")
    monkeypatch.setattr(settings, "ANLAN_POSTGRES", tmp_path / "none" / "postgres")

    with pytest.raises(Problem, match=r"There is no city in .*none"):
        said("--start", START, "--limit", "1 day", "--calendar", "city")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--start", "2026-02-13T16:30"), "does not say its time zone"),
        (("--limit", "2.5 days"), "limits are whole numbers"),
        (("--pause", f"{START}/2026-02-12T16:30+08:00"), "before it begins"),
        (("--windows", "09:00-12:00,11:00-15:00"), "overlap"),
        (("--season", "13-01/14-01=09:00-12:00"), "is not a season"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(
    words: tuple[str, str],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = {"--start": START, "--limit": "2 working days"} | dict([words])
    monkeypatch.setenv("LC_ALL", "en")
    monkeypatch.setattr(sys, "argv", ["anlan", "due", *(word for pair in given.items() for word in pair)])

    with pytest.raises(SystemExit) as ended:
        main()

    said = ended.value.code
    assert isinstance(said, str) and (capsys.readouterr(), said.count("\n")) == (("", ""), 0)
    assert sentence in said
