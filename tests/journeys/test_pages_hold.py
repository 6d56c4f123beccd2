"""Every page, wide and narrow, in both languages, light and dark: nothing serious for axe, nothing broken.

ANLAN_SCREENS=1 saves a picture of each under build/screens/.
"""

import os
import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Frame, Page, Request, Response

from tests.journeys.city import ROOT, City
from tests.journeys.conftest import Context, Open, speak
from tests.journeys.pages import PAGES, PageLine

pytestmark = pytest.mark.journey

AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()
SCREENS = ROOT / "build" / "screens"
SERIOUS = ("serious", "critical")
ASK_AXE = """async (options) => {
    const mild = axe._audit.rules.filter((rule) => ['minor', 'moderate'].includes(rule.impact));
    const rules = Object.fromEntries(mild.map((rule) => [rule.id, { enabled: false }]));
    return (await axe.run(document, { rules, resultTypes: ['violations'], ...options })).violations;
}"""
"""Rules that never find anything serious are not tried, and what holds is not handed over: it is far more."""
UNCLEAR = """() => [
    ...[...document.querySelectorAll('.kv dd')].filter((each) => each.clientWidth < 90)
        .map((each) => `no room for: ${each.textContent}`),
    ...[...document.querySelectorAll('.confirm')].filter((each) => !each.querySelector(':scope > :is(p, ul)'))
        .map((each) => `does not say what it does: ${each.textContent}`),
]"""
"""What a person would not understand, though nothing is broken."""
ASK_OPEN = f"""async () => {{
    const violations = await ({ASK_AXE})({{}});
    return {{
        scripted: document.documentElement.classList.contains('js'),
        violations,
        unclear: ({UNCLEAR})(),
        maps: [document.querySelectorAll('place-map:not([hidden])').length, window.mapsInView],
        fetched: performance.getEntriesByType('resource').map((each) => each.name),
    }};
}}"""
"""What is seen of an open page, in one call: to be asked costs a browser more than the answer."""
TOO_WIDE = """(page) => page.documentElement.scrollWidth <= page.defaultView.innerWidth ? [] :
    [...page.querySelectorAll('main *, header *, footer *')]
        .filter((each) => each.getBoundingClientRect().right > page.defaultView.innerWidth + 1)
        .slice(-5).map((each) => each.outerHTML.slice(0, 160))"""
ASK_SMALL = f"""async (sent) => {{
    const seenOf = (page) => ({{
        too_wide: ({TOO_WIDE})(page),
        headings: [...page.querySelectorAll('main h1, main h2')].map((each) => each.innerText),
        labelled: Boolean(page.querySelector('aside.demo')?.checkVisibility({{ checkVisibilityCSS: true }})),
    }});
    const seen = [seenOf(document)];
    const frame = document.createElement('iframe');
    frame.sandbox = 'allow-same-origin';
    frame.style = 'position: fixed; border: 0; inset: 0; width: 100vw; height: 100vh';
    frame.srcdoc = sent;
    document.documentElement.replaceChildren(...(sent ? [frame] : []));
    if (sent) {{
        await new Promise((loaded) => (frame.onload = loaded));
        seen.push(seenOf(frame.contentDocument));
    }}
    return seen;
}}"""
"""What is seen of a page that is 320 pixels wide, and of what the server sent for it, in a frame of the same
size in which no script may run: the server need not write it again. The page is empty afterwards, else the
browser would lay it out once more when it gets the size and the colours of the next look."""
SCRIPT_BUDGET = 60_000
"""Bytes of compressed JavaScript on a page before a map comes into view."""
MAP_SCRIPT = re.compile(r"/assets/(map-[a-z]+|maplibre-gl-worker|esm)-")
"""What draws maps, as web/vite.config.ts names it."""
NOTE_MAPS_IN_VIEW = """
window.mapsInView = 0;
addEventListener('DOMContentLoaded', () => {
    const seen = new IntersectionObserver((entries) => {
        window.mapsInView += entries.filter((entry) => entry.isIntersecting).length;
    });
    document.querySelectorAll('place-map').forEach((each) => seen.observe(each));
});
"""
"""Counts how often a map came into view: what comes in while a page is open may move one out of it again."""
COARSE_MAPS = "Object.defineProperty(window, 'devicePixelRatio', { value: 0.25 });"
"""Maps are drawn with a sixteenth of the points; pages are not."""

