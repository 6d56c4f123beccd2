"""Single readings as devices send them, {"t": time with zone, "v": number}, read many at a time."""

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


def readings_of(payloads: Sequence[bytes]) -> tuple[Readings, list[Rejected]]:
    """The readings of a batch of payloads, and those of which none could be made."""
    rejected: list[Rejected] = []
    index, at, value = [], [], []
    for place, said in enumerate(_parsed(payloads)):
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
