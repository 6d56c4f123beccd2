"""What may be written: Observations and Datastreams, by whoever has a key."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from anlan.base.errors import NotFound, Refused
from anlan.edge.sensorthings.paths import Named
from anlan.flows import sensorthings as flows
from anlan.sensing.observation_ids import number_of
from anlan.staff.terms import KeyScope
from anlan.store.readers.api_keys import key_name
from anlan.store.readers.sensorthings.entities import ENTITIES, MEASUREMENT
from anlan.store.readers.sensorthings.pages import Item, one

MOST_AT_ONCE = 10_000
TIME, RESULT = "phenomenonTime", "result"


class KeyMissing(Exception):
    """No key in force came with the request."""


def check_key(header: str) -> None:
    """Raise KeyMissing unless the password of HTTP Basic is a key for sensing; the user may be any."""
    scheme, _, coded = header.partition(" ")
    if scheme.lower() != "basic":
        raise KeyMissing
    try:
        _, _, password = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise KeyMissing from None
    if key_name(KeyScope.SENSING, password) is None:
        raise KeyMissing


def create(found: Named, body: Any) -> Item:
    """Make what is posted to a set of entities. Raises Refused for anything but readings and Datastreams."""
    if not isinstance(body, Mapping):
        raise Refused("body_wrong")
    if found.entity.plural == "Observations":
        return _create_observation(found, body)
    if found.entity.plural == "Datastreams":
        return _create_datastream(found, body)
    raise Refused("not_done", what=f"creating {found.entity.plural}")


def create_observations(body: Any) -> list[str]:
    """Store data arrays; of each reading the rest of its address, "" for one that was not taken."""
    if not isinstance(body, list):
        raise Refused("body_wrong")
    readings = [reading for block in body for reading in _block(block)]
    if len(readings) > MOST_AT_ONCE:
        raise Refused("too_many_readings", most=MOST_AT_ONCE)
    whole = [reading for reading in readings if reading is not None]
    stored = iter(flows.store_readings(acting_user=None, readings=whole, now=timezone.now()))
    return [
        f"Observations({number_of(reading.series, reading.at)})" if reading and next(stored) else ""
        for reading in readings
    ]


def _create_observation(found: Named, body: Mapping[str, Any]) -> Item:
    _refuse_parts(body, ("parameters", "validTime", "resultQuality"))
    series = _scoped(found, "Datastreams") or _linked(body, "Datastream")
    _check_feature(body, series)
    at = _moment(body[TIME]) if body.get(TIME) is not None else timezone.now()
    reading = flows.NewReading(series, at, _result(body.get(RESULT)))
    flows.store_reading(acting_user=None, reading=reading, now=timezone.now())
    return one(ENTITIES["Observations"], number_of(series, at))


def _check_feature(body: Mapping[str, Any], series: int) -> None:
    """The FeatureOfInterest of a reading is where its Thing stands; no other is kept."""
    if body.get("FeatureOfInterest") is None:
        return
    number = _linked(body, "FeatureOfInterest")
    if one(ENTITIES["Datastreams"], series).row["device_"] != number:
        raise Refused("not_done", what="a FeatureOfInterest other than that of the Thing")


def _create_datastream(found: Named, body: Mapping[str, Any]) -> Item:
    unit, name = body.get("unitOfMeasurement"), body.get("name")
    if not isinstance(unit, Mapping):
        raise Refused("field_missing", field="unitOfMeasurement")
    if not isinstance(name, str) or not 0 < len(name) <= 200:
        raise Refused("field_missing", field="name")
    kind = body.get("observationType", MEASUREMENT)
    if kind != MEASUREMENT:
        raise Refused("not_done", what="observationType other than OM_Measurement")
    properties = body.get("properties") or {}
    facts = flows.StreamFacts(name, str(body.get("description", "")), unit, kind, properties)
    if not isinstance(properties, Mapping):
        raise Refused("field_missing", field="properties")
    if body.get("Observations"):
        raise Refused("not_done", what="creating Observations inside a Datastream")
    series = flows.make_datastream(
        acting_user=None,
        thing=_scoped(found, "Things") or _linked(body, "Thing"),
        sensor=_scoped(found, "Sensors") or _linked(body, "Sensor"),
        observed=_scoped(found, "ObservedProperties") or _linked(body, "ObservedProperty"),
        facts=facts,
        now=timezone.now(),
    )
    return one(ENTITIES["Datastreams"], series)


def _scoped(found: Named, plural: str) -> int | None:
    """The id of the entity below which something is posted, such as Datastreams(1)/Observations."""
    parent = found.parent
    return parent.id if parent is not None and parent.entity.plural == plural else None


def _linked(body: Mapping[str, Any], name: str) -> int:
    """The id in `{"@iot.id": 1}`; what has no id would have to be made, and that is not done."""
    link = body.get(name)
    if isinstance(link, list) and len(link) == 1:
        link = link[0]
    if not isinstance(link, Mapping):
        raise Refused("field_missing", field=name)
    number = link.get("@iot.id")
    if number is None and len(link) > 1:
        raise Refused("not_done", what=f"creating a {name} inside another entity")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**31:
        raise Refused("field_missing", field=f"{name}/@iot.id")
    return number


def _moment(text: object) -> datetime:
    if not isinstance(text, str):
        raise Refused("time_wrong")
    if "/" in text:
        raise Refused("not_done", what="phenomenonTime that is a span")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("time_wrong") from None
    if at.tzinfo is None:
        raise Refused("time_wrong")
    return at


def _result(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Refused("result_not_number")
    try:
        return float(value)
    except OverflowError:
        raise Refused("result_not_number") from None


def _refuse_parts(body: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if body.get(name):
            raise Refused("not_done", what=f"{name} of an Observation")


def _block(block: Any) -> list[flows.NewReading | None]:
    """The readings of one data array; None for one that cannot be read."""
    if not isinstance(block, Mapping):
        raise Refused("body_wrong")
    components, rows = block.get("components"), block.get("dataArray")
    if not isinstance(components, list) or RESULT not in components:
        raise Refused("field_missing", field="components")
    if not isinstance(rows, list):
        raise Refused("field_missing", field="dataArray")
    series = _linked(block, "Datastream")
    return [_row(series, components, row) for row in rows]


def _row(series: int, components: list[Any], row: Any) -> flows.NewReading | None:
    if not isinstance(row, list) or len(row) != len(components):
        return None
    given = dict(zip(map(str, components), row, strict=True))
    try:
        at = _moment(given[TIME]) if given.get(TIME) is not None else timezone.now()
        return flows.NewReading(series, at, _result(given[RESULT]))
    except (Refused, NotFound):
        return None
