"""How exactly the place of a case may be shown: as a point, as a cell that holds enough homes, as an area."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from anlan.base.when_used import when_used
from anlan.publishing.terms import PlaceRule, PublicPlace

if TYPE_CHECKING:
    import h3
else:
    h3 = when_used("h3")

FINEST = 9
"""H3 resolution, about 0.1 km²: nothing is shown in a smaller cell, however many homes it holds."""
COARSEST = 6
"""H3 resolution, about 36 km²: a cell beyond this says no more than the township does."""

HOMES_PER_KM2: Mapping[str, float] = MappingProxyType(
    {"社区": 1500.0, "居委会": 1500.0, "街道": 800.0, "镇": 120.0}
)
"""Homes on a square kilometre of settled land, by the kind of an area: low, so that cells err large."""
ELSEWHERE_PER_KM2 = 40.0
"""Of every other kind: villages in the hills."""


def public_place(
    rule: PlaceRule, lng: float | None, lat: float | None, *, area_kind: str, homes: int
) -> PublicPlace:
    """The place that is shown of a case at a point (degrees, WGS-84), None where only its area is known.

    `homes` is how many a cell must hold. With CELL, what comes back depends on the cell alone: two points in
    one cell cannot be told apart.
    """
    if lng is None or lat is None or rule in (PlaceRule.AREA, PlaceRule.NEVER):
        return PublicPlace(PlaceRule.AREA)
    resolution = FINEST if rule is PlaceRule.EXACT else cell_resolution(area_kind, homes)
    cell = h3.latlng_to_cell(lat, lng, resolution)
    if rule is PlaceRule.EXACT:
        return PublicPlace(rule, lng, lat, h3.str_to_int(cell))
    mid_lat, mid_lng = h3.cell_to_latlng(cell)
    return PublicPlace(rule, round(mid_lng, 6), round(mid_lat, 6), h3.str_to_int(cell))


def camera_place(lng: float, lat: float) -> tuple[float, float]:
    """The middle of the cell in which a camera stands (longitude, latitude): all that is shown of it."""
    mid_lat, mid_lng = h3.cell_to_latlng(h3.latlng_to_cell(lat, lng, FINEST))
    return round(mid_lng, 6), round(mid_lat, 6)


def cell_resolution(area_kind: str, homes: int) -> int:
    """The finest resolution at which a cell of such an area holds at least `homes`."""
    on_km2 = HOMES_PER_KM2.get(area_kind, ELSEWHERE_PER_KM2)
    fits = (
        at for at in range(FINEST, COARSEST, -1) if h3.average_hexagon_area(at, unit="km^2") * on_km2 >= homes
    )
    return next(fits, COARSEST)


def size_km2(cell: int) -> float:
    """How large a cell is, in square kilometres, to two digits."""
    return float(f"{h3.cell_area(h3.int_to_str(cell), unit='km^2'):.2g}")


def outline(cell: int) -> list[tuple[float, float]]:
    """The corners of a cell, (longitude, latitude) in degrees."""
    return [(round(lng, 5), round(lat, 5)) for lat, lng in h3.cell_to_boundary(h3.int_to_str(cell))]
