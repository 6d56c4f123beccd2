"""The public pages: list, case, place, area, feed; what is held back is on none of them."""

import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from anlan.cases.terms import State
from anlan.publishing.terms import PlaceRule
from anlan.store.models import Case, Category, PublicCase, Report
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import new, walked_to

SECRET = "我是王小明13800001234，护栏断了"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def case(cast: Cast) -> Case:
    made = new(cast, NOON, words=SECRET)
    Report.objects.create(
        case=made,
        channel="web",
        category=cast.open_water,
        words=SECRET,
        area=cast.village_111,
        received_at=NOON,
    )
    return made


def pages_with(case: Case) -> list[str]:
    """The pages and files in which the case stands."""
    return [
        "/public/cases/",
        f"/public/cases/{case.pk}/",
        f"/public/areas/{case.area.code}/",
        "/public/cases.atom",
        "/public/cases.geojson",
        f"/public/cases/{case.pk}.atom",
        "/public/map.json?bbox=121,28,122,29&zoom=16",
    ]


def pages_of(case: Case) -> list[str]:
    """All that the public can open of it."""
    return [*pages_with(case), "/open-data/", f"/public/follow/?case={case.pk}"]


def test_no_public_page_shows_words_that_nobody_cleared_or_the_true_point(
    browser: Client, case: Case
) -> None:
    said = "".join(browser.get(address).text for address in pages_of(case))

    assert "13800001234" not in said and "护栏断了" not in said
    assert f"{case.lng:.5f}" not in said


def test_cleared_words_are_shown(browser: Client, case: Case) -> None:
    PublicCase.objects.filter(pk=case.pk).update(words="A railing is broken", cleared_at=NOON)

    pages = [browser.get(address).text for address in ("/public/cases/", f"/public/cases/{case.pk}/")]
    assert ["A railing is broken" in page for page in pages] == [True, True]


def test_a_hidden_case_and_no_case_look_alike(browser: Client, case: Case) -> None:
    PublicCase.objects.filter(pk=case.pk).update(shown=False)

    for page in ("/public/cases/{}/", "/public/cases/{}.atom", "/public/follow/?case={}"):
        hidden, none = (browser.get(page.format(pk)) for pk in (case.pk, 999999))
        assert (hidden.status_code, none.status_code) == (404, 404)


def test_the_list_says_how_many_and_filters_by_what_is_in_the_address(browser: Client, cast: Cast) -> None:
    new(cast, NOON)
    walked_to(State.CLOSED, cast, NOON)

    def total(query: str) -> str:
        return re.findall(r'<b class="n">(\d+)</b>', browser.get(f"/public/cases/?{query}").text)[0]

    by_kind = [total(query) for query in ("", "state=open", "state=done", "category=fire", "category=water")]
    by_area = [total(f"area={area.code}") for area in (cast.city, cast.village_111, cast.county_2)]
    by_month = [total(query) for query in ("since=2026-11", "until=2026-10", "since=rubbish")]
    assert (by_kind, by_area, by_month) == (["2", "1", "1", "0", "2"], ["2", "2", "0"], ["2", "0", "2"])


def test_a_name_leads_to_the_place_or_asks_which(browser: Client, cast: Cast) -> None:
    one = browser.get("/public/cases/?words=荻花村")
    two = browser.get("/public/cases/?words=渡头村")

    assert one["Location"] == f"/public/cases/?area={cast.village_111.code}"
    assert two.text.count("渡头村</b>") == 2


def test_the_pages_of_the_list_follow_each_other(browser: Client, cast: Cast) -> None:
    made = {new(cast, NOON).pk for _ in range(23)}

    first = browser.get("/public/cases/").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    rest = browser.get("/public/cases/" + following[1].replace("&amp;", "&")).text

    shown = [int(pk) for pk in re.findall(r'href="/public/cases/(\d+)/"', first + rest)]
    assert (len(shown), set(shown)) == (23, made)


@pytest.mark.parametrize(
    "query", ["after=x", "after=2026-01-01T00:00_5", "after=2026-01-01T00:00Z_9e9", "area=%00"]
)
def test_rubbish_in_the_address_is_left_out(browser: Client, case: Case, query: str) -> None:
    assert browser.get(f"/public/cases/?{query}").status_code == 200


def test_a_feed_is_atom_and_links_the_cases(browser: Client, case: Case) -> None:
    feed = ET.fromstring(browser.get("/public/cases.atom").content)

    (entry,) = feed.findall(f"{ATOM}entry")
    link = entry.find(f"{ATOM}link")
    assert link is not None and link.get("href") == f"http://testserver/public/cases/{case.pk}/"


def test_a_closed_case_says_what_was_done_and_asks_whether_it_is_gone(browser: Client, cast: Cast) -> None:
    case = walked_to(State.CLOSED, cast, NOON)

    page = browser.get(f"/public/cases/{case.pk}/").text

    assert "The unit says the hazard is removed" in page and "Is it fixed?" in page
    assert "3 m of railing fitted" not in page


def test_the_number_of_queries_does_not_grow_with_the_list(browser: Client, cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            browser.get("/public/cases/")
        return len(seen)

    new(cast, NOON)
    one = queries()
    for _ in range(15):
        new(cast, NOON)

    assert queries() == one


def test_a_kind_that_is_never_shown_is_offered_nowhere(browser: Client, cast: Cast) -> None:
    Category.objects.filter(code="open_water").update(public_place=PlaceRule.NEVER)

    assert "Unfenced water" not in browser.get("/public/cases/").text


@pytest.mark.parametrize("where", ["areas/{area}", "sites/{site}"])
def test_a_place_shows_its_months_and_each_leads_to_its_cases(
    browser: Client, cast: Cast, where: str
) -> None:
    now = timezone.now()
    then = now - timedelta(days=40)
    for at in (now, now, now, now, then):
        PublicCase.objects.filter(pk=new(cast, at).pk).update(site=cast.pond_111)

    address = where.format(area=cast.village_111.code, site=cast.pond_111.code)
    page = browser.get(f"/public/{address}/").text

    rows = [
        [re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r'<tr>(<th scope="row.*?)</tr>', page)
    ]
    this, before = (f"{timezone.localtime(at):%Y-%m}" for at in (now, then))
    assert [row for row in rows if row[1] != "0"] == [[this, "4", "0"], [before, "1–2", "0"]]
    assert len(rows) == 12 and "5–6</b>" in page and f"since={before}&amp;until={before}" in page


def test_the_way_of_a_case_speaks_to_everybody_and_not_to_its_reporter(browser: Client, case: Case) -> None:
    page = browser.get(f"/public/cases/{case.pk}/").text

    assert "The report came" in page and "We received your report" not in page


def test_every_public_page_leads_to_the_warnings(browser: Client, case: Case) -> None:
    pages = ("/report/", "/receipt/", "/public/cases/", f"/public/cases/{case.pk}/", "/cameras/")

    assert [page for page in pages if 'href="/warnings/"' not in browser.get(page).text] == []


def test_figures_of_a_place_say_until_when_they_count(browser: Client, case: Case) -> None:
    page = browser.get("/public/areas/990101/").text

    assert f"counted until {timezone.localdate():%Y-%m-%d}; the month that runs is not over" in page


@pytest.mark.parametrize(("language", "between"), [("en", "same. Names"), ("zh-hans", "案卷。姓名")])
def test_a_gap_stands_between_sentences_where_the_language_has_one(
    case: Case, language: str, between: str
) -> None:
    page = Client(headers={"accept-language": language}).get("/public/cases/").text

    assert between in page
