"""The clock of a case before everybody's eyes: parked, gone on, extended by somebody else's word."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Open
from tests.journeys.test_case_road import reported, sent_to_the_unit, stands_at, take

pytestmark = pytest.mark.journey


def test_a_case_is_parked_goes_on_and_gets_more_time_from_somebody_else(open_page: Open) -> None:
    case, _ = reported(open_page)
    carol, alice = open_page("carol"), open_page("alice")
    sent_to_the_unit(carol, case)
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