WIDE, NARROW, NARROWEST = 1440, 390, 320


@dataclass(frozen=True)
class Look:
    """A width in pixels, a language, a colour scheme."""

    width: int
    lang: str
    scheme: str


LOOKS = (Look(WIDE, "zh-hans", "light"), Look(NARROW, "en", "dark"))
ALL_LOOKS = tuple(Look(*each) for each in product((WIDE, NARROW), ("zh-hans", "en"), ("light", "dark")))
WANTED = ALL_LOOKS if os.environ.get("ANLAN_SCREENS") else LOOKS


@dataclass(frozen=True)
class Small:
    """What was seen of a page that is 320 pixels wide."""

    too_wide: list[str]
    """What does not fit."""
    headings: list[str]
    """What it is about."""
    labelled: bool
    """Does it say that its data are made up?"""


@dataclass(frozen=True)
class Seen:
    """What was seen of a page in one look."""

    status: int
    address: str
    scripted: bool
    wrong: list[str]
    serious: list[str]
    script_bytes: int
    map_scripts: list[str]
    maps: tuple[int, int]
    """How many it has, and how many of them were in view."""
    unclear: list[str]
    small: Small
    without_script: Small | None
    """Of a narrow look alone: at 320 pixels the wide one differs from it by its language."""


class Watch:
    """Notes what a page does that no page of ours may do."""

    def __init__(self, page: Page) -> None:
        self.wrong: list[str] = []
        self.script_bytes = 0
        self._host, self._status = "", 200
        self._shown = False
        page.on("framenavigated", self._show)
        page.on("console", lambda message: self._shown and self._console(message))
        page.on("pageerror", lambda error: self._shown and self.wrong.append(f"script error: {error}"))
        page.on("request", lambda request: self._shown and self._request(request))
        page.on("response", lambda response: self._shown and self._response(response))

    def begin(self, city: City, *, status: int) -> None:
        """Forget the page before, which goes on until the next is there: one of this city, of this status."""
        self._shown = False
        self.wrong, self.script_bytes = [], 0
        self._host, self._status = urlsplit(city.address).netloc, status

    def end(self) -> None:
        """Note nothing more of this page."""
        self._shown = False

    def _show(self, frame: Frame) -> None:
        if frame.parent_frame is None:
            self._shown = True

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
        if not MAP_SCRIPT.search(response.url) and response.request.resource_type == "script":
            self.script_bytes += int(response.headers.get("content-length", "0"))


@pytest.mark.parametrize("line", PAGES, ids=lambda line: line.name)
def test_a_page_holds_in_every_look(line: PageLine, city: City, context_of: Context) -> None:
    """Opened once for each look: one page that is looked at for all that must hold is quicker than six."""
    looks = [look for look in WANTED if look.width == NARROW or not line.alike]
    seen = {look: seen_in(look, line, city, context_of(line.who)) for look in looks}

    found = {look: faults(each, line, city) for look, each in seen.items()}
    assert {look: each for look, each in found.items() if each} == {}


def faults(seen: Seen, line: PageLine, city: City) -> dict[str, object]:
    """What does not hold of a page in one look, by what should."""
    held = {
        "it opens where it was asked for": (
            (seen.status, seen.address) == (line.status, city.address + line.address_in(city)),
            (seen.status, seen.address),
        ),
        "nothing breaks": (not seen.wrong, seen.wrong),
        "its scripts run": (seen.scripted, "no sign of them"),
        "a made-up city says so": (seen.small.labelled, "no label"),
        "axe finds nothing serious": (not seen.serious, seen.serious),
        # every page has some: none counted would be a fault of the counting
        "it keeps to its budget of JavaScript": (0 < seen.script_bytes <= SCRIPT_BUDGET, seen.script_bytes),
        "it has a map where its line says so": ((seen.maps[0] > 0) == line.with_map, seen.maps),
        # a map that is not in view brings no code with it
        "map code comes with a map in view alone": (
            not seen.map_scripts or seen.maps[1] > 0,
            seen.map_scripts,
        ),
        "facts have room, and a step says what it does": (not seen.unclear, seen.unclear),
        "it fits 320 pixels": (not seen.small.too_wide, seen.small.too_wide),
        "without JavaScript it fits and is about the same": (
            seen.without_script in (None, replace(seen.small, too_wide=[])),
            seen.without_script,
        ),
    }
    return {what: found for what, (holds, found) in held.items() if not holds}


