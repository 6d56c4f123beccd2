"""Fixtures of the journeys: a running city, a browser, and pages opened as somebody."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.browser import executable
from tests.journeys.city import City, running_city

Open = Callable[..., Page]
"""Opens an empty page: who is logged in ("" for nobody), width, language, scheme, script or none."""


@pytest.fixture(scope="session")
def city() -> Iterator[City]:
    """A city with the cast and its scene; journeys that change it work on cases of their own."""
    folder = Path(tempfile.mkdtemp(prefix="anlan-j-", dir="/tmp"))
    try:
        with running_city(folder) as started:
            yield started
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all journeys."""
    with sync_playwright() as playwright:
        found = executable()
        launched = playwright.chromium.launch(executable_path=found.path, args=list(found.arguments))
        yield launched
        launched.close()


@pytest.fixture
def open_page(city: City, browser: Browser) -> Iterator[Open]:
    """Open pages; all are closed at the end of the test."""
    contexts = []

    def opened(
        who: str = "", *, width: int = 1440, lang: str = "en", scheme: str = "light", script: bool = True
    ) -> Page:
        size = {"width": width, "height": 900}
        context = browser.new_context(
            base_url=city.address,
            viewport=size,  # type: ignore[arg-type]
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=script,
        )
        contexts.append(context)
        context.add_cookies([{"name": "lang", "value": lang, "url": city.address}])
        if who:
            context.add_cookies([{"name": "sessionid", "value": city.sessions[who], "url": city.address}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
