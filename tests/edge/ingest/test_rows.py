"""What a broker sends is read alike by the reader of little and the compiled reader of much."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.edge.ingest.rows import read_rows, twice
from tests.examples import examples

WORD = st.text("abd.-_", min_size=1, max_size=8).map(str.encode)
REPLIES = st.sampled_from(
    [
        b"",
        b"_INBOX.1.2",
        b"$JS.ACK.PLAIN.one.1.42.7.1700000000123456789.0",
        b"$JS.ACK.hub.ACC.MQTT.one.1.43.8.1700000000123456789.0.rand",
        b"$JS.FC.PLAIN.one.x",
    ]
)
HEADERS = st.sampled_from([b"", b"NATS/1.0\r\nNmqtt-Pub:1d/x\r\n\r\n", b"NATS/1.0\r\nNmqtt-Pub: 2\r\n\r\n"])
OTHER = st.sampled_from([b"NATS/1.0 100 Idle Heartbeat\r\n\r\n", b"NATS/1.0\r\nNmqtt-Pub:0\r\n\r\n"])


def message(subject: bytes, sid: int, reply: bytes, headers: bytes, payload: bytes) -> bytes:
    words = [subject, str(sid).encode(), *([reply] if reply else [])]
    sizes = [len(headers), len(headers) + len(payload)] if headers else [len(payload)]
    kind = b"HMSG" if headers else b"MSG"
    line = b" ".join([kind, *words, *(str(size).encode() for size in sizes)])
    return line + b"\r\n" + headers + payload + b"\r\n"


MESSAGES = st.builds(message, WORD, st.integers(1, 99), REPLIES, HEADERS | OTHER, st.binary(max_size=40))
LINES = st.sampled_from([b"PING\r\n", b"PONG\r\n", b"-ERR 'Stale Connection'\r\n", b"INFO {}\r\n"])


@settings(max_examples=examples(30))
@given(st.lists(MESSAGES | LINES, max_size=6), st.integers(0, 60))
def test_both_readers_find_the_same_messages_and_leave_the_same_rest(parts: list[bytes], cut: int) -> None:
    data = b"".join(parts)
    data = data[: max(0, len(data) - cut)]

    slow, used = read_rows(data, much=1 << 30)
    fast, used_fast = read_rows(data, much=0)

    assert used == used_fast
    assert np.array_equal(slow, fast)
    assert np.array_equal(twice(data, slow, 1 << 30), twice(data, slow, 0))
    assert sum(map(len, parts)) - used <= max(map(len, parts), default=0) + cut
