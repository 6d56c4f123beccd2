"""A web process answers a few requests at a time and lets the others wait."""

import asyncio
from threading import Barrier, Lock

from asgiref.sync import ThreadSensitiveContext
from django.http import HttpRequest, HttpResponse

from anlan.edge.operations.turns import AT_ONCE, Turns


def test_as_many_requests_as_there_are_turns_are_answered_together_and_no_more() -> None:
    together, lock, inside, most = Barrier(AT_ONCE, timeout=30), Lock(), 0, 0

    def page(request: HttpRequest) -> HttpResponse:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        together.wait()
        with lock:
            inside -= 1
        return HttpResponse("seen")

    async def ask(handler: Turns) -> bytes:
        async with ThreadSensitiveContext():
            return (await handler.get_response_async(HttpRequest())).content

    async def ask_three_rounds() -> list[bytes]:
        handler = Turns()
        handler.get_response = page
        return await asyncio.gather(*(ask(handler) for _ in range(3 * AT_ONCE)))

    answers = asyncio.run(ask_three_rounds())

    assert (answers, most) == ([b"seen"] * 3 * AT_ONCE, AT_ONCE)
