"""Where the open pages of one web process hear of changes: one connection listens for all of them."""

import asyncio
import json
import logging
from dataclasses import dataclass, field
from typing import Any

import psycopg

from anlan.flows.follow_ups import CHANNEL
from anlan.staff.terms import Action, Spot
from anlan.store.readers.staff import Acting

PATIENCE_SECONDS = 15.0
BACKLOG = 1000
RECONNECT_SECONDS = 1.0

logger = logging.getLogger("anlan.live")


@dataclass(frozen=True)
class News:
    """One change, as told by the database: of which case, and from where that is or was seen."""

    event: int
    case: int
    version: int
    seen_from: tuple[Spot, ...]

    def concerns(self, acting: Acting) -> bool:
        """May this person see the case, or could they until now?"""
        return any(acting.may(Action.VIEW_CASE, spot) for spot in self.seen_from)

    def as_sent(self) -> str:
        """The change in the format of server-sent events."""
        data = json.dumps({"case": self.case, "version": self.version})
        if not self.event:  # of a warning or an alarm: a page that was away is drawn whole anyway
            return f"event: changed\ndata: {data}\n\n"
        return f"id: {self.event}\nevent: changed\ndata: {data}\n\n"


@dataclass(eq=False)
class Page:
    """One open page: the news that wait for it, and what it must do before it reads them.

    A piece of news that is None only wakes the page.
    """

    news: "asyncio.Queue[News | None]" = field(default_factory=lambda: asyncio.Queue(BACKLOG))
    must_ask: bool = False
    """Somebody's rights changed: ask anew who looks at it."""
    must_end: bool = False
    """News may be missing: the page comes back and says which it saw last."""

    def wake(self) -> None:
        """Let the page look at what it must do; one with much to read looks anyway."""
        self.put(None)

    def put(self, news: News | None) -> None:
        """Give it a piece of news; one that is too slow for that begins anew."""
        try:
            self.news.put_nowait(news)
        except asyncio.QueueFull:
            self.must_end = self.must_end or news is not None


class Newsroom:
    """Hears the database once and tells every open page of this process."""

    def __init__(self) -> None:
        self._pages: set[Page] = set()
        self._hearing: asyncio.Task[None] | None = None
        self._listens = asyncio.Event()

    def join(self, parameters: dict[str, Any]) -> Page:
        """A page that gets all news from now on; the first one starts the hearing."""
        page = Page()
        self._pages.add(page)
        if self._hearing is None or self._hearing.done():
            self._listens = asyncio.Event()
            self._hearing = asyncio.get_running_loop().create_task(self._hear(parameters))
        return page

    async def listens(self) -> None:
        """Wait until the database tells of all that commits from now on. Raises TimeoutError."""
        await asyncio.wait_for(self._listens.wait(), PATIENCE_SECONDS)

    def leave(self, page: Page) -> None:
        """No more news for this page; the last one ends the hearing."""
        self._pages.discard(page)
        if not self._pages and self._hearing is not None:
            self._hearing.cancel()
            self._hearing = None

    async def _hear(self, parameters: dict[str, Any]) -> None:
        """Hear until nobody reads: whatever goes wrong, the pages begin anew, and so does the hearing."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True) as heard:
                    await heard.execute(f"LISTEN {CHANNEL}")
                    self._listens.set()
                    async for notice in heard.notifies():
                        self._tell(json.loads(notice.payload))
            except psycopg.OperationalError as lost:
                logger.warning("the database is not heard: %s", type(lost).__name__)
            except Exception:
                logger.exception("what the database told was not understood")
            self._listens.clear()
            self.end_all()
            await asyncio.sleep(RECONNECT_SECONDS)

    def _tell(self, told: dict[str, Any]) -> None:
        if "rights" in told:
            for page in self._pages:
                page.must_ask = True
                page.wake()
            return
        seen_from = [(told["area"], told["unit"]), *told.get("also", ())]
        news = News(told["event"], told["case"], told["version"], tuple(Spot(*each) for each in seen_from))
        for page in self._pages:
            page.put(news)

    def end_all(self) -> None:
        """End all streams: what happened while nobody heard is asked for by each page when it comes back."""
        for page in self._pages:
            page.must_end = True
            page.wake()


newsroom = Newsroom()
