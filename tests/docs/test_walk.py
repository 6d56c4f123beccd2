"""The walk of one report in CONTRIBUTING.md: its files are there and define what it names."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WALK = (ROOT / "CONTRIBUTING.md").read_text().split("## The walk of one report")[1].split("\n## ")[0]
STATIONS = re.split(r"^\d+\. ", WALK, flags=re.MULTILINE)[1:]


def files(station: str) -> list[str]:
    return re.findall(r"`(src/[\w/]+\.py)`", station)


def names(station: str) -> list[str]:
    return re.findall(r"`([A-Za-z_]+)`", station)


def test_the_walk_passes_through_every_kind_of_room() -> None:
    rooms = {path.split("/")[2] for station in STATIONS for path in files(station)}
    assert rooms == {"edge", "flows", "cases", "store", "staff", "channels"}


@pytest.mark.parametrize("station", STATIONS)
def test_each_station_is_there_and_defines_what_it_names(station: str) -> None:
    code = "\n".join((ROOT / path).read_text() for path in files(station))
    missing = [name for name in names(station) if not re.search(rf"\b(def|class) {name}\b", code)]
    assert missing == []
