"""Fixtures of the journeys: a running city, a browser, and pages opened as somebody."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.journeys.browser import executable, for_journeys
from tests.journeys.city import City, running_city

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
    with sync_playwright() as playwright:
        found = executable()
        launched = playwright.chromium.launch(executable_path=found.path, args=for_journeys(found))
        yield launched
        launched.close()


@pytest.fixture
def open_page(city: City, browser: Browser) -> Iterator[Open]:
    """Open pages; all are closed at the end of the test. None of them may have met an error of the server."""
    contexts = []
    broken: list[str] = []

    def opened(
        who: str = "", *, width: int = 1440, lang: str = "en", scheme: str = "light", script: bool = True
    ) -> Page:
        size = {"width": width, "height": 900}
        context = browser.new_context(
            base_url=city.address,
            viewport=size,  # type: ignore[arg-type]
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=script,
            reduced_motion="reduce",  # else what is new on a page is drawn sixty times a second for a while
        )
        context.on("response", lambda answer: broken.append(answer.url) if answer.status >= 500 else None)
        contexts.append(context)
        speak(context, city, lang)
        sign_in(context, city, who)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert broken == []


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
