"""Every page, wide and narrow, in both languages, light and dark: nothing serious for axe, nothing broken.

ANLAN_SCREENS=1 saves a picture of each under build/screens/.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, Response

from tests.journeys.city import ROOT, City
from tests.journeys.conftest import Open
from tests.journeys.pages import PAGES, PageLine

pytestmark = pytest.mark.journey

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
SCREENS = ROOT / "build" / "screens"
SERIOUS = ("serious", "critical")
SCRIPT_BUDGET = 60_000
"""Bytes of compressed JavaScript on a page before a map comes into view."""

WIDE, NARROW = 1440, 390
LOOKS = [(WIDE, "zh-hans", "light"), (NARROW, "en", "dark")]
ALL_LOOKS = [(w, lang, s) for w in (WIDE, NARROW) for lang in ("zh-hans", "en") for s in ("light", "dark")]
WANTED = ALL_LOOKS if os.environ.get("ANLAN_SCREENS") else LOOKS


class Watch:
    """Notes what a page does that no page of ours may do."""

    def __init__(self, page: Page, city: City, *, status: int) -> None:
        self.wrong: list[str] = []
        self.script_bytes = 0
        self._host = urlsplit(city.address).netloc
        self._status = status
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        of_the_page_itself = self._status != 200 and "Failed to load resource" in message.text
        if message.type == "error" and not of_the_page_itself:
            self.wrong.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        where = urlsplit(request.url)
        if where.scheme in ("http", "https") and where.netloc != self._host:
            self.wrong.append(f"asked another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.wrong.append(f"{response.status}: {response.url}")
        if response.request.resource_type == "script" and "map" not in response.url:
            self.script_bytes += int(response.headers.get("content-length", "0"))


@pytest.mark.parametrize(("width", "lang", "scheme"), WANTED, ids=lambda value: str(value))
@pytest.mark.parametrize("line", PAGES, ids=lambda line: line.name)
def test_a_page_holds(
    line: PageLine, width: int, lang: str, scheme: str, city: City, open_page: Open
) -> None:
    page = open_page(line.who, width=width, lang=lang, scheme=scheme)
    watch = Watch(page, city, status=line.status)

    answer = page.goto(line.address_in(city), wait_until="load")
    page.wait_for_function("document.documentElement.classList.contains('js')")
    picture(page, f"{line.name}-{width}-{lang}-{scheme}")

    assert answer is not None
    assert page.url == city.address + line.address_in(city)
    assert (answer.status, watch.wrong, findings(page)) == (line.status, [], [])
    assert watch.script_bytes <= SCRIPT_BUDGET


@pytest.mark.parametrize("line", PAGES, ids=lambda line: line.name)
def test_a_page_fits_320_pixels_and_says_the_same_without_javascript(
    line: PageLine, city: City, open_page: Open
) -> None:
    with_script, without = open_page(line.who, width=320), open_page(line.who, width=320, script=False)

    for page in (with_script, without):
        page.goto(line.address_in(city), wait_until="load")

    assert [too_wide(page) for page in (with_script, without)] == [[], []]
    assert headings(without) == headings(with_script)


def headings(page: Page) -> list[str]:
    """What the page is about."""
    return page.locator("main h1, main h2").all_inner_texts()


def findings(page: Page) -> list[str]:
    """What axe finds serious or worse, with the place."""
    page.evaluate(AXE.read_text())  # the policy of the page allows no script tag of ours
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {each['nodes'][0]['target']} {each['nodes'][0]['failureSummary']}"
        for each in found["violations"]
        if each["impact"] in SERIOUS
    ]


def too_wide(page: Page) -> list[str]:
    """The elements that make the page scroll sideways."""
    script = """document.documentElement.scrollWidth <= innerWidth ? [] :
        [...document.querySelectorAll('main *, header *, footer *')]
        .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
        .slice(-5).map((each) => each.outerHTML.slice(0, 160))"""
    return [str(each) for each in page.evaluate(script)]


def picture(page: Page, name: str) -> None:
    """Save a picture of the whole page when pictures are wanted."""
    if os.environ.get("ANLAN_SCREENS"):
        page.wait_for_timeout(700)  # a picture, not a check: maps have drawn by then
        page.screenshot(path=Path(SCREENS) / f"{name}.png", full_page=True)
