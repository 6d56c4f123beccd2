"""Which series a subject of a message means, with its bounds: kept in memory, asked for when not known."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import connection

from anlan.base.when_used import when_used
from anlan.sensing.terms import QuarantineReason
from anlan.store.models import Device
from anlan.store.readers.rules import RuleBook

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

AGAIN = 5.0
"""Seconds after which a subject that was not known is asked for again."""
FRESH = 60.0
"""Seconds after which the whole is read anew: bounds change, devices go."""

TABLE = """
SELECT 'd.' || device.name || '.' || property.code, series.id, property.low, property.high
FROM store_series series JOIN store_device device ON device.id = series.device_id
JOIN store_property property ON property.id = series.property_id
WHERE device.state <> 'removed' AND property.observed_as_id IS NULL
"""
MISSING = """
INSERT INTO store_series (device_id, property_id)
SELECT device.id, property.id FROM store_device device
JOIN store_property property ON property.kind_id = device.kind_id
WHERE device.state <> 'removed' AND property.observed_as_id IS NULL
  AND 'd.' || device.name || '.' || property.code = ANY(%s)
ON CONFLICT DO NOTHING
"""


_UNKNOWN = {True: QuarantineReason.UNKNOWN_PROPERTY, False: QuarantineReason.UNKNOWN_DEVICE}


def _device_in(subject: bytes) -> str:
    name = subject.split(b".")[1] if b"." in subject else b""
    return name.decode(errors="replace").replace("\0", "")


class SeriesTable:
    """Subjects by series; `look_up` asks the database only for what it never saw."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[int, float, float]] = {}
        self._unknown: dict[bytes, float] = {}
        self._read_at = 0.0
        self.rules = RuleBook()
        """The rules that judge what is stored."""

    def look_up(
        self, subjects: Sequence[bytes]
    ) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
        """Series (-1 where there is none), low and high bound of each subject."""
        now = time.monotonic()
        if now - self._read_at > FRESH:
            self._read(now)
        fresh = {
            each
            for each in set(subjects) - self._known.keys()
            if now - self._unknown.get(each, -AGAIN) >= AGAIN
        }
        if fresh:
            self._make(fresh, now)
        none = (-1, -np.inf, np.inf)
        found = [self._known.get(each, none) for each in subjects]
        if not found:
            return np.empty(0, np.int32), np.empty(0), np.empty(0)
        series, low, high = zip(*found, strict=True)
        return np.array(series, np.int32), np.array(low, np.float64), np.array(high, np.float64)

    def why_unknown(self, subjects: Iterable[bytes]) -> dict[bytes, QuarantineReason]:
        """Of each subject without a series: is the device not known, or its property? One query."""
        names = {each: _device_in(each) for each in set(subjects)}
        found = Device.objects.filter(name__in=set(names.values())).exclude(state="removed")
        known = set(found.values_list("name", flat=True)) if names else set()
        return {each: _UNKNOWN[name in known] for each, name in names.items()}

    def _read(self, now: float) -> None:
        with connection.cursor() as cursor:
            cursor.execute(TABLE)
            self._known = {
                subject.encode(): (series, -np.inf if low is None else low, np.inf if high is None else high)
                for subject, series, low, high in cursor.fetchall()
            }
        self._read_at = now
        self._unknown = {}

    def _make(self, subjects: set[bytes], now: float) -> None:
        """Make the series of devices that never sent before; what is still unknown is asked for later."""
        said = [each.decode(errors="replace").replace("\0", "") for each in subjects]
        with connection.cursor() as cursor:
            cursor.execute(MISSING, [said])
        self._read(now)
        self._unknown = dict.fromkeys(subjects - self._known.keys(), now)


def is_device(name: str, password: str) -> bool:
    """Does this name sign in with this password now?"""
    from hashlib import sha256

    from anlan.store.models import Credential

    digest = sha256(password.encode()).hexdigest()
    known = Credential.objects.filter(username=name, secret_sha256=digest, revoked_at=None)
    return known.exclude(device__state="removed").exists()
