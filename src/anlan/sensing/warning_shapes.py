"""A shape around an alarm, inside the area of who warns."""

from __future__ import annotations

from math import cos, radians
from typing import TYPE_CHECKING, Any

from anlan.base.when_used import when_used

if TYPE_CHECKING:
    import numpy as np
    import shapely
else:
    np = when_used("numpy")
    shapely = when_used("shapely")

METRES = 500.0
DEGREE_M = 111_195.0
_CORNERS = 4  # for each quarter of a circle


def around(lng: float, lat: float, boundary: bytes | None, metres: float = METRES) -> list[list[float]]:
    """[lat, lng] corners, closed, of a circle around a point as far as it lies inside an area.

    [] when the boundary is not known or the point lies outside: then the warning is for the whole area.
    """
    if boundary is None:
        return []
    inside = shapely.from_wkb(boundary)
    if not inside.contains(shapely.Point(lng, lat)):
        return []
    part = _part_with(inside.intersection(_circle(lng, lat, metres)), lng, lat)
    ring = part.exterior.simplify(metres / DEGREE_M / 50)
    return [[round(y, 6), round(x, 6)] for x, y in ring.coords]


def _circle(lng: float, lat: float, metres: float) -> Any:
    """A circle on the ground as a polygon in degrees."""
    high = metres / DEGREE_M
    wide = high / max(cos(radians(lat)), 0.01)
    turns = np.linspace(0, 2 * np.pi, 4 * _CORNERS, endpoint=False)
    return shapely.Polygon(np.column_stack((lng + wide * np.cos(turns), lat + high * np.sin(turns))))


def _part_with(shape: Any, lng: float, lat: float) -> Any:
    """Of several parts the one that holds the point."""
    point = shapely.Point(lng, lat)
    parts = [each for each in shapely.get_parts(shape) if each.geom_type == "Polygon"]
    return min(parts, key=lambda each: each.distance(point))
