"""Devices for tests: a gauge at the pond, others beside it, and their readings."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from anlan.sensing.terms import Lifecycle
from anlan.store.models import Area, Device, DeviceKind, KindVersion, Observation, Property, Series
from anlan.store.observation_days import make_days
from tests.cast import Cast

MADE = datetime(2026, 1, 1, tzinfo=UTC)


def a_kind(code: str = "water-level", is_camera: bool = False, **properties: object) -> DeviceKind:
    """A kind with the property `level` in m, or with those that are named, as {"unit", "low", ...}."""
    kind, made = DeviceKind.objects.get_or_create(
        code=code, defaults={"name_zh": code, "name_en": code, "is_camera": is_camera}
    )
    if made:
        wanted = properties or {"level": {"unit": "m", "low": -5.0, "high": 20.0, "interval_seconds": 300}}
        KindVersion.objects.create(kind=kind, version=1, made_at=MADE, profile=wanted)
        for name, facts in wanted.items():
            assert isinstance(facts, Mapping)
            Property.objects.create(kind=kind, code=name, name_zh=name, name_en=name, **facts)
    return kind


def a_device(name: str, area: Area, kind: DeviceKind | None = None, **columns: object) -> Device:
    """An installed device in an area."""
    kind = kind or a_kind()
    return Device.objects.create(
        **{
            "name": name,
            "kind": kind,
            "is_camera": kind.is_camera,
            "area": area,
            "area_path": area.path,
            "state": Lifecycle.INSTALLED,
            **columns,
        }
    )


def a_camera(name: str, area: Area, **columns: object) -> Device:
    """A camera that says why it is there and how long its owner keeps what it records."""
    kind = a_kind(
        "camera", is_camera=True, online={"unit": "1", "low": 0, "high": 1, "interval_seconds": 300}
    )
    facts = {"purpose": "traffic at a junction", "legal_basis": "Art. 26 PIPL", "keeps_days": 30}
    return a_device(name, area, kind, **{**facts, **columns})


def a_pond_gauge(cast: Cast, name: str = "gauge-111") -> Device:
    """The gauge at the pond of village_111, of its committee."""
    pond = cast.pond_111
    return a_device(
        name,
        cast.village_111,
        site=pond,
        unit=cast.committee_111,
        unit_path=cast.committee_111.path,
        lng=pond.lng,
        lat=pond.lat,
    )


def a_series(device: Device, code: str = "level") -> Series:
    """The series of a device's property."""
    found = Property.objects.get(kind=device.kind, code=code)
    return Series.objects.get_or_create(device=device, property=found)[0]


def readings(series: Series, first: datetime, values: list[float], minutes: int = 5) -> list[Observation]:
    """Readings at even intervals, stored."""
    moments = [first + timedelta(minutes=minutes * place) for place in range(len(values))]
    make_days(at.astimezone(UTC).date() for at in moments)
    return Observation.objects.bulk_create(
        Observation(series=series, at=at, value=value) for at, value in zip(moments, values, strict=True)
    )
