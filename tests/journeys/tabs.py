"""Tabs of a browser that are handed from test to test."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, Response

QUIET_PAGE = "/healthz"
"""Where a tab waits: a page of the city's own, for any other address would begin another process."""


class Tabs:
    """Each tab has a context of its own: cookies, cache and storage that no other tab sees.

    A new context costs the browser a process that compiles all scripts anew, several times what a page costs.
    What a tab was told lies in its address, its cookies and its storage, and ends with the test. What else a
    test tells its browser (permissions, scripts, a broken network) would stay: that needs a tab `apart`.
    """

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self._address = browser, address
        self._free: dict[bool, list[Page]] = {True: [], False: []}
        self._broken: list[str] = []

    @contextmanager
    def lent(self, script: bool) -> Iterator[Page]:
        """A tab that others use afterwards, with or without JavaScript."""
        page = self._free[script].pop() if self._free[script] else self._new(script)
        yield page
        for opened_by_it in page.context.pages[1:]:
            opened_by_it.close()
        page.goto(QUIET_PAGE)
        if script:
            page.evaluate("sessionStorage.clear()")
        page.context.clear_cookies()
        self._free[script].append(page)

    @contextmanager
    def apart(self, script: bool) -> Iterator[Page]:
        """A tab that ends with its test."""
        page = self._new(script)
        yield page
        page.context.close()

    def broken(self) -> list[str]:
        """The addresses at which the server met an error since this was asked last."""
        broken, self._broken = self._broken, []
        return broken

    def _new(self, script: bool) -> Page:
        context = self._browser.new_context(
            base_url=self._address,
            java_script_enabled=script,
            reduced_motion="reduce",  # else what is new on a page is drawn sixty times a second for a while
        )
        context.on("response", self._note)
        return context.new_page()

    def _note(self, answer: Response) -> None:
        if answer.status >= 500:
            self._broken.append(answer.url)
