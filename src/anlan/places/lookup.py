"""In which area a point lies, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from anlan.base.when_used import when_used

if TYPE_CHECKING:
    import numpy as np
    import shapely
    from numpy.typing import ArrayLike, NDArray
    from shapely.geometry.base import BaseGeometry
else:
    np = when_used("numpy")
    shapely = when_used("shapely")


DEGREE_M = 111_195.0
"""Length of a degree of a great circle on a sphere of 6,371 km."""
NEAR_M = 500.0
"""So far outside a boundary a point still counts as near: boundaries are drawn coarsely along a coast."""


class Confidence(IntEnum):
    """How sure it is that a point belongs to an area."""

    UNKNOWN = 0
    NEAREST = 1  # outside all of them, but near one
    INSIDE = 2


@dataclass(frozen=True, slots=True)
class Found:
    """Answers for n points, each array of length n.

    `area` indexes `AreaIndex.codes`, -1 where unknown; `distance_m` is 0 inside and infinite where unknown.
    """

    area: NDArray[np.int64]
    confidence: NDArray[np.uint8]
    distance_m: NDArray[np.float64]


class AreaIndex:
    """Areas with boundaries, made ready for many questions; the areas should be of one level.

    Distances are measured on a plane that is true at the middle latitude of all areas: off by less than 2 %
    for areas that span up to 2 degrees.
    """

    def __init__(self, boundaries: Mapping[str, BaseGeometry]) -> None:
        self.codes = tuple(sorted(boundaries))
        shapes = np.array([boundaries[code] for code in self.codes], dtype=object)
        self._squeeze = _squeeze(shapes)
        parts, self._area_of = shapely.get_parts(shapes, return_index=True)
        self._parts = shapely.transform(parts, self._plane) if len(parts) else parts
        shapely.prepare(self._parts)
        self._tree = shapely.STRtree(self._parts)

    def find(self, lng: ArrayLike, lat: ArrayLike, near_m: float = NEAR_M) -> Found:
        """The area of each point of WGS-84 (arrays of length n, degrees; NaN where there is no point).

        A point on the line between two areas, or where drawn areas overlap, goes to the lower code.
        """
        points = self._plane(np.column_stack([np.asarray(lng, np.float64), np.asarray(lat, np.float64)]))
        area = np.full(len(points), -1, dtype=np.int64)
        distance = np.full(len(points), np.inf)
        real = np.flatnonzero(np.isfinite(points).all(axis=1))
        self._mark_inside(points, real, area)
        distance[area >= 0] = 0
        self._mark_nearest(points, real[area[real] < 0], near_m, area, distance)
        inside, near = distance == 0, np.isfinite(distance)
        confidence = np.where(
            inside, Confidence.INSIDE, np.where(near, Confidence.NEAREST, Confidence.UNKNOWN)
        )
        return Found(area, confidence.astype(np.uint8), distance)

    def code_of(self, lng: float, lat: float, near_m: float = NEAR_M) -> tuple[str | None, Confidence]:
        """The same for one point."""
        found = self.find([lng], [lat], near_m)
        place = int(found.area[0])
        return (self.codes[place] if place >= 0 else None), Confidence(int(found.confidence[0]))

    def _plane(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Degrees to metres on the plane."""
        return points * (DEGREE_M * self._squeeze, DEGREE_M)

    def _mark_inside(
        self, points: NDArray[np.float64], which: NDArray[np.int64], area: NDArray[np.int64]
    ) -> None:
        """Boxes by the tree, then each prepared polygon once with all the points in its box."""
        asked, part = self._tree.query(shapely.points(points[which]))
        order = np.argsort(part, kind="stable")
        asked, part = asked[order], part[order]
        starts = np.searchsorted(part, np.arange(len(self._parts) + 1))
        for number in reversed(np.unique(part)):  # the lowest code has the last word
            candidates = which[asked[starts[number] : starts[number + 1]]]
            hit = shapely.intersects_xy(self._parts[number], points[candidates])
            area[candidates[hit]] = self._area_of[number]

    def _mark_nearest(
        self,
        points: NDArray[np.float64],
        which: NDArray[np.int64],
        near_m: float,
        area: NDArray[np.int64],
        distance: NDArray[np.float64],
    ) -> None:
        """Boxes around the points by the tree, then the exact distance to what is in them."""
        if near_m <= 0 or not len(which) or not len(self._parts):
            return
        x, y = points[which].T
        asked, part = self._tree.query(shapely.box(x - near_m, y - near_m, x + near_m, y + near_m))
        outside = shapely.points(points[which])
        near = shapely.dwithin(self._parts[part], outside[asked], near_m)
        asked, part = asked[near], part[near]
        metres = shapely.distance(self._parts[part], outside[asked])
        order = np.lexsort((part, metres))[::-1]  # the nearest, then the lowest code, has the last word
        area[which[asked[order]]] = self._area_of[part[order]]
        distance[which[asked[order]]] = metres[order]


def _squeeze(shapes: NDArray[np.object_]) -> float:
    """How much shorter a degree of longitude is than one of latitude at the middle of all shapes."""
    if not len(shapes):
        return 1.0
    _, south, _, north = shapely.total_bounds(shapes)
    return float(np.cos(np.radians((south + north) / 2)))
