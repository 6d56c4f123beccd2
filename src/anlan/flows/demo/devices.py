"""The made-up city's sensors and cameras, and two days of their readings."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, cast

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from psycopg import Cursor

from anlan.base.clock import micros
from anlan.flows.demo import land
from anlan.flows.device_kinds import know_standard_kinds
from anlan.flows.device_series import store_series
from anlan.flows.manage_rules import Names, store_rule
from anlan.places.terms import Crs, SiteKind
from anlan.sensing.profiles import BY_CODE
from anlan.sensing.rules.standard import STANDARD
from anlan.sensing.terms import Lifecycle
from anlan.store.binary_copy import HEADER, TRAILER, Varying, pack, timestamps
from anlan.store.copying import copy_rows
from anlan.store.models import Device, DeviceEvent, Series, Site
from anlan.store.observation_days import make_ahead, make_days

DAYS = 2
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
type Curve = Callable[[np.random.Generator, NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True)
class Fleet:
    """Devices of one kind: how many, at which kind of site, or in villages at large; what they are for."""

    kind: str
    count: int
    site: SiteKind | None
    title: str
    purpose: str = ""


FLEETS = (
    Fleet("water-level", 80, SiteKind.POND, "水位计"),
    Fleet("water-flow", 20, SiteKind.POND, "流量计"),
    Fleet("smoke", 60, SiteKind.SHOP, "烟感"),
    Fleet("gas", 40, SiteKind.SHOP, "燃气探测器"),
    Fleet("shed-heat", 60, SiteKind.CHARGING_SHED, "温感"),
    Fleet("residual-current", 30, SiteKind.CHARGING_SHED, "剩余电流探测器"),
    Fleet("hydrant-door", 30, None, "消火栓"),
    Fleet("help-button", 40, None, "求助杆"),
    Fleet("camera", 160, None, "摄像头", "路口交通与防溺水巡查"),
)
LEGAL_BASIS = "《个人信息保护法》第二十六条"


def _day(hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """From -1 before dawn to 1 in the afternoon."""
    return np.cos((hours % 24 - 15) / 24 * 2 * np.pi)


def _level(rng: np.random.Generator, hours: NDArray[np.float64]) -> NDArray[np.float64]:
    return rng.uniform(0.8, 2.6) + 0.04 * _day(hours) + rng.normal(0, 0.006, len(hours))


def _still(rng: np.random.Generator, hours: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.zeros(len(hours))


CURVES: Mapping[str, Curve] = {
    "level": _level,
    "flow": lambda rng, hours: np.abs(rng.uniform(40, 400) * (1 + rng.normal(0, 0.05, len(hours)))),
    "smoke": lambda rng, hours: np.abs(rng.normal(0.1, 0.05, len(hours))),
    "battery": lambda rng, hours: np.full(len(hours), rng.integers(35, 100), dtype=np.float64),
    "gas": lambda rng, hours: np.abs(rng.normal(0.6, 0.4, len(hours))),
    "temperature": lambda rng, hours: 16 + 5 * _day(hours) + rng.normal(0, 0.3, len(hours)),
    "current": lambda rng, hours: np.abs(rng.normal(45, 12, len(hours))),
    "open": _still,
    "pressed": _still,
    "online": lambda rng, hours: np.ones(len(hours)),
}
RISING = "water-level-0001"
"""The gauge of this pond rises by half a metre within the last three hours."""

SILENT = 0.03
"""The share of devices that fell silent some hours ago."""


def store_devices(
    rng: Random,
    villages: list[land.Ground],
    areas: dict[str, int],
    committees: Mapping[str, tuple[int, str]],
    now: datetime,
) -> tuple[int, int]:
    """Store the devices with their readings; how many of each."""
    kinds = know_standard_kinds(now)
    ids = {code: kind.pk for code, kind in kinds.items()}
    rows = list(_devices(rng, villages, areas, committees, ids, now))
    copy_rows(Device, COLUMNS, rows)
    devices = list(Device.objects.order_by("pk"))
    copy_rows(
        DeviceEvent,
        ("device_id", "at", "actor_id", "action", "changes"),
        ((device.pk, now, None, "registered", {}) for device in devices),
    )
    store_series(devices)
    _store_rules(now)
    return len(devices), _store_readings(rng, now)


def _store_rules(now: datetime) -> None:
    """What is abnormal in the made-up city, also in readings of other years that are played again."""
    for zh, en, rule in STANDARD:
        store_rule(Names(zh, en), rule, None, now, since=ALWAYS)


COLUMNS = (
    *("name", "title", "kind_id", "is_camera", "site_id", "area_id", "area_path", "unit_id", "unit_path"),
    *("lng", "lat", "source_crs", "purpose", "legal_basis", "keeps_days", "state", "installed_on"),
    *("inspected_on", "removed_on", "interval_seconds", "battery", "firmware", "gateway", "muted_until"),
    "muted_why",
)


def _devices(
    rng: Random,
    villages: list[land.Ground],
    areas: dict[str, int],
    committees: Mapping[str, tuple[int, str]],
    kinds: dict[str, int],
    now: datetime,
) -> Iterator[tuple[Any, ...]]:
    for fleet in FLEETS:
        places = list(_places(rng, fleet, villages, areas, committees))
        for number, place in enumerate(rng.sample(places, min(fleet.count, len(places))), start=1):
            camera = BY_CODE[fleet.kind].is_camera
            state = Lifecycle.BROKEN if rng.random() < 0.02 else Lifecycle.INSTALLED
            installed = (now - timedelta(days=rng.randrange(30, 900))).date()
            yield (
                *(f"{fleet.kind}-{number:04}", f"{place[0]}{fleet.title}", kinds[fleet.kind], camera),
                *place[1:],
                *(Crs.WGS84, fleet.purpose, LEGAL_BASIS if camera else "", 30 if camera else None),
                *(state, installed, None, None, None),
                *(None, "1.4.2", f"gateway-{place[3].split('.')[2]}", None, ""),
            )
    yield from _gateways(rng, villages, areas, committees, kinds["gateway"], now)


def _gateways(
    rng: Random,
    villages: list[land.Ground],
    areas: dict[str, int],
    committees: Mapping[str, tuple[int, str]],
    kind: int,
    now: datetime,
) -> Iterator[tuple[Any, ...]]:
    """One in each township, in its first village, by the name that the devices behind it have."""
    first = {village.path.split(".")[2]: village for village in reversed(villages)}
    installed = (now - timedelta(days=400)).date()
    for township, village in sorted(first.items()):
        point = land.somewhere(rng, village)
        yield (
            *(
                f"gateway-{township}",
                f"{village.name}网关",
                kind,
                False,
                None,
                areas[village.code],
                village.path,
            ),
            *(*committees[village.code], *point, Crs.WGS84, "", "", None),
            *(Lifecycle.INSTALLED, installed, None, None, None, None, "1.4.2", "", None, ""),
        )


def _places(
    rng: Random,
    fleet: Fleet,
    villages: list[land.Ground],
    areas: dict[str, int],
    committees: Mapping[str, tuple[int, str]],
) -> Iterator[tuple[Any, ...]]:
    """Name, site, area, its path, unit, its path, point."""
    if fleet.site is None:
        for village in rng.sample(villages, min(3 * fleet.count, len(villages))):
            point = land.somewhere(rng, village)
            yield village.name, None, areas[village.code], village.path, *committees[village.code], *point
        return
    columns = ("name", "pk", "area_id", "area_path", "unit_id", "unit_path", "lng", "lat")
    yield from Site.objects.filter(kind=fleet.site).order_by("pk").values_list(*columns)


def _store_readings(rng: Random, now: datetime) -> int:
    """Two days of readings up to now, in one COPY; latest values and roll-ups from them."""
    numbers = np.random.default_rng(rng.randrange(2**32))
    make_days((now - timedelta(days=ago)).astimezone(UTC).date() for ago in range(DAYS + 1))
    make_ahead(now)
    parts = [_curve(numbers, series, now) for series in _series()]
    if not parts:
        return 0
    ids = np.concatenate([np.full(len(at), pk, dtype=np.int32) for pk, at, _ in parts])
    at, values = (np.concatenate([part[place] for part in parts]) for place in (1, 2))
    with connection.cursor() as cursor:
        with cast("Cursor", cursor.cursor).copy(COPY) as copy:
            copy.write(HEADER + pack([Varying(ids), timestamps(at), Varying(values)], len(ids)) + TRAILER)
        cursor.execute(LATEST)
        for table, span in ROLLED:
            cursor.execute(ROLL_UP.format(table=table, span=span))
    return len(ids)


def _series() -> Iterator[tuple[int, str, str, str, int]]:
    columns = ("pk", "device__name", "device__state", "property__code", "property__interval_seconds")
    yield from Series.objects.order_by("pk").values_list(*columns)


def _curve(
    rng: np.random.Generator, series: tuple[int, str, str, str, int], now: datetime
) -> tuple[int, NDArray[np.int64], NDArray[np.float64]]:
    """One series: its id, moments, values."""
    pk, device, state, code, interval = series
    steps = max(1, DAYS * 86_400 // interval)
    offset = int(rng.integers(0, interval * 1_000_000 // 2))
    at = micros(now) - offset - np.arange(steps, dtype=np.int64)[::-1] * interval * 1_000_000
    hours = at / 3.6e9 + 8
    values = CURVES[code](rng, hours)
    if device == RISING:
        values += 0.5 * np.clip(1 - (micros(now) - at) / (3 * 3.6e9), 0, 1)
    if state != Lifecycle.INSTALLED or rng.random() < SILENT:
        kept = len(at) - min(len(at) - 1, int(rng.integers(2, 40) * 3600 / interval) + 1)
        at, values = at[:kept], values[:kept]
    return pk, at, np.round(values, 3)


COPY = "COPY observation (series, at, value) FROM STDIN (FORMAT binary)"
LATEST = """
INSERT INTO latest_value (series, at, value, received_at)
SELECT DISTINCT ON (series) series, at, value, at FROM observation ORDER BY series, at DESC
"""
ROLLED = (("observation_minute", "minute"), ("observation_hour", "hour"), ("observation_day", "day"))
ROLL_UP = """
INSERT INTO {table} (series, at, count, sum, low, high)
SELECT series, date_trunc('{span}', at, 'UTC'), count(*), sum(value), min(value), max(value)
FROM observation GROUP BY 1, 2
"""
