"""News of changed cases for open pages, as server-sent events.

Each web process hears the database once and hands the news to the pages open on it, each of which passes on
only what its person may see, or saw until now. A page says up to where it knows what happened: by the moment
at which it was drawn (`?since=`), or by the last event it got. A stream asks for what came after once it
listens, so nothing falls between. When a role, a unit or a session ends, every stream asks anew who is
listening; and each ends after STREAM_SECONDS, whatever was heard: the browser comes back by itself.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from anlan.base.errors import NotFound
from anlan.edge.pages.newsroom import News, Page, newsroom
from anlan.store.readers.live import Mark, changes_since, missed_since
from anlan.store.readers.staff import Acting, acting_for

HEARTBEAT_SECONDS = 15.0
STREAM_SECONDS = 600.0


@dataclass(frozen=True)
class Reader:
    """Whose page it is, and up to where it knows what happened: by the last event it got, or as drawn."""

    session_key: str
    last_event: str
    drawn_at: Mark | None


async def live(request: HttpRequest) -> HttpResponseBase:
    """The stream of changes to cases this person may see; 404 for anybody who is not staff."""
    try:
        await request.auser()  # reads the session
        reader = Reader(
            str(request.session.session_key),
            request.headers.get("Last-Event-ID", ""),
            Mark.read(request.GET.get("since", "")),
        )
        parameters = await sync_to_async(_prepare)(reader)
    except NotFound:
        return HttpResponse(status=404)
    return StreamingHttpResponse(
        _stream(reader, parameters),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _prepare(reader: Reader) -> dict[str, Any]:
    """How to reach the database; raises NotFound when nobody of the staff is listening."""
    try:
        _acting(reader.session_key)
        return {
            name: value
            for name, value in connection.get_connection_params().items()
            if name in {"dbname", "user", "password", "host", "port"}
        }
    finally:
        connection.close()  # a stream lasts for minutes and asks hardly anything more


def _catch_up(reader: Reader) -> tuple[Acting, list[News], bool]:
    """Who is listening, what they missed, and whether the page is stale as it was drawn. Raises NotFound."""
    try:
        acting = _acting(reader.session_key)
        if reader.last_event.isdecimal() and len(reader.last_event) < 19:
            missed = changes_since(acting, int(reader.last_event))
            return acting, [News(each.event, each.case, each.version, ()) for each in missed], False
        return acting, [], reader.drawn_at is not None and missed_since(acting, reader.drawn_at)
    finally:
        connection.close()


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


async def _stream(reader: Reader, parameters: dict[str, Any]) -> AsyncIterator[str]:
    page = newsroom.join(parameters)
    try:
        yield "retry: 1000\n\n"
        await newsroom.listens()
        acting, missed, stale = await sync_to_async(_catch_up)(reader)
        yield f"event: listening\ndata: {json.dumps({'stale': stale})}\n\n"
        for news in missed:
            yield news.as_sent()
        async for piece in _news(page, acting, reader.session_key):
            yield piece
    except (TimeoutError, NotFound):
        return  # the browser comes back, and learns then whether it may
    finally:
        newsroom.leave(page)


async def _news(page: Page, acting: Acting, session_key: str) -> AsyncIterator[str]:
    """What a page that has caught up hears, until it must begin anew."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + STREAM_SECONDS
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
        if heard is not None and heard.concerns(acting):
            yield heard.as_sent()
