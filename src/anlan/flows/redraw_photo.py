"""Draw a photo anew in a process of its own, which is killed when it takes too long."""

import atexit
import json
import socket
import subprocess
import sys
from collections.abc import Sequence
from threading import BoundedSemaphore, Lock

from anlan.base.errors import Refused
from anlan.publishing.photos import BEGUN, MAX_BYTES, PhotoRefusal, Pixels

SECONDS = 45.0
"""On the clock, for each of its steps; a drawing process ends itself sooner (photo_drawers)."""

TRIES = 3
"""The process that forks may end, asked by nobody for a while, just as a photo comes."""

AT_ONCE = 2
"""Drawing processes of one web process, each of up to 1 GiB."""

ENVIRONMENT = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""All of it. Pictures lie in a few large pages of memory instead of 14,000 small ones, where the system has
them: to make those was half of the time of drawing one.
"""

COMMAND = (sys.executable, "-I", "-m", "anlan.flows.photo_drawers")


class Drawers:
    """The process that forks one drawing process for each photo; it is started when a photo needs it."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._door: socket.socket | None = None
        self._lock = Lock()

    def draw(self, sent: bytes) -> bytes:
        """What a drawing process answers; b"" when it died of its limits."""
        for _ in range(TRIES):
            drawn = self._asked(sent)
            if drawn.startswith(BEGUN):
                break
        return drawn.removeprefix(BEGUN)

    def stop(self) -> None:
        """End the process that forks."""
        with self._lock:
            self._stop()

    def _asked(self, sent: bytes) -> bytes:
        with self._connection() as drawing:
            drawing.settimeout(SECONDS)
            answer = bytearray()
            try:
                drawing.sendall(sent)
                drawing.shutdown(socket.SHUT_WR)
                while part := drawing.recv(2**20):
                    answer += part
            except OSError:  # it died, or is too slow
                return bytes(answer[: len(BEGUN)])
            return bytes(answer)

    def _connection(self) -> socket.socket:
        """Our end of a connection to a new drawing process."""
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                self._hand_over(theirs)
            except OSError:
                self._stop()
                self._hand_over(theirs)
        return ours

    def _hand_over(self, theirs: socket.socket) -> None:
        if self._door is None or not self._is_running():
            self._start()
        assert self._door is not None
        socket.send_fds(self._door, [b"x"], [theirs.fileno()])

    def _start(self) -> None:
        self._stop()
        self._door, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                self._command,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=ENVIRONMENT,
            )

    def _is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _stop(self) -> None:
        if self._door is not None:
            self._door.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._door = self._process = None


_places = BoundedSemaphore(AT_ONCE)
_drawers = Drawers()
atexit.register(_drawers.stop)


def redraw(sent: bytes) -> Pixels:
    """The photo in `sent` made anew from its pixels.

    Raises Refused with a value of `PhotoRefusal` as its reason; a process that died of its limits says
    "photo_too_hard".
    """
    if len(sent) > MAX_BYTES:
        raise Refused(PhotoRefusal.TOO_BIG)
    with _places:
        head, _, rest = _drawers.draw(sent).partition(b"\n")
    if not head:
        raise Refused(PhotoRefusal.TOO_HARD)
    return _pixels(json.loads(head), rest)


def _pixels(facts: dict[str, str | int], rest: bytes) -> Pixels:
    if "refusal" in facts:
        raise Refused(PhotoRefusal(str(facts["refusal"])))
    size = int(facts["picture"])
    return Pixels(
        picture=rest[:size],
        thumbnail=rest[size:],
        width=int(facts["width"]),
        height=int(facts["height"]),
        taken=str(facts["taken"]),
        offset=str(facts["offset"]),
    )
