"""Scores in a real browser: from a figure down to its cases, and back; both figures of a revised month."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Open
from tests.journeys.test_pages_hold import holds

pytestmark = pytest.mark.journey


def months_of(page: Page) -> list[str]:
    """The months there are figures for, the newest first."""
    options = page.locator("select[name=month] option")
    return [str(option.get_attribute("value")) for option in options.all()]


def line_with_data(page: Page, index: str) -> Locator:
    """The line of an index, in the newest month in which it has data."""
    line = page.locator("table.ledger tbody tr", has=page.get_by_role("rowheader", name=index))
    for month in months_of(page):
        page.goto(f"/scores/units/committee-111/?month={month}")
        if line.locator("td a").count():
            return line
    raise AssertionError(f"{index} has no data in any month")


def test_a_figure_leads_down_to_its_cases_and_back(open_page: Open) -> None:
    alice = open_page("alice")
    alice.goto("/scores/")
    expect(alice).to_have_url(re.compile("/scores/units/committee-111/$"))
    figure = line_with_data(alice, "Verified on site").locator("td a").first
    counted = int(figure.inner_text().split("/")[1])

    figure.click()
    note = alice.get_by_role("status").filter(has_text="The cases behind a figure")
    expect(note).to_contain_text(f"{counted} of {counted} are yours to see")
    cases = alice.locator("table.rows tbody tr")
    expect(cases).to_have_count(counted)

    cases.first.locator("a").first.click()
    expect(alice.locator(".timeline")).to_contain_text("The railing holds")
    alice.go_back()
    note.get_by_role("link", name="Back to the scores").click()
    expect(alice.get_by_role("heading", name="荻花村村委会")).to_be_visible()


def test_a_revised_figure_stands_beside_the_one_published_first_and_each_opens_its_list(
    open_page: Open,
) -> None:
    alice = open_page("alice", width=320)
    alice.goto("/scores/units/committee-111/")
    for month in reversed(months_of(alice)):
        alice.goto(f"/scores/units/committee-111/?month={month}")
        line = alice.locator("table.ledger tbody tr", has_text="First-time fix")
        if line.get_by_text("published first").count():
            break
    expect(line.locator("td a").first).to_have_text("0 / 1")
    expect(line.get_by_role("link", name="published first: 1 / 1")).to_be_visible()
    expect(alice.get_by_role("heading", name="Looked at again")).to_be_visible()
    holds(alice)

    line.get_by_role("link", name="published first: 1 / 1").click()
    expect(alice.get_by_role("status").filter(has_text="The cases behind a figure")).to_contain_text(
        "1 of 1 are yours to see"
    )


def test_figures_of_an_area_and_guards_of_a_unit_open_their_cases(open_page: Open) -> None:
    heidi = open_page("heidi")
    heidi.goto("/scores/areas/990101/")
    figure = heidi.locator("table.ledger tbody tr", has_text="Accepted").locator("td a").first
    counted = int(figure.inner_text().split("/")[1])
    figure.click()
    note = heidi.get_by_role("status").filter(has_text="The cases behind a figure")
    expect(note).to_contain_text(f"{counted} of {counted} are yours to see")

    heidi.goto("/scores/units/committee-111/")
    guard = heidi.locator("section[aria-labelledby=guards] a", has_text="Verified by the same pair of people")
    for month in months_of(heidi):
        if guard.count():
            break
        heidi.goto(f"/scores/units/committee-111/?month={month}")
    counts = guard.inner_text().split("/")
    guard.click()
    expect(note).to_contain_text(f"{counts[1].strip()} of {counts[1].strip()} are yours to see")
