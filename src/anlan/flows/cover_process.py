"""Find and cover faces and plates, in a process of its own that is killed when it takes too long."""

import json
import subprocess
import sys
from collections.abc import Sequence
from threading import BoundedSemaphore

from anlan.base.errors import Refused
from anlan.publishing.covering import Box, boxes_from, rows_of

SECONDS = 300
"""On the clock; its processor time has a limit of its own (cover_worker)."""

_COMMAND = [sys.executable, "-I", "-m", "anlan.publishing.cover_worker"]
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "LANG": "C.UTF-8"}
_one_at_a_time = BoundedSemaphore(1)


def find_boxes(picture: bytes) -> list[Box]:
    """Boxes around faces and plates in a kept photo. Raises Refused("cover_failed")."""
    return boxes_from(json.loads(_run("find", picture)))


def painted(picture: bytes, boxes: Sequence[Box]) -> tuple[bytes, bytes]:
    """The photo with the boxes filled, and a small one of it. Raises Refused("cover_failed")."""
    head, _, rest = _run("paint", json.dumps(rows_of(boxes)).encode() + b"\n" + picture).partition(b"\n")
    size = int(json.loads(head)["picture"])
    return rest[:size], rest[size:]


def _run(what: str, sent: bytes) -> bytes:
    try:
        with _one_at_a_time:
            done = subprocess.run(
                [*_COMMAND, what], input=sent, capture_output=True, timeout=SECONDS, env=_ENVIRONMENT
            )
    except subprocess.TimeoutExpired:
        raise Refused("cover_failed") from None
    if done.returncode or not done.stdout:
        raise Refused("cover_failed")
    return done.stdout
