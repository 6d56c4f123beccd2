"""A report sent and a case worked on by keyboard alone; what has the focus shows it and has a name."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.city import City
from tests.journeys.conftest import Open

pytestmark = pytest.mark.journey
MOST = 80
"""Presses of Tab after which something must have been reached."""
FOCUSED = "document.activeElement"


def tab_to(page: Page, css: str) -> None:
    """Press Tab until what `css` names has the focus; it must be seen to have it."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if page.evaluate(f"{FOCUSED}.matches({css!r})"):
            assert page.evaluate(RING), f"{css} has the focus and does not show it"
            return
    raise AssertionError(f"{css} cannot be reached by Tab")


RING = f"""(() => {{
    const shown = getComputedStyle({FOCUSED});
    const around = {FOCUSED}.closest('label') ? getComputedStyle({FOCUSED}.closest('label')) : shown;
    return [shown, around].some((each) => each.outlineStyle !== 'none' || each.boxShadow !== 'none');
}})()"""


def test_a_resident_sends_a_report_without_a_mouse(open_page: Open) -> None:
    page = open_page(width=390)
    page.goto("/report/")
    tab_to(page, "input[name=category]")
    page.keyboard.press("Space")
    tab_to(page, "textarea[name=words]")
    page.keyboard.type("The rail at the pond is broken")
    tab_to(page, "[name=address]")
    page.keyboard.type("荻花村 村口小店对面")
    tab_to(page, "form button.main")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="We have your report.")).to_be_visible()


def test_an_error_takes_the_focus_and_leads_to_its_field(open_page: Open) -> None:
    page = open_page(width=390)
    page.goto("/report/")
    tab_to(page, "form button.main")
    page.keyboard.press("Enter")
    expect(page.locator("#errors")).to_be_focused()
    for key in ("Tab", "Enter", "Tab"):
        page.keyboard.press(key)

    assert page.evaluate(f"{FOCUSED}.closest('.field.bad') !== null")


def test_a_screen_reader_finds_the_form_by_its_roles(open_page: Open) -> None:
    page = open_page(width=390)
    page.goto("/report/")
    main = page.get_by_role("main")

    expect(main.get_by_role("heading", level=1)).to_have_text("Report a hazard")
    expect(main.get_by_role("radio").first).to_be_attached()
    expect(main.get_by_role("textbox", name="What did you see")).to_be_visible()
    expect(main.get_by_role("textbox", name="Where")).to_be_visible()
    expect(main.get_by_role("button", name="Send the report")).to_be_visible()
    expect(page.get_by_role("contentinfo")).to_be_visible()


def test_a_dispatcher_goes_from_the_queue_into_a_case_and_takes_a_step(city: City, open_page: Open) -> None:
    page = open_page("carol")
    page.goto("/cases/?view=to_accept&words=埠头台阶")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, f"#case-{city.cases['more-0']} a.t")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*/")
    tab_to(page, "#form-accept button")
    page.keyboard.press("Enter")

    expect(page.locator(".timeline")).to_contain_text("Accepted")
    expect(page.locator("#form-accept")).to_have_count(0)


@pytest.mark.parametrize(
    ("begin", "link", "end"),
    [
        ("/work/", "main tr[id^=case-] a.t", "**/cases/*/"),
        ("/areas/990101001/", "main table a", "**/areas/990101001*/"),
        ("/sites/pond-111/", "main dl a", "**/areas/990101001201/"),
        ("/areas/overview/990101/", "main table a", "**/areas/overview/*/"),
    ],
    ids=["my-work", "area", "site", "overview"],
)
def test_a_page_leads_on_without_a_mouse(open_page: Open, begin: str, link: str, end: str) -> None:
    page = open_page("carol")
    page.goto(begin)
    tab_to(page, link)
    page.keyboard.press("Enter")

    page.wait_for_url(end)
