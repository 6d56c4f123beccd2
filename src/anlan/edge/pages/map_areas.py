"""/map/areas.geojson: our own boundaries, the ground of every map while no other basemap is set."""

import json
from collections.abc import Iterable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from anlan.store.readers.boundaries import Extent, Outline, boundaries_mark, known_extent, outlines

SMOOTH = 0.0003
"""Degrees, about 30 m: less than a line's width at the scale of a county."""


@require_safe
@cache_control(public=True, max_age=300)
@condition(etag_func=lambda request: f'"{_mark()}"')
def areas(request: HttpRequest) -> HttpResponse:
    """Counties and townships with name, code and level; drawn anew only when the areas changed.

    A city without boundaries has a `bbox` (RFC 7946, section 5) all the same: its maps begin there.
    """
    return HttpResponse(_drawn(_mark()), content_type="application/geo+json")


def _mark() -> str:
    """Changes whenever the answer does."""
    mark = boundaries_mark()
    return f"{mark}-{_rounded(known_extent())}" if mark.startswith("0-") else mark


@lru_cache(maxsize=1)
def _drawn(mark: str) -> bytes:
    drawn = list(outlines())
    found = feature_collection(drawn)
    if not drawn and (extent := _rounded(known_extent())):
        found["bbox"] = extent
    return json.dumps(found, ensure_ascii=False).encode()


def _rounded(extent: Extent | None) -> list[float]:
    """To about 100 m: a map begins there, nothing is read from it."""
    return [round(side, 3) for side in extent or ()]


def feature_collection(drawn: list[Outline]) -> dict[str, object]:
    """GeoJSON (RFC 7946) of outlines, simplified so that neighbours still touch, to about a metre.

    Each area comes twice: its shape, and the point furthest inside of it, where its name is written once. A
    name that belongs to a shape would be written once on each tile.
    """
    import shapely  # only a process that draws a map needs it

    features: list[dict[str, object]] = []
    for level in dict.fromkeys(each.level for each in drawn):
        peers = [each for each in drawn if each.level == level]
        shapes = shapely.coverage_simplify(shapely.from_wkb([each.boundary for each in peers]), SMOOTH)
        rounded = shapely.set_precision(shapes, 0.00001, mode="pointwise")
        features.extend(_features(peers, map(json.loads, shapely.to_geojson(rounded))))
        circles = shapely.maximum_inscribed_circle(shapes, tolerance=0.001)
        middles = shapely.set_precision(shapely.get_point(circles, 0), 0.00001, mode="pointwise")
        features.extend(_features(peers, map(json.loads, shapely.to_geojson(middles))))
    return {"type": "FeatureCollection", "features": features}


def _features(peers: list[Outline], shapes: Iterable[object]) -> Iterable[dict[str, object]]:
    for each, shape in zip(peers, shapes, strict=True):
        facts = {"code": each.code, "name": each.name, "level": each.level}
        yield {"type": "Feature", "properties": facts, "geometry": shape}


urlpatterns = [path("map/areas.geojson", areas, name="map_areas")]
