"""Against machines, without harm to people: proof of work in the browser, and a wait instead of a refusal."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.city import City
from tests.journeys.conftest import Open
from tests.journeys.test_pages_hold import holds
from tests.journeys.test_report import follow, send

pytestmark = pytest.mark.journey

PHONE = 390


@pytest.fixture
def full(city: City) -> Iterator[None]:
    """The neighbours without JavaScript have used up their quota."""
    city.python("tests.journeys.fill_quota", "1000")
    yield
    city.python("tests.journeys.fill_quota", "0")


def fill(page: Page, words: str) -> None:
    page.goto("/report/")
    page.get_by_label("By the water", exact=True).check()
    page.get_by_label("What did you see").fill(words)
    page.get_by_label("Where").fill("荻花村 村口小店对面")


def test_a_browser_proves_its_work_while_somebody_types(open_page: Open, full: None) -> None:
    page = open_page(width=PHONE)
    fill(page, "A plank of the footbridge at the mill is loose.")

    expect(page.locator("input[name=proof]")).not_to_have_value("", timeout=60_000)
    send(page)

    expect(page.get_by_role("heading", name="We have your report.")).to_be_visible()
    expect(page.get_by_text("A person looks at it first")).to_have_count(0)


def test_a_form_sent_before_the_work_is_done_waits_for_it_and_goes_by_itself(
    open_page: Open, full: None
) -> None:
    page = open_page(width=PHONE)
    fill(page, "The second plank of the footbridge at the mill is gone.")
    send(page)

    expect(page.locator("#code")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("A person looks at it first")).to_have_count(0)


def test_without_javascript_beyond_the_quota_a_report_waits_and_a_person_decides(
    open_page: Open, full: None
) -> None:
    page = open_page(width=PHONE, script=False)
    fill(page, "The handrail of the footbridge at the mill is rusted through.")
    send(page)
    expect(page.get_by_text("A person looks at it first")).to_be_visible()
    code = page.locator("#code").inner_text()

    desk = open_page("judy")
    desk.goto("/moderation/")
    desk.get_by_role("link", name="Reports that wait").click()
    desk.get_by_role("link", name="Very much from one network").click()
    expect(desk.get_by_text("rusted through")).to_be_visible()
    desk.get_by_role("button", name="Let in").first.click()
    expect(desk.get_by_text("Decided on")).to_be_visible()

    follow(page, code)
    expect(page.get_by_text("It was held until a person had looked at it, and let in:")).to_be_visible()
    expect(page.get_by_text("We have it. A person at the desk will look at it.")).to_be_visible()


def test_pages_of_what_waits_hold_for_everybody(open_page: Open) -> None:
    page = open_page(width=320)
    fill(page, "The rail of the footbridge at the mill ends in the air.")
    page.evaluate("document.getElementById('id_website').value = 'https://buy.example'")
    send(page)
    expect(page.get_by_text("A person looks at it first")).to_be_visible(timeout=60_000)
    holds(page)
    follow(page, page.locator("#code").inner_text())
    expect(page.get_by_text("It waits until a person has looked at it.")).to_be_visible()
    holds(page)
    page.get_by_text("What that does").click()
    page.get_by_role("button", name="Take the report back").click()
    expect(page.get_by_text("Nothing of it is kept.")).to_be_visible()
    holds(page)
    for address in ("/report/embed/", "/report/embed/?lang=zh-hans"):
        page.goto(address)
        holds(page)
