"""Frames: up to 500 readings of several devices in one message, as columns. docs/frame-format.md

Big-endian throughout. Head (20 bytes): magic `ANLF`, version, width of a value (8 or 4 bytes), number of
names, number of readings, bytes of the names, base time (microseconds since 1970). Then the names,
`DEVICE.PROPERTY` joined by line feeds; for each reading its name (2 bytes), its milliseconds after the base
(4 bytes) and its value; at the end a CRC-32 of all before it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anlan.base.errors import Refused
from anlan.base.when_used import when_used

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

MAGIC, VERSION = b"ANLF", 1
HEAD = struct.Struct(">4sBBHHHq")
CHECKSUM = struct.Struct(">I")
VALUES = {8: ">f8", 4: ">f4"}
MOST_READINGS = 500
MOST_NAMES = 500
MILLISECOND = 1000
LONGEST = 2**32 - 1
"""Milliseconds from the base to the last reading, at most: 49 days."""


@dataclass(frozen=True)
class Frame:
    """n readings: what each is of (an index of `names`), time in microseconds since 1970, value.

    `names` are the bytes of all names as they lie in the frame: equal bytes mean the same names.
    """

    names: bytes
    name: NDArray[np.uint16]
    at: NDArray[np.int64]
    value: NDArray[np.float64]


def encode(
    names: Sequence[str], name: Sequence[int], at: Sequence[int], value: Sequence[float], width: int = 8
) -> bytes:
    """The bytes of a frame; `at` in microseconds, of which whole milliseconds are kept.

    So a reading has the same time in any frame, and is known when it is sent again among others.

    Raises Refused("frame_size") beyond 500 readings or names, none of them, or a span of 49 days.
    """
    if not 0 < len(at) <= MOST_READINGS or not 0 < len(names) <= MOST_NAMES:
        raise Refused("frame_size", most=MOST_READINGS)
    base = min(at) // MILLISECOND * MILLISECOND
    after = (np.array(at, np.int64) - base) // MILLISECOND
    if int(after.max()) > LONGEST:
        raise Refused("frame_size", most=MOST_READINGS)
    joined = "\n".join(names).encode("ascii")
    head = HEAD.pack(MAGIC, VERSION, width, len(names), len(at), len(joined), base)
    columns = (np.array(name, ">u2"), after.astype(">u4"), np.array(value, VALUES[width]))
    body = b"".join([head, joined, *(column.tobytes() for column in columns)])
    return body + CHECKSUM.pack(zlib.crc32(body))


def decode(data: bytes) -> Frame:
    """Read a frame without an object a reading. Raises Refused("frame_wrong", why=...) for what is none."""
    if len(data) < HEAD.size + CHECKSUM.size:
        raise Refused("frame_wrong", why="too short")
    magic, version, width, names, count, size, base = HEAD.unpack_from(data)
    if magic != MAGIC or version != VERSION or width not in VALUES:
        raise Refused("frame_wrong", why="magic, version or width")
    if not 0 < count <= MOST_READINGS or not 0 < names <= MOST_NAMES:
        raise Refused("frame_wrong", why="number of readings or names")
    first = HEAD.size + size
    end = first + count * (2 + 4 + width)
    if len(data) != end + CHECKSUM.size:
        raise Refused("frame_wrong", why="length")
    if CHECKSUM.unpack_from(data, end)[0] != zlib.crc32(memoryview(data)[:end]):
        raise Refused("frame_wrong", why="checksum")
    joined = data[HEAD.size : first]
    name = np.frombuffer(data, ">u2", count, first).astype(np.uint16)
    if joined.count(b"\n") != names - 1 or int(name.max()) >= names:
        raise Refused("frame_wrong", why="names")
    after = np.frombuffer(data, ">u4", count, first + 2 * count).astype(np.int64)
    value = np.frombuffer(data, VALUES[width], count, first + 6 * count).astype(np.float64)
    return Frame(joined, name, base + after * MILLISECOND, value)
