"""From the clock on the wall to UTC, for many rows: days on which the clock is changed are told apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from anlan.base.errors import Refused
from anlan.base.when_used import when_used

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

DAY_S = 86_400
EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Zoned:
    """Seconds since 1970 UTC, and which rows had a local time that came twice or never."""

    at: NDArray[np.int64]
    twice: NDArray[np.bool_]
    never: NDArray[np.bool_]


class LocalTimes:
    """Local times of one zone.

    A time that came twice (the hour repeated in autumn) is taken as the first; one that never came (the hour
    skipped in spring) as so much later as the clock was put forward. Both as in PEP 495 with fold=0.
    """

    def __init__(self, zone: str) -> None:
        try:
            self.zone = ZoneInfo(zone)
        except (ValueError, OSError, LookupError):
            raise Refused("time_zone_unknown", zone=zone) from None
        self._offset_of_day: dict[int, int | None] = {}

    def to_utc(self, local: NDArray[np.int64]) -> Zoned:
        """Of seconds since 1970-01-01 00:00 on the local clock, shape (n,)."""
        days, which = np.unique(local // DAY_S, return_inverse=True)
        offsets = [self._offset(int(day)) for day in days]
        changing = np.array([offset is None for offset in offsets], dtype=bool)[which]
        at = local - np.array([offset or 0 for offset in offsets], dtype=np.int64)[which]
        twice, never = np.zeros(len(local), dtype=bool), np.zeros(len(local), dtype=bool)
        for place in np.flatnonzero(changing):
            at[place], twice[place], never[place] = self._one(int(local[place]))
        return Zoned(at, twice, never)

    def _offset(self, day: int) -> int | None:
        """Seconds east of UTC all through a day; None when it changes there."""
        if day not in self._offset_of_day:
            hours = [
                self._offset_at(day * DAY_S + hour * 3600, fold) for hour in range(25) for fold in (0, 1)
            ]
            self._offset_of_day[day] = hours[0] if len(set(hours)) == 1 else None
        return self._offset_of_day[day]

    def _offset_at(self, local: int, fold: int) -> int:
        moment = (EPOCH + timedelta(seconds=local)).replace(tzinfo=self.zone, fold=fold)
        return int((moment.utcoffset() or timedelta()).total_seconds())

    def _one(self, local: int) -> tuple[int, bool, bool]:
        first, second = self._offset_at(local, 0), self._offset_at(local, 1)
        at = local - first
        back = datetime.fromtimestamp(at, UTC).astimezone(self.zone).replace(tzinfo=None)
        never = back != EPOCH + timedelta(seconds=local)
        return at, first != second and not never, never
