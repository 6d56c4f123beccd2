"""Draw a photo anew in a process of its own, which is killed when it takes too long."""

import json
import subprocess
import sys
from threading import BoundedSemaphore

from anlan.base.errors import Refused
from anlan.publishing.photos import MAX_BYTES, PhotoRefusal, Pixels

SECONDS = 40
"""On the clock; its processor time has a limit of its own (photo_worker)."""

AT_ONCE = 2
"""Drawing processes of one web process, each of up to 1 GiB."""

_COMMAND = [sys.executable, "-I", "-m", "anlan.publishing.photo_worker"]
_places = BoundedSemaphore(AT_ONCE)


def redraw(sent: bytes) -> Pixels:
    """The photo in `sent` made anew from its pixels.

    Raises Refused with a value of `PhotoRefusal` as its reason; a process that died of its limits says
    "photo_too_hard".
    """
    if len(sent) > MAX_BYTES:
        raise Refused(PhotoRefusal.TOO_BIG)
    try:
        with _places:
            done = subprocess.run(_COMMAND, input=sent, capture_output=True, timeout=SECONDS, env={})
    except subprocess.TimeoutExpired:
        raise Refused(PhotoRefusal.TOO_HARD) from None
    head, _, rest = done.stdout.partition(b"\n")
    if done.returncode or not head:
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
