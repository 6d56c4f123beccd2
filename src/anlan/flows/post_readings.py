"""Readings that a device or gateway posts over HTTP: the same rules as for any others, told row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from anlan.base.when_used import when_used
from anlan.flows.device_history import note_limited
from anlan.flows.judge_readings import judge_readings
from anlan.flows.store_readings import NotBelieved, days_of, keep_aside, store_found
from anlan.flows.take_readings import judged, micros_of, oldest
from anlan.sensing.believing_many import REASONS
from anlan.sensing.pace import Pace
from anlan.sensing.posted import Posted
from anlan.sensing.rolling_up import Found, in_order
from anlan.sensing.terms import QuarantineReason
from anlan.store.models import Series
from anlan.store.observation_days import make_days
from anlan.store.readers.series import Known, SeriesTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")


@dataclass(frozen=True)
class Answer:
    """What became of rows: how many are stored (before or now), how many are new, why others are not."""

    taken: int
    new: int
    wrong: Mapping[int, QuarantineReason]


def post_readings(*, acting_user: None, sender: str, rows: Sequence[Posted], now: datetime) -> Answer:
    """Store what is believed, once; keep the rest aside. `sender` sends for itself and what is behind it."""
    known = SeriesTable.of([row.name() for row in rows])
    found = known.look_up_names([row.name() for row in rows])
    at = np.array([row.at for row in rows], np.int64)
    value = np.array([row.value for row in rows], np.float64)
    reasons = _reasons(sender, rows, known, found, at, value, now)
    fine = np.array([place not in reasons for place in range(len(rows))], np.bool_)
    over = _over(found, fine, now)
    reasons |= dict.fromkeys(np.flatnonzero(over).tolist(), QuarantineReason.TOO_MANY)
    fine &= ~over
    new = _store(Found(found.series[fine], at[fine], value[fine]), now)
    with transaction.atomic():
        keep_aside((_aside(rows[place], reasons[place]) for place in sorted(reasons)), now)
        note_limited(np.unique(found.device[over]).tolist(), now)
    return Answer(int(fine.sum()), new, reasons)


def _reasons(
    sender: str,
    rows: Sequence[Posted],
    known: SeriesTable,
    found: Known,
    at: NDArray[np.int64],
    value: NDArray[np.float64],
    now: datetime,
) -> dict[int, QuarantineReason]:
    """Why rows are not believed, the first reason of each."""
    reasons = {place: row.wrong for place, row in enumerate(rows) if row.wrong is not None}
    strange = {place for place in np.flatnonzero(found.series < 0).tolist() if place not in reasons}
    why = known.why_unknown(rows[place].name() for place in strange)
    reasons |= {place: why[rows[place].name()] for place in strange}
    behind = found.gateway == sender
    units = _units({row.name() for row in rows if row.unit})
    wrong = judged(found, at, value, oldest(np.zeros(len(rows), np.bool_), now), now)
    for place, row in enumerate(rows):
        if place in reasons:
            continue
        if row.device != sender and not behind[place]:
            reasons[place] = QuarantineReason.NOT_ITS_OWN
        elif row.unit and row.unit != units.get(row.name()):
            reasons[place] = QuarantineReason.WRONG_UNIT
        elif wrong[place]:
            reasons[place] = REASONS[wrong[place]] or QuarantineReason.MALFORMED
    return reasons


def _units(names: set[bytes]) -> dict[bytes, str]:
    """The unit of each series that is named."""
    if not names:
        return {}
    devices = {name.partition(b".")[0].decode(errors="replace") for name in names}
    columns = ("device__name", "property__code", "property__unit")
    rows = Series.objects.filter(device__name__in=devices).values_list(*columns)
    return {f"{device}.{code}".encode(): unit for device, code, unit in rows}


@cache
def _pace() -> Pace:
    """How much each device sent to this process."""
    return Pace(settings.ANLAN_DEVICE_RATE)


def _over(found: Known, fine: NDArray[np.bool_], now: datetime) -> NDArray[np.bool_]:
    """Which of the rows that are fine are more than their device may send."""
    over = np.zeros(len(fine), np.bool_)
    over[fine] = _pace().too_many(found.device[fine], np.full(int(fine.sum()), micros_of(now)))
    return over


def _store(found: Found, now: datetime) -> int:
    ordered = in_order([found])
    make_days(days_of(ordered.at), made=now.astimezone(UTC).date())
    with transaction.atomic():
        judge_readings(ordered.series, ordered.at, ordered.value, now)
        return len(store_found(ordered, now).at)


def _aside(row: Posted, reason: QuarantineReason) -> NotBelieved:
    said = f"{row.value:g} {row.unit}".strip() if row.wrong is None else row.field
    return NotBelieved(row.device[:64].replace("\0", ""), row.property[:64].replace("\0", ""), said, reason)
