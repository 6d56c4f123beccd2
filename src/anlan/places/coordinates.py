"""Between WGS-84, GCJ-02 (the coordinates of Chinese maps) and BD-09 (those of Baidu).

Neither system was ever published. The formulas are those in public use since 2010, known from many
independent implementations; they agree with the map providers' own converters to a few metres at worst. Our
inverses undo our forward formulas to a millimetre.
"""

from __future__ import annotations

from math import pi
from typing import TYPE_CHECKING

from anlan.base.when_used import when_used
from anlan.places.mainland import mainland
from anlan.places.terms import Crs

if TYPE_CHECKING:
    import numpy as np
    import shapely
    from numpy.typing import ArrayLike, NDArray
else:
    np = when_used("numpy")
    shapely = when_used("shapely")

type Degrees = NDArray[np.float64]

SEMI_MAJOR_M = 6378245.0
"""Of Krassovsky's ellipsoid, which GCJ-02 uses."""
ECCENTRICITY_SQUARED = 0.00669342162296594323
MIDDLE = (105.0, 35.0)
"""Longitude and latitude from which its formulas count."""
INVERSE_STEPS = 6
"""Each step divides the error (at most 1 km at the start) by more than 100."""
BAIDU_TURN = pi * 3000 / 180


def to_wgs84(lng: ArrayLike, lat: ArrayLike, crs: Crs) -> tuple[Degrees, Degrees]:
    """WGS-84 of points given in `crs`: longitudes and latitudes in degrees, of any one shape.

    Undoes `from_wgs84` to 1 mm for points of the mainland. Within 1 km outside its border two points of
    WGS-84 can share one of GCJ-02; the one inside is taken.
    """
    x, y = np.asarray(lng, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    match crs:
        case Crs.WGS84:
            return x, y
        case Crs.GCJ02:
            return _gcj02_to_wgs84(x, y)
        case Crs.BD09:
            return _gcj02_to_wgs84(*_bd09_to_gcj02(x, y))


def from_wgs84(lng: ArrayLike, lat: ArrayLike, crs: Crs) -> tuple[Degrees, Degrees]:
    """The same points in `crs`; GCJ-02 leaves points outside the mainland as they are."""
    x, y = np.asarray(lng, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    match crs:
        case Crs.WGS84:
            return x, y
        case Crs.GCJ02:
            return _wgs84_to_gcj02(x, y)
        case Crs.BD09:
            return _gcj02_to_bd09(*_wgs84_to_gcj02(x, y))


def point_to_wgs84(lng: float, lat: float, crs: Crs) -> tuple[float, float]:
    """One point, see `to_wgs84`."""
    x, y = to_wgs84(lng, lat, crs)
    return float(x), float(y)


def point_from_wgs84(lng: float, lat: float, crs: Crs) -> tuple[float, float]:
    """One point, see `from_wgs84`."""
    x, y = from_wgs84(lng, lat, crs)
    return float(x), float(y)


def on_mainland(lng: Degrees, lat: Degrees) -> NDArray[np.bool_]:
    """Does GCJ-02 apply at these points of WGS-84?"""
    return np.asarray(shapely.contains_xy(mainland(), lng, lat))


def _wgs84_to_gcj02(lng: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    inside = on_mainland(lng, lat)
    east, north = _shift(*_only(inside, lng, lat))
    return np.where(inside, lng + east, lng), np.where(inside, lat + north, lat)


def _gcj02_to_wgs84(lng: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    given_x, given_y = x, y = _only(_near_mainland(lng, lat), lng, lat)
    for _ in range(INVERSE_STEPS):
        east, north = _shift(x, y)
        x, y = given_x - east, given_y - north
    inside = on_mainland(x, y) & _near_mainland(lng, lat)
    return np.where(inside, x, lng), np.where(inside, y, lat)


def _near_mainland(lng: Degrees, lat: Degrees) -> NDArray[np.bool_]:
    """Is it worth a look? A box, one degree wider than the polygon."""
    west, south, east, north = mainland().bounds
    return np.asarray((lng > west - 1) & (lng < east + 1) & (lat > south - 1) & (lat < north + 1))


def _only(which: NDArray[np.bool_], lng: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """These points, and the middle of the formulas for the others: at the poles they have no value."""
    return np.where(which, lng, MIDDLE[0]), np.where(which, lat, MIDDLE[1])


def _shift(lng: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """How far GCJ-02 lies east and north of WGS-84, in degrees."""
    east_m, north_m = _shift_m(lng - MIDDLE[0], lat - MIDDLE[1])
    phi = np.radians(lat)
    curve = 1 - ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    meridian = SEMI_MAJOR_M * (1 - ECCENTRICITY_SQUARED) / curve**1.5
    parallel = SEMI_MAJOR_M / np.sqrt(curve) * np.cos(phi)
    return np.degrees(east_m / parallel), np.degrees(north_m / meridian)


def _shift_m(x: Degrees, y: Degrees) -> tuple[Degrees, Degrees]:
    """The same in metres, from degrees east of 105 and north of 35."""
    root = 0.1 * np.sqrt(np.abs(x))
    shared = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    east = 300 + x + 2 * y + 0.1 * x**2 + 0.1 * x * y + root
    east += (shared + _waves(x, (20, 1), (40, 3), (150, 12), (300, 30))) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y**2 + 0.1 * x * y + 2 * root
    north += (shared + _waves(y, (20, 1), (40, 3), (160, 12), (320, 30))) * 2 / 3
    return east, north


def _waves(x: Degrees, *terms: tuple[float, float]) -> Degrees:
    """Sum of size * sin(pi x / width) over (size, width)."""
    total = np.zeros_like(x)
    for size, width in terms:
        total = total + size * np.sin(np.pi * x / width)
    return total


def _gcj02_to_bd09(lng: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    radius = np.hypot(lng, lat) + 0.00002 * np.sin(lat * BAIDU_TURN)
    angle = np.arctan2(lat, lng) + 0.000003 * np.cos(lng * BAIDU_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _bd09_to_gcj02(lng: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    x, y = lng - 0.0065, lat - 0.006
    for _ in range(INVERSE_STEPS):
        there_x, there_y = _gcj02_to_bd09(x, y)
        x, y = x + (lng - there_x), y + (lat - there_y)
    return x, y
