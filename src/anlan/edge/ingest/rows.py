"""What came from the broker as rows of numbers, whether little came or much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.base.when_used import when_used
from anlan.edge.ingest.wire import HEADERS, PAYLOAD, REPLY, rows_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

MUCH = 1 << 16
"""From so many bytes on the compiled reader is used: an idle city need not load it."""
STORED = b"$JS.ACK."
"""What stands in every message of a stream; without it only the broker itself spoke."""
MARK = b"Nmqtt-Pub:"
SENT = 9


def read_rows(data: bytes, much: int = MUCH) -> tuple[NDArray[np.int64], int]:
    """A row for each whole message (columns of `wire.Row`, then when it was sent), and their bytes."""
    if len(data) >= much:
        from anlan.edge.ingest.scanning import scanned

        return scanned(np.frombuffer(data, np.uint8))
    rows, used = rows_of(data)
    sent = [_sent(data[row[REPLY] : row[REPLY + 1]]) for row in rows]
    return np.array([(*row, at) for row, at in zip(rows, sent, strict=True)], np.int64).reshape(-1, 10), used


def twice(data: bytes, rows: NDArray[np.int64], much: int = MUCH) -> NDArray[np.bool_]:
    """Of each message: did it come over MQTT with an acknowledgement, and lies in the stream MQTT too?"""
    if len(data) >= much:
        from anlan.edge.ingest.scanning import acknowledged

        return acknowledged(np.frombuffer(data, np.uint8), rows)
    heads = [data[row[HEADERS] : row[PAYLOAD]] for row in rows.tolist()]
    values = [head.partition(MARK)[2].lstrip(b" ")[:1] for head in heads]
    return np.array([value in (b"1", b"2") for value in values], np.bool_)


def _sent(reply: bytes) -> int:
    """When the broker took a message, in microseconds since 1970; -1 when it does not say."""
    if not reply.startswith(STORED):
        return -1
    words = reply.split(b".")
    return int(words[7] if len(words) < 11 else words[9]) // 1000
