"""Find the counties of 100,000 points: Taizhou's nine with their islands, or nine made up in their shape."""

import argparse
import json
import os
import time
from pathlib import Path

import _figures as figures
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from anlan.base.tables import Complaints
from anlan.places.boundary_files import multipolygon, read_boundaries
from anlan.places.lookup import AreaIndex
from anlan.places.terms import Crs

SHARED = Path(os.environ.get("ANLAN_SHARED", Path(__file__).parents[1] / "../shared"))
COUNTIES = SHARED / "data/taizhou_admin/taizhou_counties_datav_gcj02.geojson"
POINTS = 100_000
QUICK_POINTS = 2_000


def main() -> None:
    """Measure and print the best of five."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    boundaries = counties()
    figures.say(
        f"{len(boundaries)} counties, {sum(map(shapely.get_num_geometries, boundaries.values()))} parts"
    )
    lng, lat = points(boundaries, QUICK_POINTS if quick else POINTS)
    index = AreaIndex(boundaries)
    seconds = min(timed(index, lng, lat) for _ in range(1 if quick else 5))
    plain = timed_plain(boundaries, lng, lat)
    figures.at_most(f"area of {len(lng):,} points", seconds, "s", 2)
    figures.at_most(
        "area lookup beside asking each county alone",
        seconds,
        "s",
        10,
        reference="shapely.contains_xy of each county in degrees: inside or not, no nearest",
        reference_value=plain,
    )


def counties() -> dict[str, BaseGeometry]:
    """Nine counties by code."""
    if COUNTIES.exists():
        areas = read_boundaries(COUNTIES.name, COUNTIES.read_text(), Complaints(), Crs.GCJ02)
        return {one.area.code: multipolygon(one.area.boundary or b"") for one in areas}
    return {f"99010{number + 1}": made_up(number) for number in range(9)}


def made_up(number: int) -> BaseGeometry:
    """A round county of 400 corners with 23 islands of 20 to its east."""
    west, south = 120.3 + number % 3 * 0.55, 28.0 + number // 3 * 0.45
    main_part = shapely.Point(west, south).buffer(0.2, quad_segs=100)
    isles = [
        shapely.Point(west + 0.25, south - 0.2 + k * 0.018).buffer(0.006, quad_segs=5) for k in range(23)
    ]
    return shapely.MultiPolygon([main_part, *isles])


def points(boundaries: dict[str, BaseGeometry], count: int) -> tuple[np.ndarray, np.ndarray]:
    """Points all over the box around the counties."""
    west, south, east, north = shapely.total_bounds(list(boundaries.values()))
    rng = np.random.default_rng(331000)
    return rng.uniform(west, east, count), rng.uniform(south, north, count)


def timed(index: AreaIndex, lng: np.ndarray, lat: np.ndarray) -> float:
    """Seconds of one lookup of all points."""
    began = time.perf_counter()
    found = index.find(lng, lat)
    seconds = time.perf_counter() - began
    figures.say(
        json.dumps({"seconds": round(seconds, 3), "by confidence": np.bincount(found.confidence).tolist()})
    )
    return seconds


def timed_plain(boundaries: dict[str, BaseGeometry], lng: np.ndarray, lat: np.ndarray) -> float:
    """Seconds of the plain way."""
    began = time.perf_counter()
    for shape in boundaries.values():
        shapely.contains_xy(shapely.from_wkb(shapely.to_wkb(shape)), lng, lat)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
