"""What a NATS server sent, in one pass over its bytes: a row a message, no object a message.

Source: NATS client protocol (docs.nats.io, "Client Protocol"). `wire.py` reads the same one by one.
"""

import numpy as np
from numpy.typing import NDArray

from anlan.edge.ingest.wire import AFTER, HEADERS, NUMBER, PAYLOAD, REPLY, SID, SUBJECT
from anlan.stats._compiling import compiled, inner

COLUMNS = 10
"""Those of `wire.Row`, and when the broker took the message (microseconds since 1970; -1: not said)."""
SENT = 9
MOST_WORDS, MOST_DOTS = 8, 12
"""Of a line, and of where an acknowledgement would go: what is behind them says nothing to us."""


def scanned(data: NDArray[np.uint8]) -> tuple[NDArray[np.int64], int]:
    """The rows of all whole messages, and how many bytes they take; what follows waits for the rest."""
    rows = np.empty((len(data) // 4 + 1, COLUMNS), np.int64)
    count, used = _scan(data, rows)
    return rows[:count], used


@compiled()
def _scan(data: NDArray[np.uint8], rows: NDArray[np.int64]) -> tuple[int, int]:
    here, count, size = 0, 0, len(data)
    words = np.empty((MOST_WORDS, 2), np.int64)
    dots = np.empty(MOST_DOTS, np.int64)
    while True:
        end, found = _line(data, here, words)
        if end < 0:
            return count, here
        is_message = data[here] == 77 and end - here > 4 and data[here + 3] == 32  # MSG
        with_headers = data[here] == 72 and end - here > 5 and data[here + 4] == 32  # HMSG
        if not is_message and not with_headers:
            rows[count, :] = 0
            rows[count, NUMBER] = rows[count, SENT] = -1
            rows[count, SID], rows[count, SUBJECT], rows[count, SUBJECT + 1] = 0, here, end
            count += 1
            here = end + 2
            continue
        total = _whole(data, words[found - 1, 0], words[found - 1, 1])
        heads = _whole(data, words[found - 2, 0], words[found - 2, 1]) if with_headers else 0
        begin = end + 2
        if begin + total + 2 > size:
            return count, here
        _fill(data, words, found - (2 if with_headers else 1), dots, rows[count])
        rows[count, HEADERS], rows[count, PAYLOAD], rows[count, AFTER] = begin, begin + heads, begin + total
        count += 1
        here = begin + total + 2


@inner
def _line(data: NDArray[np.uint8], here: int, words: NDArray[np.int64]) -> tuple[int, int]:
    """Where a line ends (-1: not whole yet), and its words: how many, of which the first eight are kept."""
    found, start = 0, here
    rest = data[here:]
    for step in range(len(rest) - 1):
        byte = rest[step]
        if byte > 32:  # nearly all
            continue
        place = here + step
        ends = byte == 13 and data[place + 1] == 10
        if ends or byte == 32:
            if found < MOST_WORDS:
                words[found, 0], words[found, 1] = start, place
                found += 1
            start = place + 1
        if ends:
            return place, found
    return -1, found


@inner
def _whole(data: NDArray[np.uint8], first: int, after: int) -> int:
    found = 0
    for digit in data[first:after]:
        found = found * 10 + int(np.int64(digit)) - 48
    return found


@inner
def _fill(
    data: NDArray[np.uint8],
    words: NDArray[np.int64],
    named: int,
    dots: NDArray[np.int64],
    row: NDArray[np.int64],
) -> None:
    """Subject, sid and reply of a message whose first `named` words they are; `dots` is room to work in."""
    row[SUBJECT], row[SUBJECT + 1] = words[1, 0], words[1, 1]
    row[SID] = _whole(data, words[2, 0], words[2, 1])
    row[REPLY], row[REPLY + 1] = (words[3, 0], words[3, 1]) if named > 3 else (0, 0)
    row[NUMBER], row[SENT] = _numbers(data, row[REPLY], row[REPLY + 1], dots)


@inner
def _numbers(data: NDArray[np.uint8], first: int, after: int, dots: NDArray[np.int64]) -> tuple[int, int]:
    """Number in the stream and time of `$JS.ACK.STREAM.CONSUMER.DELIVERED.NUMBER.SEQUENCE.NANOSECONDS...`.

    Newer servers put a domain and an account behind `$JS.ACK`: then there are 11 words or more.
    """
    if after - first < 8 or data[first] != 36 or data[first + 1] != 74 or data[first + 4] != 65:
        return -1, -1
    found = 0
    reply = data[first:after]
    for place in range(len(reply)):
        if reply[place] == 46 and found < MOST_DOTS:
            dots[found] = first + place
            found += 1
    wanted = 5 if found < 10 else 7
    number = _between(data, dots, wanted, found, after)
    sent = _between(data, dots, wanted + 2, found, after)
    return number, sent // 1000 if sent >= 0 else -1


@inner
def _between(data: NDArray[np.uint8], dots: NDArray[np.int64], word: int, found: int, after: int) -> int:
    """The number behind so many of the dots; -1 where there are fewer."""
    if word > found:
        return -1
    return _whole(data, dots[word - 1] + 1, dots[word] if word < found else after)


@compiled()
def acknowledged(data: NDArray[np.uint8], rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Of each message: does a header `Nmqtt-Pub:1` or `2` say that the stream of MQTT has it too?"""
    found = np.zeros(len(rows), np.bool_)
    for index in range(len(rows)):
        for place in range(rows[index, HEADERS], rows[index, PAYLOAD] - 11):
            if data[place] == 78 and data[place + 6] == 80 and data[place + 9] == 58:  # N mqtt- P ub :
                value = data[place + 10] if data[place + 10] != 32 else data[place + 11]
                found[index] = value == 49 or value == 50
                break
    return found
