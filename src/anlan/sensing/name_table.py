"""Which of many known names stands at a place of a buffer, for a hundred thousand places at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from anlan.stats._compiling import compiled, inner


class NameTable:
    """A hash table of names, made once; `find` makes no object a name."""

    def __init__(self, names: Sequence[bytes]) -> None:
        self._bytes = np.frombuffer(b"".join(names), np.uint8)
        lengths = np.fromiter(map(len, names), np.int64, len(names))
        ends = np.cumsum(lengths)
        self._spans = np.stack([ends - lengths, ends], axis=1) if len(names) else np.empty((0, 2), np.int64)
        self._slots = _filled(self._bytes, self._spans, 1 << (2 * len(names) + 1).bit_length())

    def find(self, data: NDArray[np.uint8], spans: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each of n spans of `data` (from, up to) the index of the name that stands there, else -1."""
        found: NDArray[np.int64] = _found(data, spans, self._bytes, self._spans, self._slots)
        return found


@inner
def _hash(data: NDArray[np.uint8], first: int, after: int) -> np.uint64:
    """FNV-1a in 64 bits (draft-eastlake-fnv), its high bits folded in."""
    found = np.uint64(14695981039346656037)
    for place in range(first, after):
        found = (found ^ np.uint64(data[place])) * np.uint64(1099511628211)
    return found ^ (found >> np.uint64(32))


@compiled()
def _filled(data: NDArray[np.uint8], spans: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    slots = np.full(size, -1, np.int64)
    for index in range(len(spans)):
        slot = np.int64(_hash(data, spans[index, 0], spans[index, 1]) & np.uint64(size - 1))
        while slots[slot] >= 0:
            slot = (slot + 1) & (size - 1)
        slots[slot] = index
    return slots


@compiled()
def _found(
    data: NDArray[np.uint8],
    spans: NDArray[np.int64],
    known: NDArray[np.uint8],
    known_spans: NDArray[np.int64],
    slots: NDArray[np.int64],
) -> NDArray[np.int64]:
    found = np.full(len(spans), -1, np.int64)
    size = len(slots)
    for place in range(len(spans)):
        first, after = spans[place, 0], spans[place, 1]
        slot = np.int64(_hash(data, first, after) & np.uint64(size - 1))
        while slots[slot] >= 0:
            index = slots[slot]
            start = known_spans[index, 0]
            if known_spans[index, 1] - start == after - first:
                same = True
                for step in range(after - first):
                    if data[first + step] != known[start + step]:
                        same = False
                        break
                if same:
                    found[place] = index
                    break
            slot = (slot + 1) & (size - 1)
    return found
