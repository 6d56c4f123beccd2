"""News of changed cases for open pages, as server-sent events.

Each web process keeps one connection that listens; it hands the news to the pages open on that process, each
of which passes on only what its person may see. A page that was away names the last event it saw and gets
what it missed. When a role, a unit or a session ends, every stream asks anew who is listening; and each ends
after STREAM_SECONDS, whatever was heard: the browser comes back by itself.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from asgiref.sync import sync_to_async
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from anlan.base.errors import NotFound
from anlan.flows.follow_ups import CHANNEL
from anlan.staff.terms import Action
from anlan.store.readers.cases import changes_since
from anlan.store.readers.staff import Acting, acting_for

HEARTBEAT_SECONDS = 15.0
STREAM_SECONDS = 600.0
BACKLOG = 1000
RECONNECT_SECONDS = 1.0


@dataclass(frozen=True)
class News:
    """One change, as told by the database."""

    event: int
    case: int
    version: int
    area_path: str
    unit_path: str

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

    def join(self, parameters: dict[str, Any]) -> Page:
        """A page that gets all news from now on; the first one starts the hearing."""
        page = Page()
        self._pages.add(page)
        if self._hearing is None or self._hearing.done():
            self._hearing = asyncio.get_running_loop().create_task(self._hear(parameters))
        return page

    def leave(self, page: Page) -> None:
        """No more news for this page; the last one ends the hearing."""
        self._pages.discard(page)
        if not self._pages and self._hearing is not None:
            self._hearing.cancel()
            self._hearing = None

    async def _hear(self, parameters: dict[str, Any]) -> None:
        while True:
            with suppress(psycopg.OperationalError):
                async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True) as heard:
                    await heard.execute(f"LISTEN {CHANNEL}")
                    async for notice in heard.notifies():
                        self._tell(json.loads(notice.payload))
            self._end_all()
            await asyncio.sleep(RECONNECT_SECONDS)

    def _tell(self, told: dict[str, Any]) -> None:
        if "rights" in told:
            for page in self._pages:
                page.must_ask = True
                page.wake()
            return
        news = News(told["event"], told["case"], told["version"], told["area"], told["unit"])
        for page in self._pages:
            page.put(news)

    def _end_all(self) -> None:
        """What happened while nobody heard is asked for by each page when it comes back."""
        for page in self._pages:
            page.must_end = True
            page.wake()


newsroom = Newsroom()


async def live(request: HttpRequest) -> HttpResponseBase:
    """The stream of changes to cases this person may see; 404 for anybody who is not staff."""
    try:
        await request.auser()  # reads the session
        key = str(request.session.session_key)
        start = await sync_to_async(_prepare)(key, request.headers.get("Last-Event-ID", ""))
    except NotFound:
        return HttpResponse(status=404)
    return StreamingHttpResponse(
        _stream(key, *start),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _prepare(session_key: str, last_seen: str) -> tuple[Acting, dict[str, Any], list[News]]:
    """Who is listening, how to reach the database, and what they missed since the event they saw last."""
    try:
        acting = _acting(session_key)
        missed = (
            changes_since(acting, int(last_seen)) if last_seen.isdecimal() and len(last_seen) < 19 else []
        )
        parameters = {
            name: value
            for name, value in connection.get_connection_params().items()
            if name in {"dbname", "user", "password", "host", "port"}
        }
        news = [News(e.pk, e.case_id, e.case.version, e.case.area_path, e.case.unit_path) for e in missed]
        return acting, parameters, news
    finally:
        connection.close()  # a stream lasts for minutes and asks hardly anything more


def _ask_again(session_key: str) -> Acting | None:
    """Who is listening now; None when the session or the account has ended."""
    try:
        return _acting(session_key)
    except NotFound:
        return None
    finally:
        connection.close()


def _acting(session_key: str) -> Acting:
    """The member of staff whose session this is, as the database has it now; raises NotFound."""
    asking = HttpRequest()
    asking.session = SessionStore(session_key)
    return acting_for(get_user(asking))


async def _stream(
    session_key: str, acting: Acting, parameters: dict[str, Any], missed: list[News]
) -> AsyncIterator[str]:
    page = newsroom.join(parameters)
    loop = asyncio.get_running_loop()
    ends = loop.time() + STREAM_SECONDS
    try:
        yield "retry: 1000\n\n"
        for news in missed:
            yield news.as_sent()
        while (left := ends - loop.time()) > 0:
            try:
                heard = await asyncio.wait_for(page.news.get(), min(left, HEARTBEAT_SECONDS))
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if page.must_ask:
                page.must_ask = False
                now_acting = await sync_to_async(_ask_again)(session_key)
                if now_acting is None:
                    return
                acting = now_acting
            if page.must_end:
                return
            if heard is not None and acting.may(Action.VIEW_CASE, heard):
                yield heard.as_sent()
    finally:
        newsroom.leave(page)
