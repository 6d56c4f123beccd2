"""The same hazard again: a new case near a closed one, of the same family of categories, not long after."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from anlan.cases.similar import distance_m


class Past(Protocol):
    """A closed case of the same family."""

    @property
    def id(self) -> int: ...
    @property
    def lng(self) -> float | None: ...
    @property
    def lat(self) -> float | None: ...
    @property
    def site_id(self) -> int | None: ...
    @property
    def closed_at(self) -> datetime | None: ...


class Reach(Protocol):
    """How near in place and time counts as the same hazard, by category; 0 metres: never."""

    @property
    def recurs_metres(self) -> int: ...
    @property
    def recurs_days(self) -> int: ...


class Spot(Protocol):
    """Where the new case lies."""

    @property
    def lng(self) -> float | None: ...
    @property
    def lat(self) -> float | None: ...
    @property
    def site_id(self) -> int | None: ...


@dataclass(frozen=True)
class Earlier:
    """The closed case that came back, how far from it, and how many days after it was closed."""

    case_id: int
    metres: int
    days: int


def earlier(spot: Spot, candidates: Iterable[Past], reach: Reach, at: datetime) -> Earlier | None:
    """The case closed last among those that came back at `spot`; of two at once, the nearer; None: none did.

    A case at the same site is no metres away. Both bounds count: exactly `recurs_metres` and `recurs_days`.
    """
    found = [again for past in candidates if (again := _again(spot, past, reach, at)) is not None]
    return (
        min(found, key=lambda pair: (-pair[0].timestamp(), pair[1].metres, pair[1].case_id))[1]
        if found
        else None
    )


def _again(spot: Spot, past: Past, reach: Reach, at: datetime) -> tuple[datetime, Earlier] | None:
    if past.closed_at is None or not timedelta() <= at - past.closed_at <= timedelta(days=reach.recurs_days):
        return None
    metres = _metres(spot, past)
    if metres is None or reach.recurs_metres == 0 or metres > reach.recurs_metres:
        return None
    return past.closed_at, Earlier(past.id, round(metres), (at - past.closed_at).days)


def _metres(spot: Spot, past: Past) -> float | None:
    """How far apart; None when a point is missing."""
    if spot.site_id is not None and spot.site_id == past.site_id:
        return 0.0
    if spot.lng is None or spot.lat is None or past.lng is None or past.lat is None:
        return None
    return distance_m(spot.lng, spot.lat, past.lng, past.lat)
