"""Questions about areas and sites."""

from django.db.models import Q

from anlan.places.areas import AreaRow
from anlan.places.boundary_files import multipolygon
from anlan.places.lookup import AreaIndex
from anlan.places.terms import Crs, Level
from anlan.store.models import Area

IN_USE = Q(in_use=True)
"""Areas that have not ended."""


def known_areas() -> dict[str, AreaRow]:
    """Every area by its code, as a list would have it; one query."""
    columns = (
        "code",
        "level",
        "name",
        "kind",
        "lng",
        "lat",
        "valid_from",
        "valid_to",
        "successor__code",
        "boundary",
        "boundary_crs",
    )
    return {row[0]: _area_row(*row) for row in Area.objects.values_list(*columns).iterator(2000)}


def _area_row(
    code: str, level: str, name: str, kind: str, lng: float | None, lat: float | None, *rest: object
) -> AreaRow:
    valid_from, valid_to, successor, boundary, crs = rest
    return AreaRow(
        code,
        Level(level),
        name,
        kind or None,
        lng,
        lat,
        valid_from,  # type: ignore[arg-type]
        valid_to,  # type: ignore[arg-type]
        successor,  # type: ignore[arg-type]
        bytes(boundary) if boundary else None,  # type: ignore[call-overload]
        Crs(str(crs)) if crs else None,
    )


def area_index(level: Level | None = None) -> AreaIndex:
    """Where each area in use with a boundary lies: of `level`, else of the lowest level that has any."""
    bounded = Area.objects.filter(IN_USE, boundary__isnull=False).values_list("level", "code", "boundary")
    by_level: dict[Level, dict[str, bytes]] = {}
    for at, code, boundary in bounded:
        by_level.setdefault(Level(at), {})[code] = bytes(boundary or b"")
    lowest = next((at for at in reversed(Level) if at in by_level), None)
    chosen = by_level.get(level or lowest or Level.CITY, {})
    return AreaIndex({code: multipolygon(boundary) for code, boundary in chosen.items()})
