"""Outlines of areas, for maps; they are no secret."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Max, Min, QuerySet

from anlan.places.terms import Level
from anlan.store.models import Area, PublicCase, Site

DRAWN = (Level.COUNTY, Level.TOWNSHIP)
MARK = """
SELECT count(*), coalesce(sum(hashtextextended(id || ' ' || xmin::text || ' ' || ctid::text, 0)), 0)
FROM store_area WHERE in_use AND boundary IS NOT NULL
"""


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


Extent = tuple[float, float, float, float]
"""West, south, east, north in degrees, WGS-84."""


def known_extent() -> Extent | None:
    """Where the city lies, for one that has no boundary yet: the points of its areas, else of its sites, else
    of the cases that the public sees. At most three queries."""
    cases = PublicCase.objects.filter(shown=True)  # anybody may ask: nothing of those that are hidden
    places = (Area.objects.filter(in_use=True), Site.objects.filter(in_use=True), cases)
    return next(filter(None, map(_extent, places)), None)


def _extent(rows: QuerySet[Any]) -> Extent | None:
    sides = rows.aggregate(w=Min("lng"), s=Min("lat"), e=Max("lng"), n=Max("lat"))
    return None if None in sides.values() else (sides["w"], sides["s"], sides["e"], sides["n"])


def boundaries_mark() -> str:
    """Changes whenever an area of today that has a boundary is drawn anew, named anew, added or ended.

    One query, over the versions of the rows: no boundary is read.
    """
    with connection.cursor() as cursor:
        cursor.execute(MARK)
        count, versions = cursor.fetchone()
    return f"{count}-{int(versions) % 2**64:016x}"


def _drawn() -> QuerySet[Area]:
    return Area.objects.filter(in_use=True, boundary__isnull=False).order_by("code")
