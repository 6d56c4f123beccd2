"""Open pages show what others do, and leave alone what somebody types."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.city import City
from tests.journeys.conftest import Open

pytestmark = pytest.mark.journey

STREAM = re.compile(r"/live\?since=")
SOON = 30_000
"""Milliseconds. Two seconds are promised: `benchmarks/live.py` measures them, a busy machine does not."""


def act(page: Page, case: int, step: str) -> None:
    """Take a step that needs no words, on the page of the case."""
    page.goto(f"/cases/{case}/")
    page.locator(f"#form-{step} button[type=submit]").click()
    page.wait_for_load_state()


def listening(page: Page, address: str) -> None:
    """Open a page and wait until its stream is open."""
    with page.expect_request(STREAM):
        page.goto(address)


def test_a_row_of_an_open_queue_changes_and_is_said(city: City, open_page: Open) -> None:
    case = city.cases["more-1"]
    watching, acting = open_page("carol"), open_page("carol")
    listening(watching, "/cases/?view=open")
    row = watching.locator(f"#case-{case}")
    expect(row).to_contain_text("To accept")

    act(acting, case, "accept")

    expect(row).to_contain_text("To dispatch", timeout=SOON)
    expect(watching.locator("#said")).to_contain_text("changed", timeout=SOON)


def test_what_is_being_typed_stays_while_the_case_moves_on(city: City, open_page: Open) -> None:
    case = city.cases["more-2"]
    typing, acting = open_page("carol"), open_page("carol")
    listening(typing, f"/cases/{case}/")
    typing.locator("#step-reject > summary").click()
    words = typing.locator("#form-reject").get_by_role("textbox").first
    words.fill("Not ours: the lamp belongs to")

    act(acting, case, "accept")

    expect(typing.locator(".timeline")).to_contain_text("Accepted", timeout=SOON)
    expect(words).to_have_value("Not ours: the lamp belongs to")
    expect(typing.locator("#form-reject .note")).to_contain_text("What you typed is kept")


def test_a_case_that_leaves_a_unit_leaves_the_open_page_of_its_members(city: City, open_page: Open) -> None:
    case = city.cases["leaves"]
    watching, acting = open_page("alice"), open_page("carol")
    listening(watching, "/cases/?view=open")
    row = watching.locator(f"#case-{case}")
    expect(row).to_be_visible()

    acting.goto(f"/cases/{case}/")
    acting.locator("#step-recall > summary").click()
    acting.locator("#form-recall").get_by_role("textbox").fill("Sent to the wrong village")
    acting.locator("#form-recall button[type=submit]").click()

    expect(row).to_have_count(0, timeout=SOON)


def test_what_happens_before_the_stream_begins_shows_all_the_same(
    city: City, open_page: Open, open_apart: Open
) -> None:
    case = city.cases["between"]
    watching, acting = open_apart("carol"), open_page("carol")
    held: list[Route] = []
    watching.route(STREAM, lambda route: held.append(route))
    listening(watching, "/cases/?view=open")
    row = watching.locator(f"#case-{case}")
    expect(row).to_contain_text("To accept")
    act(acting, case, "accept")

    held[0].continue_()

    expect(row).to_contain_text("To dispatch", timeout=SOON)


def test_a_page_behind_a_broken_connection_catches_up(city: City, open_page: Open, open_apart: Open) -> None:
    case = city.cases["more-3"]
    watching, acting = open_apart("carol"), open_page("carol")
    listening(watching, "/cases/?view=open")
    row = watching.locator(f"#case-{case}")

    watching.context.set_offline(True)
    act(acting, case, "accept")
    watching.context.set_offline(False)

    expect(row).to_contain_text("To dispatch", timeout=20_000)
