"""Before a report is sent it says what others will see, and it is what they see: for every kind of place."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from anlan.publishing.terms import PlaceRule
from anlan.store.models import Case, Category, PublicCase, Report, Site
from tests.cast import Cast
from tests.edge.pages.test_report import CODE, FILLED

POINT = {"lng": "121.2401", "lat": "28.6001", "place_source": "map"}


@pytest.fixture
def resident(db: None) -> Client:
    """A browser that keeps no cookie and reads English."""
    return Client(enforce_csrf_checks=True, headers={"accept-language": "en"})


def place_in(text: str) -> str:
    """What the part of the form says of the place."""
    found = re.search(r'id="preview".*?<dt>Place</dt><dd>(.*?)</dd>', text, re.DOTALL)
    assert found
    return html.unescape(re.sub("<[^>]+>", "", found[1])).strip()


def rule(cast: Cast, chosen: PlaceRule) -> None:
    Category.objects.filter(code="water").update(public_place=chosen)


@pytest.mark.parametrize(
    ("chosen", "typed", "said"),
    [
        (PlaceRule.EXACT, POINT, "exactly this place 28.60010, 121.24010"),
        (PlaceRule.CELL, POINT, "a field of 0.6 km² with at least 20 homes, not the point"),
        (PlaceRule.AREA, POINT, "somewhere in 望潮县 柳埠镇 荻花村"),
        (PlaceRule.EXACT, {}, "somewhere in 望潮县 柳埠镇 荻花村"),
        (PlaceRule.CELL, {}, "somewhere in 望潮县 柳埠镇 荻花村"),
    ],
)
def test_what_is_said_before_is_what_is_shown_after(
    cast: Cast, resident: Client, chosen: PlaceRule, typed: dict[str, str], said: str
) -> None:
    rule(cast, chosen)

    page = resident.post("/report/preview", FILLED | typed).text
    assert CODE.search(resident.post("/report/", FILLED | typed).text)

    shown = PublicCase.objects.get()
    assert place_in(page).startswith(said)
    assert (shown.place_rule == PlaceRule.EXACT) == said.startswith("exactly")
    assert (shown.place_rule == PlaceRule.CELL) == said.startswith("a field")
    assert ("data-ring" in page or "121.24" in page or shown.lng is None) and FILLED["words"] not in page


def test_a_kind_that_is_never_shown_says_so(cast: Cast, resident: Client) -> None:
    rule(cast, PlaceRule.NEVER)

    assert "not shown to others at all" in resident.post("/report/preview", FILLED | POINT).text


def test_before_anything_is_chosen_the_general_rule_stands_there(cast: Cast, resident: Client) -> None:
    assert "near homes a field with many homes" in place_in(resident.get("/report/").text)


def test_without_javascript_a_button_shows_it_and_nothing_is_lost(cast: Cast, resident: Client) -> None:
    page = resident.post("/report/", FILLED | POINT | {"look": "preview"}).text

    assert "28.60010" in page or "km²" in page or "somewhere" in place_in(page)
    assert FILLED["words"] in page and Report.objects.count() == 0


@pytest.mark.parametrize("typed", [{"lng": "nan"}, {"kind": "\0"}, {"site": "\0"}, {"category": "x"}, {}])
def test_no_rubbish_breaks_the_preview(cast: Cast, resident: Client, typed: dict[str, Any]) -> None:
    assert resident.post("/report/preview", typed).status_code == 200


# A printed code

AT_POND = {"category": "water", "words": "The rail is broken.", "site": "pond-111"}


def test_the_code_of_a_place_opens_the_form_with_the_place_filled_in(cast: Cast, resident: Client) -> None:
    rule(cast, PlaceRule.EXACT)
    page = resident.get("/report/?site=pond-111").text
    said = resident.post("/report/preview", AT_POND).text
    sent = resident.post("/report/", AT_POND | {"token": "a-token-of-one-form-9"}).text

    case = Case.objects.get()
    assert "荻花塘" in page and 'name="site" value="pond-111"' in page
    assert place_in(said) == "荻花塘, exactly this place"
    assert CODE.search(sent)
    assert (case.site, case.area, case.lng) == (cast.pond_111, cast.village_111, cast.pond_111.lng)
    assert Report.objects.get().place_source == "site"
    assert PublicCase.objects.get().site == cast.pond_111


def test_who_stands_elsewhere_says_so_and_writes_where(cast: Cast, resident: Client) -> None:
    elsewhere = AT_POND | {"elsewhere": "yes"}

    asked = resident.post("/report/", elsewhere)
    resident.post("/report/", elsewhere | {"address": "柳埠镇渡头"})

    assert (asked.status_code, "Say where it is" in asked.text) == (422, True)
    case = Case.objects.get()
    assert (case.site, case.area) == (None, cast.village_112)


def test_the_code_of_a_place_that_is_closed_asks_where_it_is(cast: Cast, resident: Client) -> None:
    Site.objects.filter(pk=cast.pond_111.pk).update(in_use=False)

    page = resident.get("/report/?site=pond-111").text
    sent = resident.post("/report/", AT_POND)

    assert "not in use any more" in page and sent.status_code == 422
    assert resident.get("/report/?site=%00").status_code == 200


def test_a_report_that_waited_keeps_its_place(cast: Cast, resident: Client) -> None:
    resident.post("/report/", AT_POND | {"website": "x"})
    desk = Client()
    desk.force_login(cast.judy.user)
    (address,) = re.findall(r'href="(/moderation/held/\d+/)"', desk.get("/moderation/held/").text)

    desk.post(address, {"decision": "let_in"})

    assert Case.objects.get().site == cast.pond_111


def test_cards_are_a_pdf_of_the_places_that_one_may_see(cast: Cast, settings: Any) -> None:
    settings.ANLAN_PUBLIC_URL = "https://city.example"
    carol = Client(headers={"accept-language": "en"})
    carol.force_login(cast.carol.user)
    for number in range(8):
        Site.objects.create(
            code=f"pond-9{number}", kind="pond", name="很长的名字" * 9, area=cast.village_111,
            area_path=cast.village_111.path,
        )  # fmt: skip

    chosen, sheet = carol.get("/sites/codes/?kind=pond"), carol.get("/sites/codes.pdf?kind=pond")
    one, elsewhere = (carol.get(f"/sites/codes.pdf?site={code}") for code in ("pond-111", "school-211"))

    assert "9 cards" in chosen.text and "2 sheets of A4" in chosen.text
    assert sheet["Content-Type"] == "application/pdf" and sheet.content.count(b"/Type /Page\n") == 2
    assert carol.get("/sites/codes.pdf?kind=pond", HTTP_HOST="localhost").content == sheet.content
    assert (one.content.count(b"/Type /Page\n"), elsewhere.status_code) == (1, 404)
