"""What a request carries is bounded before it reaches the disk.

Django puts a whole body aside before any code of ours sees it. A body that is larger than a form with its
photos may be loses its middle here, which lies inside its photos: what was typed stands before and after
them, so the form can say what is wrong and keep all words.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from anlan.publishing.photos import MAX_BYTES, MAX_PHOTOS

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

HEAD = 2**20
"""Bytes kept of the beginning of a body that says it is too large: all that is typed before the photos."""

TAIL = 2**16
"""Bytes kept of its end: what is typed after the photos."""

MOST = MAX_PHOTOS * MAX_BYTES + HEAD
"""Bytes of a body that passes as it is."""

CUT = "anlan.cut"
"""Key of the request's scope that says that the middle is gone."""


class BoundedBodies:
    """An ASGI application around another one that sees at most `MOST` bytes and a tail."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Any) -> None:
        """Hand a request on, its body bounded."""
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        body = _Body(scope, receive)
        await self.application(scope, body.receive, send)


class _Body:
    """The body of one request as it comes, and after it whatever the server says."""

    def __init__(self, scope: MutableMapping[str, Any], receive: Receive) -> None:
        self._scope, self._receive = scope, receive
        self._room = HEAD if _said_length(scope) > MOST else MOST

    async def receive(self) -> Message:
        """The next message: a part of the body that is small enough, or the last one with its end."""
        message = await self._receive()
        body = message.get("body", b"")
        if message["type"] != "http.request" or len(body) <= self._room:
            self._room -= len(body)
            return message
        self._scope[CUT] = True
        head, tail = body[: self._room], body[self._room :][-TAIL:]
        while message.get("more_body", False):
            message = await self._receive()
            if message["type"] != "http.request":
                return message
            tail = (tail + message.get("body", b""))[-TAIL:]
        return {"type": "http.request", "body": head + tail, "more_body": False}


def _said_length(scope: MutableMapping[str, Any]) -> int:
    """The length that a request says its body has; 0 when it says none."""
    said = dict(scope["headers"]).get(b"content-length", b"0")
    return int(said) if said.isdigit() else 0
