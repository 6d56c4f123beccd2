"""The clock of a case before everybody's eyes: parked, gone on, extended by somebody else's word."""

import pytest
from playwright.sync_api import expect

from tests.journeys.city import City
from tests.journeys.conftest import Open
from tests.journeys.test_case_road import reported, stands_at, take

pytestmark = pytest.mark.journey


def test_a_case_is_parked_goes_on_and_gets_more_time_from_somebody_else(open_page: Open, city: City) -> None:
    case = city.cases["to-park"]
    carol, alice = open_page("carol"), open_page("alice")
    carol.goto(f"/cases/{case}/")
    take(carol, "park", reason="等枯水期")
    stands_at(carol, "Parked")
    expect(carol.locator("#more-time")).to_have_count(0)
    take(carol, "resume")
    stands_at(carol, "Dispatched")

    alice.goto(f"/cases/{case}/")
    alice.get_by_role("link", name="Ask for more time").click()
    alice.get_by_label("How much longer").fill("3")
    alice.get_by_label("Counted in").select_option("days")
    alice.get_by_label("Why").fill("立柱要定做")
    alice.get_by_role("button", name="Send the request").click()
    expect(alice.locator("#more-time")).to_contain_text("3 days of the calendar")
    expect(alice.get_by_role("link", name="Answer", exact=True)).to_have_count(0)

    carol.goto(f"/cases/{case}/")
    carol.get_by_role("link", name="Answer", exact=True).click()
    carol.get_by_label("Grant the time").check()
    carol.get_by_role("button", name="Send the answer").click()
    said = carol.locator("#more-time")
    expect(said).to_contain_text("instead of")
    expect(said).to_contain_text("立柱要定做")
    expect(carol.locator(".timeline")).to_contain_text("More time was granted")


def test_a_case_that_nobody_works_on_comes_before_the_city(open_page: Open, city: City) -> None:
    """It is told up rung by rung; the city opens it from its notices and sees who heard when."""
    case = city.cases["supervised"]
    liu = open_page("liu")
    liu.goto("/notices/")
    notice = liu.locator("#notices li").filter(has_text="overdue and supervised by your level")
    notice.first.get_by_role("button").click()
    expect(liu).to_have_url(f"{city.address}/cases/{case}/")

    told = liu.locator(".timeline li").filter(has_text="Told one rung up")
    stage = told.filter(has_text="rectify: ")
    expect(stage).to_have_count(5)
    for rung in (
        "the handlers of the unit",
        "the head of the unit",
        "the township",
        "the county",
        "the city",
    ):
        expect(stage.filter(has_text=f"rectify: {rung}")).to_have_count(1)
    expect(told.filter(has_text="the whole case: ").first).to_be_visible()
    expect(liu.locator("#panel .due.red").first).to_be_visible()
    expect(liu.locator("#clock-total .due")).to_be_visible()

    alice, carol = open_page("alice"), open_page("carol")
    alice.goto("/notices/")
    expect(alice.locator("#notices")).to_contain_text("A case is near its deadline")
    expect(alice.locator("#notices")).to_contain_text("A case is overdue")
    carol.goto("/cases/?view=late")
    expect(carol.locator(f"#case-{case} .due.red")).to_be_visible()


def test_the_check_of_a_new_report_is_kept_and_its_clock_ends(open_page: Open) -> None:
    case, _ = reported(open_page)
    carol = open_page("carol")
    carol.goto(f"/cases/{case}/")
    expect(carol.locator("#clock-check")).to_contain_text("check the report")
    carol.get_by_role("link", name="Keep what the check found").click()
    carol.get_by_label("What you found").fill("电话问过店主，护栏确实断了")
    carol.get_by_role("button", name="Keep what you found").click()

    expect(carol.locator("#clock-check")).to_have_count(0)
    expect(carol.locator(".timeline li").first).to_contain_text("Report checked")
    expect(carol.locator(".timeline li").first).to_contain_text("护栏确实断了")
    stands_at(carol, "To accept")
