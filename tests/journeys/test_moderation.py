"""Clearing photos in a browser: by finger on a phone, by keyboard alone, without a script; reporting one."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.city import City
from tests.journeys.conftest import Open

pytestmark = pytest.mark.journey


def boxes(page: Page) -> list[dict[str, Any]]:
    """What the form would send."""
    sent: list[dict[str, Any]] = json.loads(page.locator("#photos input[name=boxes]").first.input_value())
    return sent


def tool(page: Page, case: int) -> dict[str, float]:
    """Open the page of a case, and give where its first photo lies on the screen."""
    page.goto(f"/moderation/{case}/")
    layer = page.locator("cover-tool svg").first
    layer.scroll_into_view_if_needed()
    sides = layer.bounding_box()
    assert sides is not None
    return dict(sides)


def test_on_a_phone_a_tap_covers_a_drag_covers_and_a_tap_on_a_box_uncovers(
    open_page: Open, city: City
) -> None:
    desk = open_page("judy", width=390)
    at = tool(desk, city.cases["rectified"])
    found = boxes(desk)
    right, low = at["x"] + at["width"], at["y"] + at["height"]

    desk.mouse.click(at["x"] + at["width"] * 0.15, at["y"] + at["height"] * 0.15)
    desk.mouse.move(right - at["width"] * 0.3, low - at["height"] * 0.4)
    desk.mouse.down()
    desk.mouse.move(right - at["width"] * 0.1, low - at["height"] * 0.1)
    desk.mouse.up()
    drawn = boxes(desk)
    desk.mouse.click(at["x"] + at["width"] * 0.15, at["y"] + at["height"] * 0.15)
    left = boxes(desk)

    assert [len(found), len(drawn), len(left)] == [1, 3, 2]
    assert [round(drawn[2][side], 1) for side in "xywh"] == [0.7, 0.6, 0.2, 0.3]
    assert [each["kind"] for each in left] == ["face", "hand"]
    desk.get_by_role("button", name="Cover these and clear the photo").first.click()
    expect(desk.locator("#photos")).to_contain_text("Cleared: the public sees it")
    assert len(boxes(desk)) == 2


def test_by_keyboard_alone_boxes_are_added_moved_made_larger_and_taken_away(
    open_page: Open, city: City
) -> None:
    desk = open_page("judy")
    tool(desk, city.cases["verified"])
    before = boxes(desk)

    desk.get_by_role("button", name="Add a box").first.focus()
    desk.keyboard.press("Enter")
    added = boxes(desk)[-1]
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowUp"):
        desk.keyboard.press(key)
    moved = boxes(desk)[-1]
    expect(desk.locator("#said")).to_contain_text("boxes")
    desk.keyboard.press("Delete")

    assert len(boxes(desk)) == len(before)
    change = {side: round(moved[side] - added[side], 2) for side in "xywh"}
    assert change == {"x": 0.02, "y": 0.01, "w": 0.01, "h": -0.01}


def test_without_a_script_boxes_are_rows_of_a_table(open_page: Open, city: City) -> None:
    desk = open_page("judy", script=False)
    desk.goto(f"/moderation/{city.cases['verified']}/")

    expect(desk.locator("[data-cover-rows]").first).to_be_visible()
    expect(desk.locator("[data-box] input[type=checkbox]").first).to_be_checked()
    assert desk.locator("[data-box] input[name=x-0]").first.input_value() == "40.00"


def test_anybody_reports_a_photo_and_it_is_hidden_at_once(open_page: Open, city: City) -> None:
    resident = open_page(width=390, script=False)
    resident.goto(f"/public/cases/{city.cases['closed']}/")
    expect(resident.get_by_role("heading", name="Is it fixed?")).to_be_visible()
    resident.get_by_role("link", name="Report this photo").first.click()
    resident.get_by_label("A person can be recognised").check()
    resident.get_by_role("button", name="Hide it and have it looked at").click()
    expect(resident.get_by_role("heading", name="The photo is hidden now")).to_be_visible()
    resident.get_by_role("link", name="Back to the case").click()
    expect(resident.get_by_role("link", name="Report this photo")).to_have_count(0)

    desk = open_page("judy")
    desk.goto("/moderation/?view=reported")
    desk.locator("td.what a").first.click()
    expect(desk.locator("#photos")).to_contain_text("A person can be recognised")
