"""The benchmark of live pages takes its steps and gives whole figures; its times are not judged here."""

import importlib
from pathlib import Path
from urllib.request import build_opener

import pytest

from tests.journeys.city import City
from tests.journeys.conftest import Open

pytestmark = pytest.mark.journey
ROOT = Path(__file__).parents[2]
LINE = {"name", "value", "unit", "reference", "reference_value", "ratio", "goal", "holds"}


def test_each_step_is_seen_on_the_queue_and_on_the_page_of_its_case(
    city: City, open_apart: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    live = importlib.import_module("live")
    person = build_opener()
    person.addheaders = [("Cookie", f"sessionid={city.sessions['carol']}; csrftoken={'c' * 32}")]
    page = open_apart("carol")

    seen = live.measure(page.context, person, city.address, city.environment["DATABASE_URL"], 2)
    lines = list(live.figures(seen, live.fetched(person, f"{city.address}{live.QUEUE}", 1)))

    assert all(each.queue > 0 and each.case > 0 for each in seen)
    assert [set(line) for line in lines] == [LINE] * 4