def seen_in(look: Look, line: PageLine, city: City, context: BrowserContext) -> Seen:
    """Open the page in this look, and make it narrow afterwards."""
    page, watch = shown_in(look, city, context)
    watch.begin(city, status=line.status)
    answer = page.goto(line.address_in(city), wait_until="load")
    assert answer is not None
    picture(page, f"{line.name}-{look.width}-{look.lang}-{look.scheme}")
    opened = page.evaluate(ASK_OPEN)
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    address, wrong, script_bytes = page.url, [*watch.wrong], watch.script_bytes
    watch.end()  # the frame without scripts complains of those that it does not run
    small, *others = page.evaluate(ASK_SMALL, answer.text() if look.width == NARROW else "")
    return Seen(
        status=answer.status,
        address=address,
        scripted=opened["scripted"],
        wrong=wrong,
        serious=serious_of(opened["violations"]),
        script_bytes=script_bytes,
        map_scripts=[each for each in opened["fetched"] if MAP_SCRIPT.search(each)],
        maps=tuple(opened["maps"]),
        unclear=opened["unclear"],
        small=Small(**small),
        without_script=next((Small(**each) for each in others), None),
    )


def shown_in(look: Look, city: City, context: BrowserContext) -> tuple[Page, Watch]:
    """The one tab of a context, for this look."""
    speak(context, city, look.lang)
    page, watch = tab_of(context)
    page.set_viewport_size({"width": look.width, "height": 900})
    page.emulate_media(color_scheme=look.scheme)  # type: ignore[arg-type]
    return page, watch


@cache
def tab_of(context: BrowserContext) -> tuple[Page, Watch]:
    """A tab, and who watches it: a new one for every look would cost the browser a process each."""
    page = context.new_page()
    for script in (NOTE_MAPS_IN_VIEW, *(() if os.environ.get("ANLAN_SCREENS") else (COARSE_MAPS,)), AXE):
        page.add_init_script(script)  # axe, half a megabyte, is handed over once for all pages of the tab
    return page, Watch(page)


def holds(page: Page) -> None:
    """In a journey: axe finds nothing serious in either theme, and nothing is wider than the window.

    A theme has colours of its own and nothing else: of the second they alone are looked at.
    """
    page.emulate_media(color_scheme="light")
    assert (findings(page), too_wide(page)) == ([], [])
    page.emulate_media(color_scheme="dark")
    assert (found_by_axe(page, runOnly=["color-contrast"]), too_wide(page)) == ([], [])


def findings(page: Page) -> list[str]:
    """What axe finds serious or worse, with the place."""
    page.evaluate(AXE)  # the policy of the page allows no script tag of ours
    return found_by_axe(page)


def found_by_axe(page: Page, **options: object) -> list[str]:
    """What axe, which is on the page, finds serious or worse by its rules, or by those of `options`."""
    return serious_of(page.evaluate(ASK_AXE, options))


def serious_of(violations: list[dict[str, Any]]) -> list[str]:
    """What is serious or worse of what axe found, with its place."""
    return [
        f"{each['id']}: {each['nodes'][0]['target']} {each['nodes'][0]['failureSummary']}"
        for each in violations
        if each["impact"] in SERIOUS
    ]


def too_wide(page: Page) -> list[str]:
    """The elements that make the page scroll sideways."""
    return [str(each) for each in page.evaluate(f"({TOO_WIDE})(document)")]


def picture(page: Page, name: str) -> None:
    """Save a picture of the whole page when pictures are wanted."""
    if os.environ.get("ANLAN_SCREENS"):
        page.wait_for_timeout(700)  # a picture, not a check: maps have drawn by then
        page.screenshot(path=Path(SCREENS) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("width", [NARROWEST, NARROW])
def test_a_phone_shows_all_pages_of_the_public_without_a_sideways_move(open_page: Open, width: int) -> None:
    page = open_page(width=width)
    page.goto("/warnings/")

    boxes = [link.bounding_box() for link in page.locator(".nav a").all()]

    assert [box and box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes] == [True] * 4
