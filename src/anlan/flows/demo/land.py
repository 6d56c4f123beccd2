"""The made-up city's land: areas with codes, names, boundaries and points, out at sea where nobody lives."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import cos, pi, sin
from random import Random

import shapely
from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from anlan.flows.demo import names
from anlan.places.terms import Level

WEST, SOUTH, EAST, NORTH = 124.0, 28.2, 125.2, 29.2
TOWNSHIPS = 136
VILLAGES = 3429
CITY_CODE = "990100"


@dataclass(frozen=True)
class Ground:
    """One area of the made-up city."""

    code: str
    name: str
    kind: str
    level: Level
    parent: str
    path: str
    shape: MultiPolygon
    below: list["Ground"] = field(default_factory=list)

    @property
    def point(self) -> tuple[float, float]:
        """A point inside: longitude, latitude."""
        inside = self.shape.representative_point()
        return inside.x, inside.y


def city(rng: Random, townships: int = TOWNSHIPS, villages: int = VILLAGES) -> Ground:
    """The city with 9 counties and as many townships and villages below it as asked for."""
    shape = _coast(rng)
    root = Ground(CITY_CODE, names.CITY, "市", Level.CITY, "", f"{CITY_CODE}.", _many(shape))
    used: set[str] = set()
    county_names = names.counties()
    townships_left, villages_left = townships, villages
    for number, (name, cell) in enumerate(
        zip(county_names, _cells(rng, shape, len(county_names)), strict=True)
    ):
        left = len(county_names) - number
        county = _below(root, f"9901{number + 1:02d}", name, name[-1], Level.COUNTY, cell)
        count = townships_left // left
        townships_left -= count
        for place, piece in enumerate(_cells(rng, cell, count), start=1):
            said, kind = names.township(rng, used)
            township = _below(county, f"{county.code}{place:03d}", said, kind, Level.TOWNSHIP, piece)
            share = round(villages_left / (townships_left + count - place + 1))
            villages_left -= share
            for spot, plot in enumerate(_cells(rng, piece, share), start=201):
                said, kind = names.village(rng)
                _below(township, f"{township.code}{spot:03d}", said, kind, Level.VILLAGE, plot)
    return root


def everything(root: Ground) -> Iterator[Ground]:
    """The area and all below it, each after the one it belongs to."""
    yield root
    for child in root.below:
        yield from everything(child)


def somewhere(rng: Random, ground: Ground) -> tuple[float, float]:
    """A point inside an area, evenly."""
    west, south, east, north = ground.shape.bounds
    for _ in range(40):
        point = Point(rng.uniform(west, east), rng.uniform(south, north))
        if ground.shape.contains(point):
            return round(point.x, 6), round(point.y, 6)
    return ground.point


def _below(parent: Ground, code: str, name: str, kind: str, level: Level, shape: BaseGeometry) -> Ground:
    child = Ground(code, name, kind, level, parent.code, f"{parent.path}{code}.", _many(shape))
    parent.below.append(child)
    return child


def _coast(rng: Random) -> Polygon:
    """A ragged piece of land."""
    middle_x, middle_y = (WEST + EAST) / 2, (SOUTH + NORTH) / 2
    ring = []
    turns = 72
    waves = [(k, rng.uniform(0.02, 0.09), rng.uniform(0, 2 * pi)) for k in (2, 3, 5, 9)]
    for step in range(turns):
        angle = 2 * pi * step / turns
        away = 0.82 + sum(size * sin(k * angle + phase) for k, size, phase in waves)
        ring.append(
            (
                middle_x + away * (EAST - WEST) / 2 * cos(angle),
                middle_y + away * (NORTH - SOUTH) / 2 * sin(angle),
            )
        )
    return Polygon(ring).buffer(0)


def _cells(rng: Random, shape: BaseGeometry, count: int) -> Sequence[BaseGeometry]:
    """`shape` cut into `count` pieces around points in it (Voronoi cells), in the order of the points."""
    if count == 1:
        return [shape]
    west, south, east, north = shape.bounds
    seeds: list[Point] = []
    while len(seeds) < count:
        point = Point(rng.uniform(west, east), rng.uniform(south, north))
        if shape.contains(point):
            seeds.append(point)
    cells = shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=shape, ordered=True)
    return [cell.intersection(shape) for cell in cells.geoms]


def _many(shape: BaseGeometry) -> MultiPolygon:
    """Only the areas of a shape, as one MultiPolygon with coordinates of about a metre."""
    parts = [part for part in getattr(shape, "geoms", [shape]) if isinstance(part, Polygon)]
    rounded = shapely.set_precision(MultiPolygon(parts), 0.00001)
    return MultiPolygon([rounded]) if isinstance(rounded, Polygon) else rounded
