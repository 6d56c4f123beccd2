"""News of changed cases for open pages, as server-sent events.

Each web process keeps one connection that listens; it hands the news to the pages open on that process, each
of which passes on only what its person may see. A page that was away names the last event it saw and gets
what it missed. A stream ends after STREAM_SECONDS, so that a right that was taken away ends with it; the
browser comes back by itself.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from asgiref.sync import sync_to_async
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
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
        return f"id: {self.event}\nevent: changed\ndata: {data}\n\n"


class Newsroom:
    """Hears the database once and tells every open page of this process."""

    def __init__(self) -> None:
        self._pages: set[asyncio.Queue[News]] = set()
        self._hearing: asyncio.Task[None] | None = None

    def join(self, parameters: dict[str, Any]) -> asyncio.Queue[News]:
        """A queue that gets all news from now on; the first page starts the hearing."""
        page: asyncio.Queue[News] = asyncio.Queue(BACKLOG)
        self._pages.add(page)
        if self._hearing is None or self._hearing.done():
            self._hearing = asyncio.get_running_loop().create_task(self._hear(parameters))
        return page

    def leave(self, page: asyncio.Queue[News]) -> None:
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
                        self._tell(notice.payload)
            await asyncio.sleep(RECONNECT_SECONDS)

    def _tell(self, payload: str) -> None:
        told = json.loads(payload)
        news = News(told["event"], told["case"], told["version"], told["area"], told["unit"])
        for page in list(self._pages):
            with suppress(asyncio.QueueFull):  # a page that slow comes back and asks what it missed
                page.put_nowait(news)


newsroom = Newsroom()


async def live(request: HttpRequest) -> HttpResponseBase:
    """The stream of changes to cases this person may see; 404 for anybody who is not staff."""
    try:
        acting, parameters, missed = await sync_to_async(_prepare)(
            await request.auser(), request.headers.get("Last-Event-ID", "")
        )
    except NotFound:
        return HttpResponse(status=404)
    return StreamingHttpResponse(
        _stream(acting, parameters, missed),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _prepare(
    user: AbstractBaseUser | AnonymousUser, last_seen: str
) -> tuple[Acting, dict[str, Any], list[News]]:
    """Who is listening, how to reach the database, and what they missed since the event they saw last."""
    try:
        acting = acting_for(user)
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
        connection.close()  # a stream lasts for minutes and asks nothing more


async def _stream(acting: Acting, parameters: dict[str, Any], missed: list[News]) -> AsyncIterator[str]:
    page = newsroom.join(parameters)
    loop = asyncio.get_running_loop()
    ends = loop.time() + STREAM_SECONDS
    try:
        yield "retry: 1000\n\n"
        for news in missed:
            yield news.as_sent()
        while (left := ends - loop.time()) > 0:
            try:
                news = await asyncio.wait_for(page.get(), min(left, HEARTBEAT_SECONDS))
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if acting.may(Action.VIEW_CASE, news):
                yield news.as_sent()
    finally:
        newsroom.leave(page)
