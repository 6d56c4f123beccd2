"""Boundaries of areas as GeoJSON (RFC 7946, but in whatever coordinate system it is said to be in)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from anlan.base.errors import Refused
from anlan.base.tables import N_, Complaints
from anlan.base.when_used import when_used
from anlan.places.areas import CODE_SHAPE, AreaRow, ListedArea, canonical_code, level_of
from anlan.places.coordinates import to_wgs84
from anlan.places.terms import Crs

if TYPE_CHECKING:
    import numpy as np
    import shapely
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry
else:
    np = when_used("numpy")
    shapely = when_used("shapely")

CODE_PROPERTIES = ("code", "adcode", "id")
POLYGONS = N_("a Polygon or MultiPolygon in degrees that encloses a surface")


def read_boundaries(file: str, text: str, complaints: Complaints, crs: Crs) -> list[ListedArea]:
    """An area for each feature with its boundary in WGS-84; the rows are the numbers of the features, from 1.

    Raises Refused("not_geojson").
    """
    found = []
    for number, feature in enumerate(_features(file, text), start=1):
        area = _area(file, number, feature, complaints, crs)
        if area:
            found.append(ListedArea(file, number, area))
    return found


def add_boundaries(
    listed: Mapping[str, ListedArea],
    boundaries: Iterable[ListedArea],
    known: Mapping[str, AreaRow],
    complaints: Complaints,
) -> dict[str, ListedArea]:
    """The list with boundaries on its areas; one for an area that is neither listed nor known is said."""
    merged = dict(listed)
    for one in boundaries:
        code = one.area.code
        base = merged.get(code, one if code in known else None)
        if base is None:
            right = N_("an area of the lists, or one that is there already")
            complaints.say(one.file, one.row, "code", code, right)
        else:
            area = _with_boundary(base.area, one.area, known.get(code))
            merged[code] = ListedArea(base.file, base.row, area)
    return merged


def multipolygon(boundary: bytes) -> BaseGeometry:
    """The shape of a stored boundary."""
    return shapely.from_wkb(boundary)


def _with_boundary(area: AreaRow, boundary: AreaRow, known: AreaRow | None) -> AreaRow:
    """The area with its boundary, and with a point inside it when nobody gave one."""
    bounded = replace(area, boundary=boundary.boundary, boundary_crs=boundary.boundary_crs)
    if area.lng is not None or (known and known.lng is not None) or boundary.boundary is None:
        return bounded
    inside = multipolygon(boundary.boundary).representative_point()
    return replace(bounded, lng=inside.x, lat=inside.y)


def _features(file: str, text: str) -> list[Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("not_geojson", file=file) from None
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise Refused("not_geojson", file=file)
    features = document.get("features")
    if not isinstance(features, list):
        raise Refused("not_geojson", file=file)
    return features


def _area(file: str, number: int, feature: Any, complaints: Complaints, crs: Crs) -> AreaRow | None:
    text = _code_text(feature)
    code = canonical_code(text)
    shape = _shape(feature, crs)
    if code is None:
        complaints.say(file, number, "code", text, CODE_SHAPE)
    if shape is None:
        complaints.say(file, number, "geometry", text, POLYGONS)
    if code is None or shape is None:
        return None
    boundary = shapely.to_wkb(shape, byte_order=1)
    return AreaRow(code, level_of(code), boundary=boundary, boundary_crs=crs)


def _code_text(feature: Any) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return ""
    return next((str(properties[name]) for name in CODE_PROPERTIES if name in properties), "")


def _shape(feature: Any, crs: Crs) -> shapely.MultiPolygon | None:
    """The feature's surface as a valid MultiPolygon in WGS-84, or None."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.ShapelyError, ValueError):
        return None
    if not isinstance(shape, shapely.Polygon | shapely.MultiPolygon) or not _in_degrees(shape):
        return None

    def convert(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_wgs84(points[:, 0], points[:, 1], crs))

    return _surface(shapely.make_valid(shapely.transform(shapely.force_2d(shape), convert)))


def _in_degrees(shape: BaseGeometry) -> bool:
    if shape.is_empty:
        return False
    west, south, east, north = shape.bounds
    return bool(-180 <= west <= east <= 180 and -90 <= south <= north <= 90)


def _surface(shape: BaseGeometry) -> shapely.MultiPolygon | None:
    """What encloses a surface; `make_valid` can leave lines where a polygon touched itself."""
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    nested = [part for part in shapely.get_parts(shape) if part.geom_type == "MultiPolygon"]
    polygons += [polygon for part in nested for polygon in part.geoms]
    return shapely.MultiPolygon(polygons) if polygons else None
