"""What a map of public cases asks for: counts by cells far out, single places near in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians
from typing import TYPE_CHECKING

from anlan.base.when_used import when_used
from anlan.publishing.places import COARSEST, FINEST

if TYPE_CHECKING:
    import h3
else:
    h3 = when_used("h3")


RESOLUTIONS = ((8, 4), (9, 5), (11, 6), (13, 7), (14, 8))
"""A map zoomed out to less than the first shows cells of the second, an H3 resolution."""
NEAR = 14
"""From this zoom on single places are shown, where they are few enough."""
MOST_PLACES = 400
MOST_CELLS = 400
"""Cells in an answer; a view in which there would be more is counted by larger ones."""
KM_PER_DEGREE = 111.2


@dataclass(frozen=True)
class View:
    """What a map shows: its corners in degrees, and its zoom as web maps count it."""

    west: float
    south: float
    east: float
    north: float
    zoom: float

    @property
    def resolution(self) -> int:
        """The H3 resolution in whose cells this view counts: that of its zoom, or what it has room for."""
        asked = next((each for below, each in RESOLUTIONS if self.zoom < below), FINEST)
        room = (at for at in range(asked, 0, -1) if self._km2 / _km2_of_cell(at) <= MOST_CELLS)
        return next(room, 0)

    @property
    def is_near(self) -> bool:
        """May it show single places?"""
        return self.zoom >= NEAR and self.resolution == FINEST

    @property
    def _km2(self) -> float:
        wide = (self.east - self.west) * cos(radians((self.south + self.north) / 2))
        return wide * (self.north - self.south) * KM_PER_DEGREE**2


def _km2_of_cell(resolution: int) -> float:
    return float(h3.average_hexagon_area(resolution, unit="km^2"))


def cells_in_view(view: View, finest: int) -> list[int]:
    """The cells that reach into a view of a city, of `finest` and each coarser resolution that is shown."""
    ring = [
        *((view.south, view.west), (view.south, view.east)),
        *((view.north, view.east), (view.north, view.west)),
    ]
    shape = h3.LatLngPoly(ring)
    return [
        h3.str_to_int(cell)
        for resolution in range(COARSEST, finest + 1)
        for cell in h3.h3shape_to_cells_experimental(shape, resolution, contain="overlap")
    ]


def bounded(counts: Mapping[int, int], resolution: int) -> dict[int, int]:
    """The same counts by at most MOST_CELLS cells: by coarser ones than `resolution`, if it must be."""
    found = dict(counts)
    while len(found) > MOST_CELLS and resolution > 0:
        resolution -= 1
        found = _by_parents(found, resolution)
    return found


def _by_parents(counts: Mapping[int, int], resolution: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for cell, n in counts.items():
        at = parent(cell, resolution)
        found[at] = found.get(at, 0) + n
    return found


def parent(cell: int, resolution: int) -> int:
    """The cell of `resolution` that `cell` belongs to; a coarser one, and 0 for no cell, stay as they are."""
    name = h3.int_to_str(cell)
    if not cell or h3.get_resolution(name) <= resolution:
        return cell
    return int(h3.str_to_int(h3.cell_to_parent(name, resolution)))


def middle(cell: int) -> tuple[float, float]:
    """The middle of a cell, (longitude, latitude) in degrees."""
    lat, lng = h3.cell_to_latlng(h3.int_to_str(cell))
    return round(lng, 5), round(lat, 5)
