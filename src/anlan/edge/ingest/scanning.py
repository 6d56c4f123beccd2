"""What a NATS server sent, in one pass over its bytes: a row a message, no object a message.

Source: NATS client protocol (docs.nats.io, "Client Protocol"). `wire.py` reads the same one by one.
"""

import numpy as np
from numpy.typing import NDArray

from anlan.edge.ingest.wire import AFTER, HEADERS, NUMBER, PAYLOAD, REPLY, SID, SUBJECT
from anlan.stats._compiling import compiled

COLUMNS = 10
"""Those of `wire.Row`, and when the broker took the message (microseconds since 1970; -1: not said)."""
SENT = 9


def scanned(data: NDArray[np.uint8]) -> tuple[NDArray[np.int64], int]:
    """The rows of all whole messages, and how many bytes they take; what follows waits for the rest."""
    rows = np.empty((len(data) // 4 + 1, COLUMNS), np.int64)
    count, used = _scan(data, rows)
    return rows[:count], used


@compiled()
def _scan(data: NDArray[np.uint8], rows: NDArray[np.int64]) -> tuple[int, int]:
    here, count, size = 0, 0, len(data)
    words = np.empty((8, 2), np.int64)
    while True:
        end = here
        while end + 1 < size and not (data[end] == 13 and data[end + 1] == 10):
            end += 1
        if end + 1 >= size:
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
        found = _words(data, here, end, words)
        total = _whole(data, words[found - 1, 0], words[found - 1, 1])
        heads = _whole(data, words[found - 2, 0], words[found - 2, 1]) if with_headers else 0
        begin = end + 2
        if begin + total + 2 > size:
            return count, here
        _fill(data, words, found - (2 if with_headers else 1), rows[count])
        rows[count, HEADERS], rows[count, PAYLOAD], rows[count, AFTER] = begin, begin + heads, begin + total
        count += 1
        here = begin + total + 2


@compiled()
def _words(data: NDArray[np.uint8], here: int, end: int, words: NDArray[np.int64]) -> int:
    """The words of a line; their number, of which the first eight are kept."""
    found = 0
    while here < end and found < 8:
        words[found, 0] = here
        while here < end and data[here] != 32:
            here += 1
        words[found, 1] = here
        found += 1
        here += 1
    return found


@compiled()
def _whole(data: NDArray[np.uint8], first: int, after: int) -> int:
    found = 0
    for place in range(first, after):
        found = found * 10 + int(np.int64(data[place])) - 48
    return found


@compiled()
def _fill(data: NDArray[np.uint8], words: NDArray[np.int64], named: int, row: NDArray[np.int64]) -> None:
    """Subject, sid and reply of a message whose first `named` words they are."""
    row[SUBJECT], row[SUBJECT + 1] = words[1, 0], words[1, 1]
    row[SID] = _whole(data, words[2, 0], words[2, 1])
    row[REPLY], row[REPLY + 1] = (words[3, 0], words[3, 1]) if named > 3 else (0, 0)
    row[NUMBER], row[SENT] = _numbers(data, row[REPLY], row[REPLY + 1])


@compiled()
def _numbers(data: NDArray[np.uint8], first: int, after: int) -> tuple[int, int]:
    """Number in the stream and time of `$JS.ACK.STREAM.CONSUMER.DELIVERED.NUMBER.SEQUENCE.NANOSECONDS...`.

    Newer servers put a domain and an account behind `$JS.ACK`: then there are 11 words or more.
    """
    if after - first < 8 or data[first] != 36 or data[first + 1] != 74 or data[first + 4] != 65:
        return -1, -1
    dots = 0
    for place in range(first, after):
        dots += data[place] == 46
    wanted = 5 if dots < 10 else 7
    number, dots, start = -1, 0, first
    for place in range(first, after + 1):
        if place == after or data[place] == 46:
            if dots == wanted:
                number = _whole(data, start, place)
            elif dots == wanted + 2:
                return number, _whole(data, start, place) // 1000
            dots += 1
            start = place + 1
    return number, -1


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
