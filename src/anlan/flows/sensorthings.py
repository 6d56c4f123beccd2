"""What clients of SensorThings write: Datastreams, and the readings of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from anlan.base.clock import micros
from anlan.base.errors import Conflict, Refused
from anlan.base.when_used import when_used
from anlan.flows.device_history import note
from anlan.flows.judge_readings import judge_readings
from anlan.flows.store_readings import days_of, store_found
from anlan.sensing.believing import check_reading
from anlan.sensing.rolling_up import Found, in_order
from anlan.store.models import Datastream, Device, DeviceKind, Observation, Property, Series
from anlan.store.observation_days import make_days
from anlan.store.readers.observations import values_at

if TYPE_CHECKING:
    import numpy as np
else:
    np = when_used("numpy")

OWN_INTERVAL = 3600
"""How often readings of a Datastream are expected, as nobody says: an hour."""


@dataclass(frozen=True)
class StreamFacts:
    """A Datastream as a client describes it."""

    name: str
    description: str
    unit: Mapping[str, object]
    observation_type: str
    properties: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class NewReading:
    """One reading of a Datastream."""

    series: int
    at: datetime
    value: float


@transaction.atomic
def make_datastream(
    *, acting_user: None, thing: int, sensor: int, observed: int, facts: StreamFacts, now: datetime
) -> int:
    """Make a Datastream of a device; its readings stand apart from those of others. The id of its series.

    It gets a property of its own, observed as the one that it names, so that nothing else is mixed into it.
    Raises Refused("entity_unknown").
    """
    device = Device.objects.select_for_update(of=("self",)).select_related("kind").filter(pk=thing).first()
    kind = DeviceKind.objects.filter(pk=sensor).first()
    named = Property.objects.select_related("kind").filter(pk=observed, observed_as=None).first()
    if device is None:
        raise Refused("entity_unknown", kind="Thing", id=thing)
    if kind is None:
        raise Refused("entity_unknown", kind="Sensor", id=sensor)
    if named is None:
        raise Refused("entity_unknown", kind="ObservedProperty", id=observed)
    series = Series.objects.create(device=device, property=_own_property(device, named, facts))
    Datastream.objects.create(
        series=series,
        name=facts.name,
        description=facts.description,
        properties=dict(facts.properties),
        unit=dict(facts.unit),
        observation_type=facts.observation_type,
        sensor=kind,
        made_at=now,
    )
    note(device, None, "datastream_made", {"property": (None, series.property.code)}, now)
    return series.pk


def _own_property(device: Device, named: Property, facts: StreamFacts) -> Property:
    """A property that no series of the device has: `level-2`, `level-3`; others of the kind may have it."""
    taken = set(Series.objects.filter(device=device).values_list("property_id", flat=True))
    own = Property.objects.filter(kind=device.kind).order_by("pk")
    symbol = str(facts.unit.get("symbol") or "")[:32]
    for found in own.filter(observed_as=named, unit=symbol):
        if found.pk not in taken:
            return found
    codes = set(own.values_list("code", flat=True))
    number = next(n for n in range(2, len(codes) + 3) if f"{named.code[:58]}-{n}" not in codes)
    return Property.objects.create(
        kind=device.kind,
        code=f"{named.code[:58]}-{number}",
        name_zh=named.name_zh,
        name_en=named.name_en,
        unit=symbol,
        interval_seconds=OWN_INTERVAL,
        observed_as=named,
    )


def store_reading(*, acting_user: None, reading: NewReading, now: datetime) -> None:
    """Store one reading, once: the same one sent again changes nothing.

    Raises Conflict for another value at the same time, Refused("datastream_unknown") and what
    `check_reading` raises.
    """
    bounds = _bounds([reading.series])
    _check(reading, bounds, now)
    _store([reading], now)
    held = Observation.objects.get(pk=(reading.series, reading.at))
    if held.value != reading.value:
        raise Conflict


def store_readings(*, acting_user: None, readings: Sequence[NewReading], now: datetime) -> list[bool]:
    """Store many readings; says of each whether it is stored, now or before.

    False for one that was not believed, and for one at whose time another value is held.
    """
    bounds = _bounds({reading.series for reading in readings})
    taken = [_believed(reading, bounds, now) for reading in readings]
    fit = [reading for reading, fine in zip(readings, taken, strict=True) if fine]
    _store(fit, now)
    held = values_at([(reading.series, reading.at) for reading in fit])
    return [
        fine and held.get((reading.series, reading.at)) == reading.value
        for reading, fine in zip(readings, taken, strict=True)
    ]


def _bounds(series: Iterable[int]) -> dict[int, tuple[float | None, float | None]]:
    rows = Series.objects.filter(pk__in=series).values_list("pk", "property__low", "property__high")
    return {pk: (low, high) for pk, low, high in rows}


def _check(
    reading: NewReading, bounds: Mapping[int, tuple[float | None, float | None]], now: datetime
) -> None:
    if reading.series not in bounds:
        raise Refused("datastream_unknown", id=reading.series)
    oldest = now - timedelta(days=settings.ANLAN_READINGS_DAYS)
    check_reading(reading.at, reading.value, *bounds[reading.series], now, oldest)


def _believed(
    reading: NewReading, bounds: Mapping[int, tuple[float | None, float | None]], now: datetime
) -> bool:
    try:
        _check(reading, bounds, now)
    except Refused:
        return False
    return True


@transaction.atomic
def _store(readings: Sequence[NewReading], now: datetime) -> None:
    """As any other readings are judged and stored."""
    if not readings:
        return
    found = in_order(
        [
            Found(
                np.array([reading.series for reading in readings], np.int32),
                np.array([micros(reading.at) for reading in readings], np.int64),
                np.array([reading.value for reading in readings], np.float64),
            )
        ]
    )
    make_days(days_of(found.at))
    judge_readings(found.series, found.at, found.value, now)
    store_found(found, now)
