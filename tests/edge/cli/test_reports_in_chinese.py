"""The pages of the five commands of statistics speak the language of the terminal."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from anlan.edge.cli.commands import app

DATA = Path(__file__).parents[2] / "data/stats"
CHINESE = re.compile("[\u4e00-\u9fff]")


def scan(folder: Path) -> list[object]:
    places, events = folder / "地点.csv", folder / "事件.csv"
    places.write_text(
        "id,lng,lat\n" + "".join(f"{name},12{at}.0,30.0\n" for at, name in enumerate("甲乙丙丁"))
    )
    events.write_text(
        "id,date,count\n"
        + "".join(
            f"{name},2026-03-0{day},{1 + 9 * (name == '甲' and day > 7)}\n"
            for name in "甲乙丙丁"
            for day in range(1, 10)
        )
    )
    return ["scan", places, events, "--window", 3, "--seed", 1]


def surveil(folder: Path) -> list[object]:
    weeks = folder / "周.csv"
    counts = (DATA / "agona.csv").read_text().split()[1:]
    weeks.write_text("period,count\n" + "".join(f"{week},{count}\n" for week, count in enumerate(counts)))
    return ["surveil", weeks, "--last", 31]


def effect(folder: Path) -> list[object]:
    return ["effect", DATA / "seatbelts.csv", "--change", "1983-02", "--exposure", "kms"]


def rates(folder: Path) -> list[object]:
    towns = folder / "乡镇.csv"
    towns.write_text(
        "place,count,exposure,base_count\n椒江区,60,700000,50\n黄岩区,3,650000,9\n路桥区,30,500000,30\n"
    )
    return ["rates", towns]


def survey(folder: Path) -> list[object]:
    return ["survey", DATA / "apistrat.csv", "--mean", "api00", "--weights", "pw", "--strata", "stype"]


COMMANDS = pytest.mark.parametrize("command", [scan, surveil, effect, rates, survey])
OF_THE_DATA = {"farrington", "csv", "kms", "api", "drivers", "all"}


def page_of(command: Callable[[Path], list[object]], folder: Path, *more: str) -> str:
    page = folder / "page.html"
    done = CliRunner().invoke(app, [*map(str, command(folder)), "--report", str(page), *more])
    assert done.exit_code == 0, done.output
    return page.read_text()


def told(page: str) -> list[str]:
    """Headings, paragraphs, captions, and what stands in the drawings and above the columns of tables."""
    found = re.findall(r"<(h1|h2|p|figcaption|th|text)\b[^>]*>(.*?)</\1>", page)
    return [text for _, text in found if re.search("[A-Za-z]{2}", text) and not CHINESE.search(text)]


@COMMANDS
def test_a_page_on_a_chinese_terminal_is_chinese(
    command: Callable[[Path], list[object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    page = page_of(command, tmp_path)
    assert '<html lang="zh' in page
    assert {text for text in told(page) if not OF_THE_DATA & set(re.findall("[A-Za-z]+", text))} == set()


@COMMANDS
def test_a_page_on_any_other_terminal_is_english(
    command: Callable[[Path], list[object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    page = page_of(command, tmp_path)
    assert '<html lang="en"' in page
    assert CHINESE.findall(re.sub("[甲乙丙丁]|事件.csv|周.csv|乡镇.csv|[椒黄岩路桥]|[江区]", "", page)) == []


def test_the_option_of_an_effect_goes_before_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert CHINESE.search(page_of(effect, tmp_path, "--lang", "en")) is None
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert "发生了什么" in page_of(effect, tmp_path, "--lang", "zh")
