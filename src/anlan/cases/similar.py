"""Which open cases may be about the same hazard."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Protocol

EARTH_RADIUS_M = 6_371_000.0
NEAR_M = 150.0
RECENT = timedelta(days=90)


class Located(Protocol):
    """A case that may be the same: same family of categories, still open."""

    @property
    def id(self) -> int: ...
    @property
    def lng(self) -> float | None: ...
    @property
    def lat(self) -> float | None: ...
    @property
    def opened_at(self) -> datetime: ...


@dataclass(frozen=True)
class Similar:
    """The id of a case that may be the same hazard, and how far away it is."""

    case_id: int
    metres: int


def distance_m(lng: float, lat: float, other_lng: float, other_lat: float) -> float:
    """Great-circle distance in metres between two WGS-84 points in degrees (haversine)."""
    half_lat, half_lng = radians(other_lat - lat) / 2, radians(other_lng - lng) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(half_lng) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(chord)))


def box_around(lng: float, lat: float, metres: float = NEAR_M) -> tuple[float, float, float, float]:
    """West, south, east, north of a box that holds every point within `metres`."""
    high = metres / 111_000
    wide = high / max(0.01, cos(radians(lat)))
    return lng - wide, lat - high, lng + wide, lat + high


def similar(candidates: Iterable[Located], lng: float, lat: float, at: datetime) -> list[Similar]:
    """The candidates within NEAR_M metres and RECENT of the place and time, nearest first."""
    found = [
        Similar(case.id, round(distance_m(lng, lat, case.lng, case.lat)))
        for case in candidates
        if case.lng is not None and case.lat is not None and abs(at - case.opened_at) <= RECENT
    ]
    return sorted((s for s in found if s.metres <= NEAR_M), key=lambda s: (s.metres, s.case_id))
