"""Pages of areas and sites: who sees what, and as many queries for many rows as for one."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anlan.flows.new_case import Hazard, open_case
from anlan.store.models import Area, Site
from tests.cast import Cast
from tests.conftest import NOON


@pytest.fixture
def carol(cast: Cast, client: Client) -> Client:
    """The dispatcher of county_1, signed in, reading English."""
    client.force_login(cast.carol.user)
    client.cookies["language"] = "en"
    return client


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def more_ponds(cast: Cast, count: int) -> None:
    Site.objects.bulk_create(
        Site(
            code=f"pond-{number:04}",
            kind="pond",
            name=f"第{number}塘",
            area=cast.village_112,
            area_path=cast.village_112.path,
        )
        for number in range(count)
    )


def test_a_dispatcher_sees_the_sites_of_their_county_and_no_others(cast: Cast, carol: Client) -> None:
    page = text_of(carol, "/sites/")

    assert ("荻花塘" in page, "老街小学" in page) == (True, False)


def test_a_site_elsewhere_and_one_that_is_not_there_answer_alike(cast: Cast, carol: Client) -> None:
    elsewhere, nowhere = carol.get("/sites/school-211/"), carol.get("/sites/nothing/")

    assert (elsewhere.status_code, nowhere.status_code) == (404, 404)
    assert elsewhere.content.replace(b"school-211", b"") == nowhere.content.replace(b"nothing", b"")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("words=荻花", True),
        ("words=pond-1", True),
        ("words=lake", False),
        ("kind=pond&state=in_use", True),
        ("kind=shop", False),
        ("state=closed", False),
        ("area=990101001", True),
        ("area=990101002", False),
        ("area=nowhere", False),
        ("kind=%00&state=%FF&after=%00", True),
    ],
)
def test_filters_live_in_the_address(cast: Cast, carol: Client, query: str, found: bool) -> None:
    assert ("荻花塘" in text_of(carol, f"/sites/?{query}")) == found


def test_a_long_list_goes_on_where_it_ended(cast: Cast, carol: Client) -> None:
    more_ponds(cast, 60)

    first, second = text_of(carol, "/sites/?kind=pond"), text_of(carol, "/sites/?kind=pond&after=pond-0049")

    assert ("第 1–50 项，共 61 项" in first, "第 51–61 项，共 61 项" in second) == (True, True)
    assert ("第49塘" in first, "第50塘" in first, "after=pond-0049" in first) == (True, False, True)
    assert ("第49塘" in second, "第59塘" in second, "荻花塘" in second) == (False, True, True)


@pytest.mark.parametrize("address", ["/sites/", "/areas/990101/", "/areas/?words=9901", "/sites/pond-111/"])
def test_as_many_queries_for_many_rows_as_for_one(cast: Cast, carol: Client, address: str) -> None:
    carol.get(address)  # what a process reads once
    with CaptureQueriesContext(
        connection,
    ) as one:
        carol.get(address)
    more_ponds(cast, 40)
    for number in range(3):
        hazard = Hazard(cast.junction, cast.village_111, f"第{number}处", site=cast.pond_111)
        open_case(hazard, at=NOON, source="resident")
    with CaptureQueriesContext(connection) as many:
        carol.get(address)

    assert len(many) == len(one)


def test_the_page_of_a_site_shows_facts_and_its_cases(cast: Cast, carol: Client) -> None:
    Site.objects.filter(pk=cast.pond_111.pk).update(attributes={"depth_m": 2.5, "fenced": False})
    open_case(Hazard(cast.open_water, cast.village_111, "护栏断了", site=cast.pond_111), at=NOON, source="x")

    page = text_of(carol, "/sites/pond-111/")

    for words in ("荻花塘", "荻花村村委会", "2.5", "护栏断了"):
        assert words in page


def test_a_site_with_many_cases_says_how_many_and_leads_to_all_of_them(cast: Cast, carol: Client) -> None:
    for number in range(22):
        hazard = Hazard(cast.open_water, cast.village_111, f"第{number}处", site=cast.pond_111)
        open_case(hazard, at=NOON, source="resident")
    open_case(Hazard(cast.open_water, cast.village_111, "别处"), at=NOON, source="resident")

    here = carol.get("/sites/pond-111/")
    listed = carol.get(here.context["all_cases"])
    assert (len(here.context["here"].cases), here.context["here"].total) == (20, 22)
    assert "前 20 个，共 22 个" in here.text
    assert listed.context["page"].total == 22
    assert 'href="?view=all"' in listed.text
    assert carol.get("/cases/?site=a/b&view=all").context["page"].total == 0


def test_the_page_of_an_area_counts_only_what_this_person_may_see(cast: Cast, carol: Client) -> None:
    for village in (cast.village_111, cast.village_211):
        open_case(Hazard(cast.junction, village, "路口没有灯"), at=NOON, source="resident")

    page = carol.get("/areas/990100/")
    lines = page.context["page"].below
    assert re.search(r'id="now">[^<]*</h2><span class="q s"><time', page.text)
    assert re.search(r'id="below">[^<]*</h2><span class="q n">2<', page.text)
    assert [(line.area.code, line.sites, line.cases) for line in lines] == [
        ("990101", 1, 1),
        ("990102", 0, 0),
    ]


def test_areas_of_one_name_are_told_apart_by_what_they_lie_in(cast: Cast, carol: Client) -> None:
    page = text_of(carol, "/areas/?words=渡头")

    for words in ("990101001202", "990102002201", "柳埠镇", "云岙镇"):
        assert words in page


def test_an_area_that_ended_leads_to_its_successor(cast: Cast, carol: Client) -> None:
    Area.objects.filter(code="990101002").update(
        valid_to=date(2026, 1, 1), in_use=False, successor=Area.objects.get(code="990101001")
    )

    assert 'href="/areas/990101001/"' in text_of(carol, "/areas/990101002/")
    assert "鹤溪乡" in text_of(carol, "/areas/990101001/")
    assert carol.get("/areas/999999/").status_code == 404


@pytest.mark.parametrize("address", ["/sites/", "/sites/pond-111/", "/areas/", "/areas/990101/"])
def test_nobody_reads_them_without_signing_in(cast: Cast, client: Client, address: str) -> None:
    assert client.get(address).status_code == 302
