"""Forks a process for each photo that is drawn anew: `python -I -m anlan.flows.photo_drawers`.

What is started so waits at a socket, its standard input, for connections that come through it; loading
Pillow, which it did before, takes longer than drawing a small photo. It never reads what somebody sent: each
fork does that, within its limits (publishing/photo_worker.py), and ends.
"""

import os
import signal
import socket
import sys
from typing import NoReturn

from anlan.publishing import photo_worker
from anlan.publishing.photos import BEGUN

ON_THE_CLOCK = 40
"""Seconds after which a process is killed that neither computes nor ends."""

NICE = 5
"""One person waits for a photo, many others for pages meanwhile: three parts of a processor for those."""

WAITS = 60.0
"""Seconds after the last photo in which the next one finds the process that forks."""


def stand_ready(door: socket.socket) -> None:
    """Fork for each connection that comes through `door`, until it is closed or nobody asks any more."""
    door.settimeout(WAITS)
    while True:
        _bury_the_dead()
        try:
            _said, handles, *_rest = socket.recv_fds(door, 1, 1)
        except TimeoutError:
            return
        if not handles:
            return
        if os.fork() == 0:
            door.close()
            _draw_one(handles[0])
        os.close(handles[0])


def _bury_the_dead() -> None:
    """Take note of forks that ended, so that their processor time counts with ours; how does not matter."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def _draw_one(handle: int) -> NoReturn:
    """Answer one connection, and end whatever happens."""
    try:
        os.nice(NICE)
        signal.alarm(ON_THE_CLOCK)
        photo_worker.limit_this_process()
        asked = socket.socket(fileno=handle)
        asked.sendall(BEGUN)
        with asked.makefile("rb") as source, asked.makefile("wb") as sink:
            photo_worker.answer(source, sink)
    finally:
        os._exit(0)


if __name__ == "__main__":
    stand_ready(socket.socket(fileno=sys.stdin.fileno()))
