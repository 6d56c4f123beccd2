"""How the entities of SensorThings lie in our tables.

Thing: a device. Location and FeatureOfInterest: where it stands. Sensor: a kind, with its profile in force.
ObservedProperty: a property of a kind. Datastream: a series. Observation: a reading.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Model, Q, QuerySet, Subquery, TextField, Value
from django.db.models.expressions import Combinable, OuterRef
from django.db.models.functions import Coalesce, Concat, NullIf

from anlan.base.errors import Refused
from anlan.publishing.places import camera_place
from anlan.sensing.observation_ids import number_of
from anlan.store.models import Device, DeviceKind, KindVersion, Observation, Property, Series

type Row = dict[str, Any]
type Columns = dict[str, Combinable]
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
GEO_JSON = "application/geo+json"
FACTS = ("kind", "state", "area", "site", "owner", "purpose", "legal_basis", "keeps_days")
"""What the properties of a Thing may hold."""
INSIDE = frozenset(
    {"properties", "metadata", "location", "feature", "unitOfMeasurement", "observedArea", "parameters"}
)
"""Properties that hold others, of which only some can be compared."""


@dataclass(frozen=True)
class Nav:
    """A way from one entity to others: to `target`, by the rows that `match` a row of the first."""

    target: str
    match: Callable[[Row], Q]
    many: bool = True
    key: str = ""  # of a way to one: the column that holds its id
    prefix: str | None = None  # how a filter walks it; None when it cannot


@dataclass(frozen=True)
class Entity:
    """One set of entities: its table, columns, and what of them is shown."""

    plural: str
    model: type[Model]
    columns: Callable[[str], Columns]  # by the prefix under which the table is reached
    show: Callable[[Row], dict[str, Any]]
    navs: Mapping[str, Nav]
    paths: Mapping[str, str]  # what a filter or an order may name -> column
    where: Q = field(default_factory=Q)
    id_of: Callable[[Row], int] = lambda row: int(row["id_"])
    order: tuple[str, ...] = ("id_",)

    def rows(self) -> "QuerySet[Any, Row]":
        """All of them, as rows of their columns."""
        columns = self.columns("")
        return self.model._default_manager.filter(self.where).values(**columns)


def _text(column: str, otherwise: str) -> Combinable:
    return _words(NullIf(F(column), Value("")), F(otherwise))


def _words(first: Combinable, otherwise: Combinable) -> Combinable:
    return Coalesce(first, otherwise, output_field=TextField())


def _thing(p: str) -> Columns:
    return {
        "id_": F(f"{p}id"),
        "name_": F(f"{p}name"),
        "description_": _text(f"{p}title", f"{p}kind__name_en"),
        "kind_": F(f"{p}kind__code"),
        "state_": F(f"{p}state"),
        "area_": F(f"{p}area__code"),
        "site_": F(f"{p}site__code"),
        "owner_": F(f"{p}unit__code"),
        "purpose_": F(f"{p}purpose"),
        "legal_basis_": F(f"{p}legal_basis"),
        "keeps_days_": F(f"{p}keeps_days"),
    }


def _show_thing(row: Row) -> dict[str, Any]:
    known = {name: row[f"{name}_"] for name in FACTS}
    return {
        "name": row["name_"],
        "description": row["description_"],
        "properties": {name: value for name, value in known.items() if value not in (None, "")},
    }


def _place(p: str) -> Columns:
    return {
        "id_": F(f"{p}id"),
        "name_": F(f"{p}name"),
        "description_": _text(f"{p}title", f"{p}kind__name_en"),
        "lng_": Coalesce(F(f"{p}lng"), F(f"{p}area__lng")),
        "lat_": Coalesce(F(f"{p}lat"), F(f"{p}area__lat")),
        "area_": F(f"{p}area__code"),
        "camera_": F(f"{p}is_camera"),
        "encoding_": Value(GEO_JSON),
    }


def _show_place(row: Row, geometry: str) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": _shown(row)} if row["lng_"] is not None else None
    return {
        "name": row["name_"],
        "description": row["description_"],
        "encodingType": row["encoding_"],
        geometry: point,
        "properties": {"area": row["area_"]},
    }


def _shown(row: Row) -> list[float]:
    """The point of a sensor; of a camera only the cell in which it stands, as on the page of cameras."""
    lng, lat = row["lng_"], row["lat_"]
    return list(camera_place(lng, lat)) if row["camera_"] else [lng, lat]


def _sensor(p: str) -> Columns:
    in_force = KindVersion.objects.filter(kind=OuterRef(f"{p}id"), version=OuterRef(f"{p}version"))
    return {
        "id_": F(f"{p}id"),
        "name_": F(f"{p}code"),
        "description_": F(f"{p}name_en"),
        "zh_": F(f"{p}name_zh"),
        "version_": F(f"{p}version"),
        "camera_": F(f"{p}is_camera"),
        "encoding_": Value("application/json"),
        "profile_": Subquery(in_force.values("profile")[:1]),
    }


def _show_sensor(row: Row) -> dict[str, Any]:
    return {
        "name": row["name_"],
        "description": row["description_"],
        "encodingType": row["encoding_"],
        "metadata": row["profile_"] or {},
        "properties": {"name_zh": row["zh_"], "version": row["version_"], "is_camera": row["camera_"]},
    }


def _observed(p: str) -> Columns:
    return {
        "id_": F(f"{p}id"),
        "name_": F(f"{p}code"),
        "description_": F(f"{p}name_en"),
        "zh_": F(f"{p}name_zh"),
        "unit_": F(f"{p}unit"),
        "kind_": F(f"{p}kind__code"),
        "definition_": Concat(Value("urn:anlan:property:"), F(f"{p}kind__code"), Value(":"), F(f"{p}code")),
    }


def _show_observed(row: Row) -> dict[str, Any]:
    return {
        "name": row["name_"],
        "definition": row["definition_"],
        "description": row["description_"],
        "properties": {"name_zh": row["zh_"], "unit": row["unit_"], "kind": row["kind_"]},
    }


def _stream(p: str) -> Columns:
    device, measured, made = f"{p}device__", f"{p}property__", f"{p}stream__"
    return {
        "id_": F(f"{p}id"),
        "device_": F(f"{p}device_id"),
        "sensor_": Coalesce(F(f"{made}sensor_id"), F(f"{device}kind_id")),
        "observed_": Coalesce(F(f"{measured}observed_as_id"), F(f"{p}property_id")),
        "name_": _words(F(f"{made}name"), Concat(F(f"{device}name"), Value(" "), F(f"{measured}code"))),
        "description_": _words(F(f"{made}description"), F(f"{measured}name_en")),
        "type_": _words(F(f"{made}observation_type"), Value(MEASUREMENT)),
        "unit_": F(f"{measured}unit"),
        "code_": F(f"{measured}code"),
        "given_unit_": F(f"{made}unit"),
        "properties_": F(f"{made}properties"),
        "sensor_name_": _words(F(f"{made}sensor__code"), F(f"{device}kind__code")),
        "observed_name_": _words(F(f"{measured}observed_as__code"), F(f"{measured}code")),
    }


def _show_stream(row: Row) -> dict[str, Any]:
    unit = {"name": row["unit_"], "symbol": row["unit_"], "definition": f"ucum:{row['unit_']}"}
    return {
        "name": row["name_"],
        "description": row["description_"],
        "observationType": row["type_"],
        "unitOfMeasurement": row["given_unit_"] or unit,
        "properties": {**(row["properties_"] or {}), "property": row["code_"]},
    }


def _observation(p: str) -> Columns:
    return {
        "series_": F(f"{p}series_id"),
        "at_": F(f"{p}at"),
        "value_": F(f"{p}value"),
        "device_": F(f"{p}series__device_id"),
    }


def _show_observation(row: Row) -> dict[str, Any]:
    at = row["at_"].isoformat().replace("+00:00", "Z")
    return {"phenomenonTime": at, "resultTime": at, "result": row["value_"]}


NAMES = {"id": "id_", "@iot.id": "id_", "name": "name_", "description": "description_"}
OF_DEVICE = {name: f"{name}_" for name in FACTS}

ENTITIES: Mapping[str, Entity] = {
    "Things": Entity(
        "Things",
        Device,
        _thing,
        _show_thing,
        {
            "Locations": Nav("Locations", lambda row: Q(id=row["id_"]), prefix=""),
            "Datastreams": Nav("Datastreams", lambda row: Q(device_id=row["id_"]), prefix="series__"),
        },
        NAMES | {f"properties/{name}": column for name, column in OF_DEVICE.items()},
    ),
    "Locations": Entity(
        "Locations",
        Device,
        _place,
        lambda row: _show_place(row, "location"),
        {"Things": Nav("Things", lambda row: Q(id=row["id_"]), prefix="")},
        NAMES | {"properties/area": "area_", "encodingType": "encoding_"},
        Q(lng__isnull=False),
    ),
    "FeaturesOfInterest": Entity(
        "FeaturesOfInterest",
        Device,
        _place,
        lambda row: _show_place(row, "feature"),
        {"Observations": Nav("Observations", lambda row: Q(series__device_id=row["id_"]))},
        NAMES | {"properties/area": "area_", "encodingType": "encoding_"},
    ),
    "Sensors": Entity(
        "Sensors",
        DeviceKind,
        _sensor,
        _show_sensor,
        {
            "Datastreams": Nav(
                "Datastreams",
                lambda row: (
                    Q(stream__sensor_id=row["id_"]) | Q(stream__isnull=True, device__kind_id=row["id_"])
                ),
            )
        },
        NAMES
        | {
            "encodingType": "encoding_",
            "properties/is_camera": "camera_",
            "properties/name_zh": "zh_",
            "properties/version": "version_",
        },
    ),
    "ObservedProperties": Entity(
        "ObservedProperties",
        Property,
        _observed,
        _show_observed,
        {
            "Datastreams": Nav(
                "Datastreams",
                lambda row: Q(property_id=row["id_"]) | Q(property__observed_as_id=row["id_"]),
            )
        },
        NAMES
        | {
            "definition": "definition_",
            "properties/unit": "unit_",
            "properties/kind": "kind_",
            "properties/name_zh": "zh_",
        },
        Q(observed_as=None),
    ),
    "Datastreams": Entity(
        "Datastreams",
        Series,
        _stream,
        _show_stream,
        {
            "Thing": Nav("Things", lambda row: Q(id=row["device_"]), False, "device_", "device__"),
            "Sensor": Nav("Sensors", lambda row: Q(id=row["sensor_"]), False, "sensor_"),
            "ObservedProperty": Nav(
                "ObservedProperties", lambda row: Q(id=row["observed_"]), False, "observed_"
            ),
            "Observations": Nav("Observations", lambda row: Q(series_id=row["id_"])),
        },
        NAMES
        | {
            "observationType": "type_",
            "unitOfMeasurement/symbol": "unit_",
            "unitOfMeasurement/name": "unit_",
            "properties/property": "code_",
            "Sensor/id": "sensor_",
            "Sensor/name": "sensor_name_",
            "ObservedProperty/id": "observed_",
            "ObservedProperty/name": "observed_name_",
        },
    ),
    "Observations": Entity(
        "Observations",
        Observation,
        _observation,
        _show_observation,
        {
            "Datastream": Nav("Datastreams", lambda row: Q(id=row["series_"]), False, "series_", "series__"),
            "FeatureOfInterest": Nav(
                "FeaturesOfInterest", lambda row: Q(id=row["device_"]), False, "device_", "series__device__"
            ),
        },
        {"phenomenonTime": "at_", "resultTime": "at_", "result": "value_"},
        id_of=lambda row: number_of(row["series_"], row["at_"]),
        order=("series_", "at_"),
    ),
}
"""Every set of entities that is held; HistoricalLocations are not."""


def expression(entity: Entity, path: str, prefix: str = "") -> tuple[Combinable, bool]:
    """The column that a path such as `Datastream/Thing/name` names, and whether it walks a way to many."""
    many = False
    while path not in entity.paths:
        step, _, path = path.partition("/")
        nav = entity.navs.get(step)
        if step in INSIDE:
            raise Refused("not_done", what=f"$filter or $orderby by this part of {step}")
        if nav is None or not path:
            raise Refused("path_unknown", path=step if nav is None else path or step)
        if nav.prefix is None:
            raise Refused("not_done", what=f"$filter or $orderby through {step}")
        prefix, many = prefix + nav.prefix, many or nav.many
        entity = ENTITIES[nav.target]
    return entity.columns(prefix)[entity.paths[path]], many
