"""Which series a name in a message means, with its bounds: kept in memory, asked for when not known."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db import connection

from anlan.base.when_used import when_used
from anlan.sensing.messages import FEW, joined, pieces_of
from anlan.sensing.terms import QuarantineReason
from anlan.store.models import Credential, Device
from anlan.store.readers.rules import RuleBook

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from anlan.sensing.name_table import NameTable
else:
    np = when_used("numpy")

AGAIN = 5.0
"""Seconds after which a name that was not known is asked for again."""
FRESH = 60.0
"""Seconds after which the whole is read anew: bounds change, devices go."""

MANY = 1 << 62

TABLE = """
SELECT device.name || '.' || property.code, series.id, property.low, property.high, device.id, device.gateway
FROM store_series series JOIN store_device device ON device.id = series.device_id
JOIN store_property property ON property.id = series.property_id
WHERE device.state <> 'removed' AND property.observed_as_id IS NULL
"""
MISSING = """
INSERT INTO store_series (device_id, property_id)
SELECT device.id, property.id FROM store_device device
JOIN store_property property ON property.kind_id = device.kind_id
WHERE device.state <> 'removed' AND property.observed_as_id IS NULL
  AND device.name || '.' || property.code = ANY(%s)
ON CONFLICT DO NOTHING
"""


_UNKNOWN = {True: QuarantineReason.UNKNOWN_PROPERTY, False: QuarantineReason.UNKNOWN_DEVICE}


@dataclass(frozen=True)
class Known:
    """Of each of n names its series (-1 where there is none), bounds, device, and the gateway of that."""

    series: NDArray[np.int32]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    device: NDArray[np.int64]
    gateway: NDArray[np.object_]

    def at(self, places: NDArray[np.int64]) -> Known:
        """Of names by their places."""
        return Known(
            self.series[places],
            self.low[places],
            self.high[places],
            self.device[places],
            self.gateway[places],
        )


NOBODY = ("", -1, None, None, -1, "")


class SeriesTable:
    """Series by the name `DEVICE.PROPERTY`; the database is asked only for what was never seen."""

    def __init__(self) -> None:
        self.version = 0
        """Counts how often the whole was read: what was kept of an earlier version may have changed."""
        self._rows: list[tuple[Any, ...]] = []
        self._index: dict[bytes, int] = {}
        self._table: NameTable | None = None
        self._unknown: dict[bytes, float] = {}
        self._few = FEW
        self.rules = RuleBook()
        """The rules that judge what is stored."""
        self._read_at = -FRESH

    @classmethod
    def of(cls, names: Iterable[bytes]) -> SeriesTable:
        """A table that knows these names alone, for whoever asks once."""
        table = cls()
        table._arrange()
        table._few = MANY
        table._read_at = time.monotonic()
        table._ask_for(set(names))
        return table

    def look_up(self, data: NDArray[np.uint8], spans: NDArray[np.int64]) -> Known:
        """What stands at each of n spans of `data`."""
        self._keep_fresh()
        found = self._find(data, spans)
        if self._ask_for(set(pieces_of(data, spans[found < 0]))):
            found = self._find(data, spans)
        return self._known.at(found)

    def look_up_names(self, names: Sequence[bytes]) -> Known:
        """The same for a few names."""
        return self.look_up(*joined(names))

    def why_unknown(self, names: Iterable[bytes]) -> dict[bytes, QuarantineReason]:
        """Of each name without a series: is the device not known, or its property? One query."""
        devices = {each: _text(each.partition(b".")[0]) for each in set(names)}
        found = Device.objects.filter(name__in=set(devices.values())).exclude(state="removed")
        known = set(found.values_list("name", flat=True)) if devices else set()
        return {each: _UNKNOWN[device in known] for each, device in devices.items()}

    def _find(self, data: NDArray[np.uint8], spans: NDArray[np.int64]) -> NDArray[np.int64]:
        """The index of each name; -1, the last, is that of nobody."""
        if len(spans) <= self._few:
            names = pieces_of(data, spans)
            return np.array([self._index.get(name, -1) for name in names], np.int64)
        if self._table is None:
            from anlan.sensing.name_table import NameTable

            self._table = NameTable(list(self._index))
        return self._table.find(data, spans)

    def _keep_fresh(self) -> None:
        if time.monotonic() - self._read_at > FRESH:
            self._read()
            self._unknown = {}

    def _read(self) -> None:
        self._rows = _asked(TABLE, [])
        self._arrange()
        self._read_at = time.monotonic()

    def _arrange(self) -> None:
        self._index = {row[0].encode(): place for place, row in enumerate(self._rows)}
        self._known = _columns([*self._rows, NOBODY])
        self._table = None
        self.version += 1

    def _ask_for(self, names: set[bytes]) -> bool:
        """Make the series of devices that never sent before; what is still unknown is asked for later."""
        now = time.monotonic()
        fresh = {each for each in names if now - self._unknown.get(each, -AGAIN) >= AGAIN}
        if not fresh:
            return False
        said = [_text(each) for each in fresh]
        with connection.cursor() as cursor:
            cursor.execute(MISSING, [said])
        rows = _asked(f"{TABLE} AND device.name || '.' || property.code = ANY(%s)", [said])
        if rows:
            self._rows += rows
            self._arrange()
        self._unknown |= dict.fromkeys(fresh - self._index.keys(), now)
        return bool(rows)


def _asked(query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def _columns(rows: Sequence[tuple[Any, ...]]) -> Known:
    _names, series, low, high, device, gateway = zip(*rows, strict=True)
    return Known(
        np.array(series, np.int32),
        np.array([-np.inf if each is None else each for each in low], np.float64),
        np.array([np.inf if each is None else each for each in high], np.float64),
        np.array(device, np.int64),
        np.array(gateway, np.object_),
    )


def _text(name: bytes) -> str:
    return name.decode(errors="replace").replace("\0", "")


def is_device(name: str, password: str) -> bool:
    """Does this name sign in with this password now?"""
    digest = sha256(password.encode()).hexdigest()
    known = Credential.objects.filter(username=name, secret_sha256=digest, revoked_at=None)
    return known.exclude(device__state="removed").exists()


def passwords_made(names: Iterable[str]) -> dict[str, datetime]:
    """Of those devices that may sign in: when the password in force was made. One query."""
    known = Credential.objects.filter(username__in=list(names), revoked_at=None)
    return dict(known.exclude(device__state="removed").values_list("username", "made_at"))
