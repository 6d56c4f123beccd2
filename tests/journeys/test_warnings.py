"""A warning signed by a second person, updated and called off; a drill; a village that falls silent."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.city import City
from tests.journeys.conftest import Open

pytestmark = pytest.mark.journey
HEADLINE = "Water rises at Heyun: keep away"


def written(page: Page, status: str, headline: str = HEADLINE) -> None:
    """Write an orange warning for county_1."""
    page.goto("/duty/warnings/new/")
    page.get_by_label("Is it meant?").select_option(status)
    page.get_by_label("Type the status").fill(status)
    page.get_by_label("Area").fill("990101")
    page.get_by_label("Colour").select_option("orange")
    page.get_by_label("What happens, in Chinese").fill("水位上涨")
    page.get_by_label("Headline, in Chinese").fill("鹤云水位上涨，远离水边")
    page.get_by_label("What happens, in English").fill("Rising water")
    page.get_by_label("Headline, in English").fill(headline)
    page.get_by_label("Begins").fill("2026-01-01T08:00")
    page.get_by_label("Ends").fill("2036-01-01T08:00")
    page.get_by_role("button", name="Keep").click()


def handed_in(page: Page) -> str:
    """Hand the message of a page in; its address."""
    page.get_by_role("link", name="Hand in").click()
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator(".head")).to_contain_text("waits for a second person")
    return page.url


def issued(page: Page, status: str, link: str) -> None:
    """Issue the message of a page with its status typed once more."""
    page.get_by_role("link", name=link, exact=True).click()
    page.get_by_label("Type the status").fill(status)
    page.get_by_role("button", name="Issue").click()
    expect(page.locator(".head")).to_contain_text("in force")


def test_a_warning_is_signed_by_a_second_person_updated_and_called_off(open_page: Open) -> None:
    carol, liu, anybody = open_page("carol"), open_page("liu"), open_page(width=390)
    written(carol, "Actual")
    address = handed_in(carol)
    carol.get_by_role("link", name="Sign and issue").click()
    carol.get_by_label("Type the status").fill("Actual")
    carol.get_by_role("button", name="Issue").click()
    expect(carol.locator("[role=alert]")).to_contain_text("Somebody else must sign")

    liu.goto(address)
    issued(liu, "Actual", "Sign and issue")
    anybody.goto("/warnings/")
    expect(anybody.locator("#warnings li", has_text=HEADLINE)).to_contain_text("Orange")

    carol.goto(address)
    carol.get_by_role("link", name="Update").click()
    carol.get_by_label("Type the status").fill("Actual")
    carol.get_by_label("Colour").select_option("yellow")
    carol.get_by_label("Headline, in English").fill(f"{HEADLINE}, slowly now")
    carol.get_by_role("button", name="Keep").click()
    issued(carol, "Actual", "Issue")
    carol.get_by_role("link", name="Call off").click()
    carol.get_by_label("Why").fill("水退了")
    carol.get_by_role("button", name="Write the all clear").click()
    issued(carol, "Actual", "Issue")

    carol.goto(address)
    expect(carol.locator(".head")).to_contain_text("updated")
    carol.goto("/wall/")
    expect(carol.locator("#wall")).not_to_contain_text(HEADLINE)


def test_a_drill_stays_one_from_its_beginning_to_its_end(open_page: Open) -> None:
    carol, liu, anybody = open_page("carol"), open_page("liu"), open_page(width=390)
    liu.goto("/duty/drills/begin/")
    liu.get_by_label("What is practised").fill("防汛演练")
    liu.get_by_label("Area").fill("990101")
    liu.get_by_role("button", name="Begin").click()

    written(carol, "Actual", "Dam breaks")
    expect(carol.locator("[role=alert]")).to_contain_text("A drill runs here")
    carol.get_by_label("Is it meant?").select_option("Exercise")
    carol.get_by_label("Type the status").fill("Exercise")
    carol.get_by_role("button", name="Keep").click()
    address = handed_in(carol)
    liu.goto(address)
    issued(liu, "Exercise", "Sign and issue")

    carol.goto("/wall/990101/")
    expect(carol.locator("#wall header")).to_contain_text("防汛演练")
    expect(carol.locator("#wall li", has_text="Dam breaks")).to_contain_text("Drill")
    anybody.goto("/warnings/")
    expect(anybody.locator("main")).not_to_contain_text("Dam breaks")

    liu.goto("/duty/warnings/")
    liu.locator(".note", has_text="防汛演练 ·").filter(has_text="望潮县").get_by_role("link").click()
    liu.get_by_role("button", name="End").click()
    liu.goto(address)
    expect(liu.locator(".head")).to_contain_text("over")


def test_a_village_that_falls_silent_as_one_is_one_alarm_until_it_is_heard(
    open_page: Open, city: City
) -> None:
    city.python("tests.journeys.silent", "fall", "990101002201")
    carol = open_page("carol")
    carol.goto("/duty/")
    row = carol.locator("#alarm-items li", has_text="沙埂村")
    expect(row).to_have_count(1)
    row.get_by_role("link").first.click()
    expect(carol.locator(".head")).to_contain_text("Devices fell silent")
    expect(carol.locator("section[aria-labelledby=told]")).to_contain_text("Township")
    alarm = carol.url
    carol.goto("/wall/990101/")
    expect(carol.locator("section[aria-labelledby=off]")).to_contain_text("6 devices")

    city.python("tests.journeys.silent", "speak", "990101002201")
    carol.goto(alarm)
    expect(carol.locator("section[aria-labelledby=history]")).to_contain_text("normal again")
