"""How many events a cylinder needs to beat the best ratio so far, by what it expects.

For a fixed count the ratio falls as the expectation rises. So expectations are put into bins, eight between
a number and its double, and a bin needs what its lowest expectation needs: a cylinder with fewer events
cannot win, whatever else is true of it.
"""

from math import ceil, log2
from typing import Any

import numpy as np

from anlan.stats._compiling import compiled, inner
from anlan.stats.scan._likelihood import ratio_high
from anlan.stats.scan.terms import Floats, Integers

_LOWEST = -20
"""Expectations below two to this power are all in bin 0, which needs no more than `min_events`."""
_SHIFT = (127 + _LOWEST) << 3


@compiled(inline="always")
def bin_of(expected: float, top: int) -> int:
    """The bin of an expectation, read off the exponent and three binary digits of its float32."""
    found = (int(np.float32(expected * 0.999999).view(np.int32)) >> 20) - _SHIFT
    return min(max(found, 0), top)


def bin_floors(total: float, most: float) -> Floats:
    """The lowest expectation of each bin, up to that of a circle that expects `most` of `total` events."""
    top = (ceil(log2(max(total, 2.0))) - _LOWEST) * 8
    bits = (np.arange(top + 1, dtype=np.int64) + _SHIFT) << 20
    floors = bits.astype(np.int32).view(np.float32).astype(np.float64)
    return floors[: max(1, int(np.searchsorted(floors, min(total, most * 1.001))))]


def first_needs(floors: Floats, least: int, most: int) -> Integers:
    """(bins,) events needed for any ratio above 0, at most `most`."""
    needs = np.maximum(least, floors.astype(np.int64))
    needs[0] = least
    return np.minimum(most, needs)


@inner
def raise_needs(needs: Integers, most: int, floors: Floats, bottom: int, total: float, ratio: float) -> None:
    """Let the needs (bins,) of a replication be those of beating `ratio` (a hair less, never more).

    Bins below `bottom` are not used and left as they are.
    """
    for b in range(max(1, bottom), floors.size):
        c = needs[b]
        while c < most and ratio_high(float(c), floors[b], total) <= ratio - 1e-7:
            c += 1
        needs[b] = c


def small_whole_numbers(most: float) -> type[np.unsignedinteger[Any]]:
    """A type for counts that are expected to reach `most` and seldom much more."""
    high = most + 6 * most**0.5 + 20
    return np.uint8 if high < 2**8 else np.uint16 if high < 2**16 else np.uint32
