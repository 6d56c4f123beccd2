"""Outlines of areas, for maps; they are no secret."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from django.db.models import Count, Max, QuerySet

from anlan.places.terms import Level
from anlan.store.models import Area

DRAWN = (Level.COUNTY, Level.TOWNSHIP)


@dataclass(frozen=True)
class Outline:
    """An area of today and its boundary: WKB of a MultiPolygon, WGS-84."""

    code: str
    name: str
    level: str
    boundary: bytes


def outlines() -> Iterator[Outline]:
    """Counties and townships that have a boundary, or the city when they have none. At most two queries."""
    rows = _drawn().filter(level__in=DRAWN) or _drawn().filter(level=Level.CITY)
    for code, name, level, boundary in rows.values_list("code", "name", "level", "boundary"):
        yield Outline(code, name, level, bytes(boundary or b""))


def outlines_mark() -> str:
    """Changes whenever the outlines may have changed. One query."""
    found = _drawn().aggregate(Count("pk"), Max("pk"), Max("boundary_crs"), Max("name"))
    return sha256(repr(sorted(found.items())).encode()).hexdigest()[:16]


def _drawn() -> QuerySet[Area]:
    return Area.objects.filter(valid_to=None, boundary__isnull=False).order_by("code")
