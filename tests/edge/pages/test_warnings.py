"""Warnings on pages, in the feed, on the wall."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anlan.sensing.cap.checking import faults_of
from anlan.store.models import Area, Case, DeviceLiveness, Outage, Warning
from anlan.store.readers.staff import Acting
from anlan.store.readers.wall import MOST_SQUARES, cell_of
from tests.cast import Cast
from tests.devices import a_device
from tests.flows.walks import new

pytestmark = pytest.mark.django_db
TYPED = {
    "status": "Actual",
    "typed_status": "Actual",
    "area_code": "990101",
    "colour": "orange",
    "category": "Met",
    "urgency": "Expected",
    "certainty": "Likely",
    "event_zh": "水位上涨",
    "headline_zh": "下塘水位上涨",
    "headline_en": "Water rises",
    "event_en": "Rising water",
    "onset": "2026-01-01T08:00",
    "expires": "2036-01-01T08:00",
}


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    """Nobody needs a second factor in the demo."""
    settings.ANLAN_SYNTHETIC = True


def browser(who: Acting | None = None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if who:
        client.force_login(who.user)
    return client


def sent(who: Acting, address: str, answers: int = 302, **words: str) -> str:
    answer = browser(who).post(address, words)
    assert answer.status_code == answers, answer.content.decode()
    return answer.content.decode()


def page(who: Acting | None, address: str, status: int = 200) -> str:
    answer = browser(who).get(address)
    assert answer.status_code == status
    return answer.content.decode()


def issued(cast: Cast, **changes: str) -> Warning:
    sent(cast.carol, "/duty/warnings/new/", **TYPED | changes)
    message = Warning.objects.latest("pk")
    sent(cast.carol, f"/duty/warnings/{message.pk}/hand-in/", seen="")
    sent(cast.liu, f"/duty/warnings/{message.pk}/issue/", typed_status=message.status)
    message.refresh_from_db()
    return message


def test_a_warning_is_written_signed_shown_updated_and_called_off(cast: Cast) -> None:
    message = issued(cast)
    assert "Sign and issue" not in page(cast.carol, f"/duty/warnings/{message.pk}/")
    assert "Water rises" in page(None, "/warnings/")
    assert "Orange" in page(cast.carol, "/wall/")
    document = browser().get(f"/warnings/{message.identifier}.cap.xml")
    assert document["Content-Type"].startswith("application/cap+xml")
    assert faults_of(document.content) == []
    feed = page(None, "/warnings/feed.atom")
    assert message.identifier in feed

    sent(cast.carol, f"/duty/warnings/{message.pk}/update/", **TYPED | {"colour": "yellow"})
    update = Warning.objects.latest("pk")
    sent(cast.carol, f"/duty/warnings/{update.pk}/issue/", typed_status="Actual")
    sent(cast.carol, f"/duty/warnings/{update.pk}/cancel/", why="Water has gone down")
    end = Warning.objects.latest("pk")
    sent(cast.carol, f"/duty/warnings/{end.pk}/issue/", typed_status="Actual")
    assert "No warning is in force" in page(None, "/warnings/")


def test_a_drill_stands_on_the_wall_and_not_on_the_public_page(cast: Cast) -> None:
    sent(cast.liu, "/duty/drills/begin/", words="Flood drill", area_code="990100")
    assert "A drill runs here" in sent(cast.carol, "/duty/warnings/new/", 422, **TYPED)
    issued(cast, status="Exercise", typed_status="Exercise")
    assert "Water rises" not in page(None, "/warnings/")
    assert "Flood drill" in page(cast.carol, "/wall/990101/")
    assert "[Drill (Exercise)]" in page(None, "/warnings/feed.atom")


def test_a_draft_is_nobody_elses_to_see(cast: Cast) -> None:
    sent(cast.carol, "/duty/warnings/new/", **TYPED)
    message = Warning.objects.get()
    page(cast.dan, f"/duty/warnings/{message.pk}/", 404)
    page(cast.alice, f"/duty/warnings/{message.pk}/", 403)
    page(None, f"/warnings/{message.identifier}.cap.xml", 404)
    assert message.identifier not in page(None, "/warnings/feed.atom")
    page(cast.carol, f"/duty/warnings/{message.pk}/nonsense/", 404)


@pytest.mark.parametrize(
    ("scope", "path", "shown"),
    [
        ("area", "990100.", "A whole area"),
        ("area", "990100.990101.", "7 devices"),
        ("gateway", "990100.990101.", "7 devices"),
        ("gateway", "990100.", ""),
        ("area", "990100.990102.", ""),
    ],
)
def test_the_wall_shows_silences_in_its_area_and_of_wider_areas(
    cast: Cast, scope: str, path: str, shown: str
) -> None:
    """One outage stands for a whole city; a county in it is no less silent."""
    now = timezone.now()
    Outage.objects.create(scope=scope, key="x", area_path=path, began_at=now, noticed_at=now, devices=7)

    seen = page(cast.carol, "/wall/990101/")

    assert ("No area, gateway or device is silent" in seen) is (not shown)
    name = Area.objects.get(path=path).name if scope == "area" else "x"
    assert not shown or re.search(rf">{name}</span><span class=\"q s\">{shown}<", seen)


def test_the_wall_is_of_ones_own_areas(cast: Cast) -> None:
    page(cast.carol, "/wall/990101/")
    page(cast.carol, "/wall/990102/", 404)
    page(cast.alice, "/wall/", 404)
    assert browser(cast.carol).get("/wall/990101/map.json").status_code == 400
    view = browser(cast.carol).get("/wall/990101/map.json?bbox=120,27,123,30&zoom=9")
    assert view.json() == {"cells": [], "points": []}


def test_the_map_of_the_wall_puts_cases_and_silent_devices_into_one_square(cast: Cast) -> None:
    for lng, lat in ((121.241, 28.601), (121.242, 28.602), (121.6, 28.9)):
        case = new(cast, timezone.now())
        Case.objects.filter(pk=case.pk).update(lng=lng, lat=lat)
    silent = a_device("gauge-x", cast.village_111, lng=121.243, lat=28.603)
    lonely = a_device("gauge-y", cast.village_111, lng=121.9, lat=28.2)
    for each in (silent, lonely):
        DeviceLiveness.objects.create(device=each, state="offline", since=timezone.now())
    view = browser(cast.carol).get("/wall/990101/map.json?bbox=121,28,122,29&zoom=10.7").json()
    cell = 360 / 2**12  # the half of it would make more than MOST_SQUARES of the view
    west, south = 121.241 // cell * cell, 28.601 // cell * cell
    [square] = view["cells"]
    assert (square["n"], square["words"]) == (3, "2\n1 silent")
    assert square["ring"][0] == [west, south] and square["ring"][2] == [west + cell, south + cell]
    assert square["middle"] == [west + cell / 2, south + cell / 2]
    assert sorted((each["title"], each["lng"]) for each in view["points"]) == [
        ("1 silent device", 121.9), ("Open case", 121.6),
    ]  # fmt: skip


VIEW = "121,28,122,29"


@pytest.mark.parametrize(
    ("bbox", "zoom", "status"),
    [
        *(("1,2,3", "9", 400), ("121,28,120,29", "9", 400), ("nan,28,122,29", "9", 400), (VIEW, "nan", 400)),
        *((VIEW, "9", 200), ("-300,-80,300,80", "0", 200), (VIEW, "99", 200)),
    ],
)
def test_a_view_that_is_none_is_refused(cast: Cast, bbox: str, zoom: str, status: int) -> None:
    found = browser(cast.carol).get(f"/wall/990101/map.json?bbox={bbox}&zoom={zoom}")
    assert found.status_code == status


@pytest.mark.parametrize("zoom", [0, 4.5, 9, 22])
@pytest.mark.parametrize(
    "box", [(-180.0, -90.0, 180.0, 90.0), (120.0, 27.0, 123.0, 30.0), (121.0, 28.0, 121.001, 28.001)]
)
def test_squares_are_never_more_than_a_map_draws(box: tuple[float, float, float, float], zoom: float) -> None:
    cell = cell_of(box, zoom)
    west, south, east, north = box
    assert ((east - west) / cell + 1) * ((north - south) / cell + 1) <= MOST_SQUARES
    assert cell >= 360 / 2.0 ** (zoom + 3)


def test_the_wall_asks_as_many_questions_with_one_case_as_with_many(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    from anlan.store.readers.wall import wall

    with django_assert_max_num_queries(20):
        wall(cast.carol, "", timezone.now())


def test_one_link_of_the_navigation_says_where_one_is(cast: Cast) -> None:
    for address, words in (("/duty/warnings/", "Warnings"), ("/duty/", "On duty")):
        navigation = page(cast.carol, address).partition("<nav")[2].partition("</nav>")[0]
        assert re.findall(r'aria-current="page">(.*?)<', navigation) == [words]
