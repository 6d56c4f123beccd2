"""Maps are moved, asked and pressed in the same way whatever draws them."""

import itertools
import math
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Response, Route, expect

from tests.journeys.conftest import Open
from tests.waiting import wait_until

pytestmark = pytest.mark.journey

A_CARD = """{
  const told = WebGL2RenderingContext.prototype.getParameter;
  WebGL2RenderingContext.prototype.getParameter = function (name) {
    return name === 0x9246 ? 'ANLAN Graphics Card' : told.call(this, name);
  };
}"""
"""The browser says that a card draws its WebGL; 0x9246 asks for its name."""
PLAYED = "0"
"""The browser of the journeys as it is: the processor plays a card."""
NO_WEBGL = """{
  const pen = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind.startsWith('webgl') ? null : pen.call(this, kind, ...more);
  };
}"""
WAYS = {"a card": (A_CARD, True), "a card that is played": (PLAYED, False), "no WebGL": (NO_WEBGL, False)}


STILL = 200
"""Milliseconds for which a hand holds the map before it lets go: else it throws it."""


def opened(page: Page, script: str, address: str = "/public/cases/") -> tuple[Locator, Response]:
    """The cases that everybody may see with their map drawn, and what the map was told first."""
    page.add_init_script(script)
    with page.expect_response(is_answer) as answer:
        page.goto(address)
    expect(page.locator("place-map .wait")).to_have_count(0)
    return page.locator("place-map canvas"), answer.value


def is_answer(response: Response) -> bool:
    return is_asked(response.url)


def is_asked(address: str) -> bool:
    return "/map.json?" in address


def view_of(answer: Response) -> tuple[list[float], float]:
    """West, south, east and north, and the zoom, that a map asked for."""
    asked = parse_qs(urlsplit(answer.url).query)
    return [float(part) for part in asked["bbox"][0].split(",")], float(asked["zoom"][0])


def middle_of(box: Locator) -> tuple[float, float]:
    found = box.bounding_box()
    assert found is not None
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2


def press_what_is_at(page: Page, canvas: Locator, x: float, y: float) -> None:
    """Press a place once the map offers something there, which it does once that is drawn."""
    steps = itertools.cycle((0, 1))

    def is_offered() -> bool:
        page.mouse.move(x + next(steps), y)
        return bool(canvas.evaluate("canvas => canvas.style.cursor") == "pointer")

    wait_until(is_offered)
    page.mouse.click(x, y)


@pytest.mark.parametrize("way", WAYS)
def test_a_map_is_pressed_moved_and_brought_nearer_whatever_draws_it(open_apart: Open, way: str) -> None:
    script, by_card = WAYS[way]
    page = open_apart()
    canvas, far = opened(page, script)
    assert page.locator(".maplibregl-canvas").count() == int(by_card)

    [cell, *_] = page.request.get(far.url).json()["cells"]
    with page.expect_response(is_answer) as pressed:
        press_what_is_at(page, canvas, *on_screen(canvas, far, *cell["middle"]))
    x, y = middle_of(canvas)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 50, steps=5)
    page.wait_for_timeout(STILL)
    with page.expect_response(is_answer) as dragged:
        page.mouse.up()
    with page.expect_response(is_answer) as keyed:
        page.keyboard.press("ArrowRight")
    with page.expect_response(is_answer) as nearer:
        page.get_by_role("button", name="Zoom in").click()

    views = [view_of(each.value) for each in (pressed, dragged, keyed, nearer)]
    (_, zoom), [wests, souths] = view_of(far), zip(*(box[:2] for box, _ in views), strict=True)
    assert [each for _, each in views] == pytest.approx([zoom + 1.5] * 3 + [zoom + 2.5], abs=0.11)
    assert wests[1] < wests[0] < wests[2] and souths[1] < souths[0]


@pytest.mark.parametrize("way", WAYS)
def test_a_place_on_a_map_leads_to_its_page(open_apart: Open, way: str) -> None:
    page = open_apart()
    page.route(is_asked, lambda route: route.fulfill(json={"cells": [], "points": [middle_place(route)]}))
    canvas, _ = opened(page, WAYS[way][0], "/public/areas/990101/")

    canvas.scroll_into_view_if_needed()
    press_what_is_at(page, canvas, *middle_of(canvas))

    page.wait_for_url("**/public/cases/")


def middle_place(route: Route) -> dict[str, object]:
    """A place in the middle of what a map asks for."""
    west, south, east, north = parse_qs(urlsplit(route.request.url).query)["bbox"][0].split(",")
    lng, lat = (float(west) + float(east)) / 2, (float(south) + float(north)) / 2
    return {"address": "/public/cases/", "title": "A case", "lng": lng, "lat": lat}


def on_screen(canvas: Locator, answer: Response, lng: float, lat: float) -> tuple[float, float]:
    """Where a place is on a map."""
    west, south, east, north = view_of(answer)[0]
    box = canvas.bounding_box()
    assert box is not None
    top, here, low = (math.asinh(math.tan(math.radians(each))) for each in (north, lat, south))
    across, down = (lng - west) / (east - west), (top - here) / (top - low)
    return box["x"] + box["width"] * across, box["y"] + box["height"] * down


PICTURE = """canvas => { const pen = canvas.getContext('2d');
  const dots = pen.getImageData(0, 0, canvas.width, canvas.height).data;
  const seen = new Map();
  for (let at = 0; at < dots.length; at += 4) {
    const dot = `rgb(${dots[at]}, ${dots[at + 1]}, ${dots[at + 2]})`;
    seen.set(dot, (seen.get(dot) ?? 0) + 4 / dots.length);
  }
  return Object.fromEntries(seen); }"""
"""The share of the picture that each colour has."""
COLOUR = """name => { const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = `var(${name})`;
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found; }"""


def plain_map(page: Page, address: str) -> Locator:
    """A page's map, drawn by the processor."""
    page.goto(address)
    page.locator("figure place-map").scroll_into_view_if_needed()
    canvas = page.locator("figure place-map .plain canvas")
    expect(canvas).to_be_visible()
    expect(page.locator("figure place-map .wait")).to_have_count(0)
    return canvas


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_plain_map_shows_land_in_water_and_pins_in_the_colours_of_the_page(
    open_apart: Open, scheme: str
) -> None:
    page = open_apart(scheme=scheme)
    canvas = plain_map(page, "/kit")

    def share(name: str) -> float:
        return float(canvas.evaluate(PICTURE).get(page.evaluate(COLOUR, name), 0))

    assert share("--m-land") > 0.05
    assert share("--m-water") > 0.02
    assert share("--red-mark") > 0


def test_a_plain_map_follows_the_colours_and_the_size_of_its_page(open_apart: Open) -> None:
    page = open_apart()
    canvas = plain_map(page, "/kit")
    before = canvas.evaluate("canvas => canvas.width")

    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 1100, "height": 800})
    page.wait_for_function(
        "width => document.querySelector('figure place-map canvas').width < width", arg=before
    )

    assert canvas.evaluate(PICTURE)[page.evaluate(COLOUR, "--m-water")] > 0.02


def test_what_is_pressed_on_a_plain_map_is_found_in_the_list(open_apart: Open) -> None:
    page = open_apart("carol")
    canvas = plain_map(page, "/cases/?view=open")

    page.mouse.move(*middle_of(canvas))
    expect(canvas).not_to_have_attribute("title", "")
    page.mouse.click(*middle_of(canvas))

    expect(page.locator("tr[data-lng]:focus-within")).to_be_visible()
