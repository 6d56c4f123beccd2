"""Fixtures of the journeys: a running city, a browser, and pages opened as somebody."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.browser import for_journeys, launched
from tests.journeys.city import City, running_city
from tests.journeys.tabs import Tabs

expect.set_options(timeout=30_000)
"""How long a journey waits for what must come: a machine with much to do is slow, and that is no fault. How
quick pages are, benchmarks measure."""

Open = Callable[..., Page]
"""Opens an empty page: who is logged in ("" for nobody), width, language, scheme, script or none."""

Context = Callable[..., BrowserContext]
"""The context in which all pages of one person are looked at."""


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city with the cast and its scene; journeys that change it work on cases of their own."""
    folder = Path(tempfile.mkdtemp(prefix="anlan-j-", dir="/tmp"))
    try:
        with running_city(folder / "city", of_the_run(tmp_path_factory) / "scene") as started:
            yield started
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def of_the_run(factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run of the tests have in common."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all journeys."""
    with launched(for_journeys) as started:
        yield started


@pytest.fixture(scope="session")
def tabs(city: City, browser: Browser) -> Tabs:
    """The tabs of all journeys."""
    return Tabs(browser, city.address)


@pytest.fixture
def open_page(city: City, tabs: Tabs) -> Iterator[Open]:
    """Open pages in tabs that other tests use afterwards. None of them may have met a fault of the server."""
    yield from opened_in(tabs.lent, city)
    assert tabs.broken() == []


@pytest.fixture
def open_apart(city: City, tabs: Tabs) -> Iterator[Open]:
    """The same in tabs that end with the test, which tells its browser more than where to go."""
    yield from opened_in(tabs.apart, city)
    assert tabs.broken() == []


def opened_in(tab: Callable[[bool], AbstractContextManager[Page]], city: City) -> Iterator[Open]:
    """What opens an empty page for somebody, in their language and on a screen like theirs."""
    with ExitStack() as stack:

        def opened(
            who: str = "", *, width: int = 1440, lang: str = "en", scheme: str = "light", script: bool = True
        ) -> Page:
            page = stack.enter_context(tab(script))
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            speak(page.context, city, lang)
            sign_in(page.context, city, who)
            return page

        yield opened


@pytest.fixture(scope="session")
def context_of(city: City, browser: Browser) -> Iterator[Context]:
    """Contexts for tests that only look: one for each person, so that scripts and styles are fetched once."""

    @cache
    def context_of(who: str) -> BrowserContext:
        context = browser.new_context(base_url=city.address)
        sign_in(context, city, who)
        return context

    yield context_of


def sign_in(context: BrowserContext, city: City, who: str) -> None:
    """Give the browser the session of somebody; nothing for nobody ("")."""
    if who:
        context.add_cookies([{"name": "sessionid", "value": city.sessions[who], "url": city.address}])


def speak(context: BrowserContext, city: City, lang: str) -> None:
    """Choose the language of what is opened next."""
    context.add_cookies([{"name": "lang", "value": lang, "url": city.address}])
