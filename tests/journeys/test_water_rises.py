"""A pond rises: township, county, acknowledged, case, normal, verified, closed; a silence that ends."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.city import City
from tests.journeys.conftest import Open
from tests.journeys.test_case_road import rectified, sent_to_the_unit, stands_at

pytestmark = pytest.mark.journey
WATER = "tests.journeys.water"


def opened_alarm(page: Page, gauge: str) -> None:
    """Go from the duty page to the alarm of a gauge."""
    page.goto("/duty/")
    page.locator("#alarm-items li", has_text=gauge).get_by_role("link").first.click()
    page.wait_for_load_state()


def test_a_rising_level_goes_up_the_levels_becomes_a_case_and_ends_with_it(
    open_page: Open, city: City
) -> None:
    city.python(WATER, "rise", "gauge-rising")
    ivan, carol, alice = open_page("ivan", width=390), open_page("carol"), open_page("alice", width=390)
    opened_alarm(ivan, "荻花塘水位计")
    expect(ivan.locator("main")).to_contain_text("3.2 m / 3 m")
    expect(ivan.locator("section[aria-labelledby=told]")).to_contain_text("Township")

    city.python(WATER, "wait", "31")
    opened_alarm(carol, "荻花塘水位计")
    expect(carol.locator("section[aria-labelledby=history]")).to_contain_text("a level above was told")
    expect(carol.locator("section[aria-labelledby=told]")).to_contain_text("County")
    carol.get_by_text("I see to it").click()
    carol.get_by_role("button", name="On the way there").click()
    expect(carol.locator(".head")).to_contain_text("Somebody sees to it: On the way there")

    alarm = carol.url
    carol.get_by_role("link", name="Make a case of it").click()
    carol.get_by_label("Category").select_option("open_water")
    carol.get_by_role("button", name="Make a case of it").click()
    carol.locator("dt:text-is('Case') + dd a").click()
    case = int(carol.url.rstrip("/").rpartition("/")[2])
    sent_to_the_unit(carol, case)
    rectified(alice, case)

    city.python(WATER, "fall", "gauge-rising")
    carol.goto(f"/cases/{case}/")
    stands_at(carol, "Closed")
    carol.goto(alarm)
    expect(carol.locator(".head")).to_contain_text("Over, and its cause is known")
    expect(carol.locator("main")).to_contain_text("A hazard, as the rule says")
    expect(carol.locator("section[aria-labelledby=history]")).to_contain_text("normal again")


def test_what_is_silenced_is_shown_and_told_when_the_silence_ends(open_page: Open, city: City) -> None:
    carol = open_page("carol")
    carol.goto("/duty/silences/new/")
    carol.get_by_label("Area").fill("990101001201")
    carol.get_by_label("Why").fill("清淤")
    carol.get_by_role("button", name="Silence alarms").click()
    city.python(WATER, "rise", "gauge-silenced")
    opened_alarm(carol, "荻花塘水位计")
    expect(carol.locator("section[aria-labelledby=told]")).to_contain_text("a silence holds")
    expect(carol.locator("section[aria-labelledby=told]")).not_to_contain_text("Township on their pages")

    alarm = carol.url
    carol.goto("/duty/silences/")
    carol.locator("li", has_text="清淤").get_by_role("link", name="End the silence").click()
    carol.get_by_role("button", name="End").click()
    city.python(WATER, "wait", "0")
    carol.goto(alarm)
    expect(carol.locator("section[aria-labelledby=told]")).to_contain_text("on their pages")
