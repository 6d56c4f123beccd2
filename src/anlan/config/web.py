"""One web process: `python -m anlan.config.web`. Several share the port; the kernel deals connections out.

Granian's own command keeps a process above its workers that starts dead ones again. Our supervisor does that
anyway, so the same server runs in the loop of the worker itself, and an idle city holds 30 MB less.
"""

import asyncio
import logging
import os
import signal
import sys

from django.conf import settings
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from anlan.config.asgi import application
from anlan.edge.pages.newsroom import newsroom

WAITING = 1024
"""Connections that the kernel holds until we take them."""


async def serve() -> None:
    """Answer until a signal asks to stop; an answer that takes too long then is ended by the supervisor."""
    server = Server(
        application,
        settings.ANLAN_HOST,
        settings.ANLAN_PORT,
        interface=Interfaces.ASGINL,
        websockets=False,
        backlog=WAITING,
        log_level=LogLevels.error,
        log_dictconfig=settings.LOGGING,
    )

    def stop() -> None:
        server.stop()  # type: ignore[no-untyped-call]  # of Granian
        newsroom.end_all()  # else each open page would hold us for minutes

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    await server.serve()


if __name__ == "__main__":
    asyncio.run(serve())
    logging.shutdown()
    sys.stdout.flush()
    # Granian's threads still run, and a Python that ends in order would break them off with a panic
    os._exit(0)
