"""Messages that are one reading each, {"t": time with zone, "v": number}, read many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from anlan.base.when_used import when_used
from anlan.sensing.terms import QuarantineReason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

MICROSECONDS = 1_000_000
FEW = 500
"""Up to so many messages the general reader is quick enough, and the compiled one need not be loaded."""


@dataclass(frozen=True)
class Rejected:
    """A message of which no reading could be made: its place in the batch, and why."""

    index: int
    reason: QuarantineReason


@dataclass(frozen=True)
class Readings:
    """n readings: their place in the batch, time in microseconds since 1970 (int64), value (float64)."""

    index: NDArray[np.int64]
    at: NDArray[np.int64]
    value: NDArray[np.float64]


def joined(pieces: Sequence[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """One buffer of all pieces, and where each lies in it: from, up to."""
    lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
    ends = np.cumsum(lengths)
    return np.frombuffer(b"".join(pieces), np.uint8), np.stack([ends - lengths, ends], axis=1)


def pieces_of(data: NDArray[np.uint8], spans: NDArray[np.int64]) -> list[bytes]:
    """The bytes of each span."""
    view = memoryview(data)
    return [bytes(view[first:after]) for first, after in spans.tolist()]


def readings_of(
    data: NDArray[np.uint8], spans: NDArray[np.int64], few: int = FEW
) -> tuple[Readings, list[Rejected]]:
    """The readings of n payloads, bytes from `spans[i, 0]` up to `spans[i, 1]`, and those that are none."""
    if len(spans) <= few:
        return _general(pieces_of(data, spans), np.arange(len(spans)))
    from anlan.sensing.plain_json import read_plain

    plain, at, value = read_plain(data, spans)
    others = np.flatnonzero(~plain)
    found, rejected = _general(pieces_of(data, spans[others]), others)
    index = np.concatenate([np.flatnonzero(plain), found.index])
    order = np.argsort(index)
    moments = np.concatenate([at[plain], found.at])[order]
    values = np.concatenate([value[plain], found.value])[order]
    return Readings(index[order], moments, values), rejected


def _general(payloads: Sequence[bytes], places: NDArray[np.int64]) -> tuple[Readings, list[Rejected]]:
    rejected: list[Rejected] = []
    index, at, value = [], [], []
    for place, said in zip(places.tolist(), _parsed(payloads), strict=True):
        try:
            moment = datetime.fromisoformat(said["t"])
            number = said["v"]
            if moment.tzinfo is None:
                rejected.append(Rejected(place, QuarantineReason.NO_ZONE))
                continue
            if type(number) is not float and type(number) is not int:
                rejected.append(Rejected(place, QuarantineReason.NOT_A_NUMBER))
                continue
            at.append(round(moment.timestamp() * MICROSECONDS))
            value.append(float(number))
            index.append(place)
        except (KeyError, TypeError, ValueError, OverflowError):
            rejected.append(Rejected(place, QuarantineReason.MALFORMED))
    return Readings(np.array(index, np.int64), np.array(at, np.int64), np.array(value, np.float64)), rejected


def _parsed(payloads: Sequence[bytes]) -> Sequence[Any]:
    """Each payload as JSON, None for what is none.

    Payloads that are each one flat object are parsed in one piece. The counts of braces and of objects make
    sure of that: no payload can end an object and begin another, no two can make one, and so none can move
    what others said to a place that is not theirs.
    """
    whole = b",".join(payloads)
    flat = all(each[:1] == b"{" for each in payloads) and whole.count(b"{") == len(payloads)
    if flat and whole.count(b"}") == len(payloads):
        try:
            found: list[Any] = orjson.loads(b"[" + whole + b"]")
        except orjson.JSONDecodeError:
            pass
        else:
            if len(found) == len(payloads):  # braces inside a text are counted, too
                return found
    return [_one(payload) for payload in payloads]


def _one(payload: bytes) -> Any:
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        return None
