"""What a map of public cases asks for: counts by cells far out, single places near in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anlan.base.when_used import when_used

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
"""Cells of resolution 7 in view; a view that holds more is not cut by them."""
MARGIN = 0.02
"""Degrees around a view in which a cell of resolution 7, with edges of 1.4 km, may reach into it."""


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
        """The H3 resolution of the cells in which this view counts."""
        return next((each for below, each in RESOLUTIONS if self.zoom < below), 9)

    @property
    def is_near(self) -> bool:
        """May it show single places?"""
        return self.zoom >= NEAR


def cells_in_view(view: View) -> list[int] | None:
    """The cells of resolution 7 that may be in view; None when they are too many to ask for one by one."""
    if (view.east - view.west) * (view.north - view.south) > 0.25:
        return None
    west, south = max(view.west - MARGIN, -180), max(view.south - MARGIN, -89)
    east, north = min(view.east + MARGIN, 180), min(view.north + MARGIN, 89)
    ring = [(south, west), (south, east), (north, east), (north, west)]
    cells = h3.h3shape_to_cells(h3.LatLngPoly(ring), 7)
    return [h3.str_to_int(cell) for cell in cells] if 0 < len(cells) <= MOST_CELLS else None


def middle(cell: int) -> tuple[float, float]:
    """The middle of a cell, (longitude, latitude) in degrees."""
    lat, lng = h3.cell_to_latlng(h3.int_to_str(cell))
    return round(lng, 5), round(lat, 5)
