"""The page of open data: all addresses on it are answered, with nothing else than the public sees."""

import json
import re
import shlex
import xml.etree.ElementTree as ET
from html import unescape
from typing import Any

import pytest
from django.test import Client

from anlan.cases.terms import State
from anlan.publishing.terms import PlaceRule
from anlan.store.models import Case, PublicCase
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import walked_to

CELL = 0x8831AA4221FFFFF
ANSWERS = {
    "application/geo+json": json.loads,
    "application/json": json.loads,
    "application/atom+xml": ET.fromstring,
    "text/csv": str.splitlines,
    "text/html": str,
}
"""What each kind of answer is read with."""


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def cases(cast: Cast) -> list[Case]:
    """Three cases whose places are shown exactly, as a cell and not at all; one more is hidden."""
    found = [walked_to(State.ACCEPTED, cast, NOON) for _ in range(4)]
    exact, cell, area, hidden = (PublicCase.objects.filter(pk=case.pk) for case in found)
    exact.update(place_rule=PlaceRule.EXACT, lng=121.3, lat=28.6, words="A gap in the railing")
    cell.update(place_rule=PlaceRule.CELL, lng=121.3, lat=28.6, cell=CELL)
    area.update(place_rule=PlaceRule.AREA, lng=None, lat=None, cell=None)
    hidden.update(shown=False)
    return found


def addresses_on(page: str) -> list[str]:
    """What the page links to as data, and what its example asks for."""
    main = page.partition("<main")[2].partition("</main>")[0]
    example = re.search(r"curl [^<]+", main)
    assert example
    return [*re.findall(r'<a href="([^"]+)"', main), shlex.split(unescape(example[0]))[1]]


def test_every_address_and_the_example_of_the_page_are_answered_in_their_form(
    cases: list[Case], browser: Client
) -> None:
    read = []
    for address in addresses_on(browser.get("/open-data/").text):
        answer = browser.get(unescape(address).removeprefix("http://testserver"))
        kind = answer["Content-Type"].partition(";")[0]
        ANSWERS[kind](answer.getvalue().decode())
        read.append((answer.status_code, kind))

    assert [status for status, _ in read] == [200] * len(read)
    assert {kind for _, kind in read} == set(ANSWERS)


def test_every_page_leads_there(browser: Client, db: None) -> None:
    assert 'href="/open-data/"' in browser.get("/public/cases/").text


def test_the_licence_is_said_or_that_there_is_none(browser: Client, db: None, settings: Any) -> None:
    without = browser.get("/open-data/").text
    settings.ANLAN_DATA_LICENCE = "CC BY 4.0"

    assert "has not said under which licence" in without
    assert "Licence: CC BY 4.0" in browser.get("/open-data/?again").text


def test_a_place_is_a_point_a_cell_or_nothing_and_what_is_hidden_is_not_there(
    cases: list[Case], browser: Client
) -> None:
    features = browser.get("/public/cases.geojson").json()["features"]

    shapes = {each["id"]: each["geometry"] and each["geometry"]["type"] for each in features}
    exact, cell, area, _hidden = (case.pk for case in cases)
    assert shapes == {exact: "Point", cell: "Polygon", area: None}
    assert [each["properties"]["words"] for each in features] == ["", "", "A gap in the railing"]


def test_a_long_answer_leads_to_the_rest(
    cases: list[Case], browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anlan.edge.pages.open_data.AT_ONCE", 2)
    first = browser.get("/public/cases.geojson?area=990101").json()

    second = browser.get(first["next"].removeprefix("http://testserver")).json()

    exact, cell, area, _hidden = (case.pk for case in cases)
    assert [[each["id"] for each in part["features"]] for part in (first, second)] == [[area, cell], [exact]]
    assert "next" not in second and "area=990101" in first["next"]
