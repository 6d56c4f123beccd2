"""How requests share a web process: a few at a time, each in one thread through all middleware.

Django would start a thread for every request that comes, and threads that compute at the same time hinder
each other: with sixty of them an answer takes three times the processor time it takes alone, and a city that
is asked too much would get slower the more it is asked. Here a request that finds all turns taken waits for
nothing but its turn, in the order of coming. Its body has come by then, so a slow sender takes no turn; nor
does a stream of news, which is sent after its turn.
"""

import asyncio

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

AT_ONCE = 4
"""Requests that compute or wait for the database at the same time; fewer than its pool has connections."""


class Turns(ASGIHandler):
    """Django's handler, with all middleware and the page in one thread: no hop between two kinds of them."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, once it is this request's turn."""
        async with self._turns:
            return await sync_to_async(self.get_response, thread_sensitive=True)(request)
