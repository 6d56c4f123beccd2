"""Coordinates at the door: known points, exact inverses, and where GCJ-02 applies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.places.coordinates import from_wgs84, on_mainland, point_from_wgs84, point_to_wgs84, to_wgs84
from anlan.places.terms import Crs

DEGREE_M = 111_320
MAINLAND_LNG = st.floats(73.0, 135.5)
MAINLAND_LAT = st.floats(18.0, 54.0)


def apart_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two points that lie close together."""
    narrow = np.cos(np.radians(one[1]))
    return float(np.hypot((one[0] - other[0]) * narrow, one[1] - other[1])) * DEGREE_M


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)
def test_published_pairs_of_wgs84_and_gcj02_agree(
    wgs84: tuple[float, float], gcj02: tuple[float, float]
) -> None:
    assert apart_m(point_from_wgs84(*wgs84, Crs.GCJ02), gcj02) < 0.01


def test_a_published_pair_of_gcj02_and_bd09_agrees() -> None:
    wgs84 = point_to_wgs84(116.404, 39.915, Crs.GCJ02)

    assert apart_m(point_from_wgs84(*wgs84, Crs.BD09), (116.41036949371029, 39.92133699351021)) < 0.01


@given(lng=MAINLAND_LNG, lat=MAINLAND_LAT, crs=st.sampled_from(Crs))
def test_on_the_mainland_there_and_back_is_half_a_metre_at_worst(lng: float, lat: float, crs: Crs) -> None:
    if not on_mainland(np.array(lng), np.array(lat)):
        return
    assert apart_m(point_to_wgs84(*point_from_wgs84(lng, lat, crs), crs), (lng, lat)) <= 0.5


@given(lng=st.floats(-180, 180), lat=st.floats(-90, 90), crs=st.sampled_from(Crs))
def test_every_point_of_the_earth_has_an_answer(lng: float, lat: float, crs: Crs) -> None:
    there = point_from_wgs84(lng, lat, crs)

    assert np.isfinite([*there, *point_to_wgs84(*there, crs)]).all()


@pytest.mark.parametrize(
    "place",
    [
        pytest.param((121.42, 28.66), id="Taizhou"),
        pytest.param((121.90, 28.46), id="Dachen islands"),
        pytest.param((122.69, 30.19), id="Dongji islands"),
        pytest.param((114.06, 22.54), id="Shenzhen, Futian"),
        pytest.param((113.55, 22.24), id="Zhuhai, Gongbei"),
        pytest.param((113.52, 22.13), id="Zhuhai, Hengqin"),
        pytest.param((118.13, 24.47), id="Xiamen"),
        pytest.param((118.33, 24.56), id="Xiamen, Dadeng"),
        pytest.param((119.79, 25.51), id="Pingtan"),
        pytest.param((109.51, 18.25), id="Sanya"),
        pytest.param((75.99, 39.47), id="Kashgar"),
        pytest.param((123.26, 53.48), id="Mohe, the northernmost village"),
        pytest.param((129.84, 42.96), id="Tumen"),
        pytest.param((111.96, 43.64), id="Erenhot"),
        pytest.param((107.97, 21.55), id="Dongxing"),
    ],
)
def test_gcj02_applies_on_the_mainland(place: tuple[float, float]) -> None:
    assert 100 < apart_m(point_from_wgs84(*place, Crs.GCJ02), place) < 1000


@pytest.mark.parametrize(
    "place",
    [
        pytest.param((114.158, 22.285), id="Hong Kong, Central"),
        pytest.param((114.128, 22.502), id="Hong Kong, Sheung Shui"),
        pytest.param((113.543, 22.190), id="Macau"),
        pytest.param((113.560, 22.150), id="Macau, Taipa"),
        pytest.param((121.565, 25.033), id="Taipei"),
        pytest.param((118.317, 24.432), id="Kinmen"),
        pytest.param((119.928, 26.152), id="Matsu"),
        pytest.param((126.978, 37.566), id="Seoul"),
        pytest.param((125.75, 39.02), id="Pyongyang"),
        pytest.param((105.85, 21.03), id="Hanoi"),
        pytest.param((106.91, 47.92), id="Ulan Bator"),
        pytest.param((85.32, 27.71), id="Kathmandu"),
        pytest.param((131.89, 43.12), id="Vladivostok"),
        pytest.param((-73.99, 40.69), id="New York"),
    ],
)
def test_gcj02_does_not_apply_elsewhere(place: tuple[float, float]) -> None:
    assert point_from_wgs84(*place, Crs.GCJ02) == place
    assert point_to_wgs84(*place, Crs.GCJ02) == place


def test_arrays_give_what_single_points_give() -> None:
    lng, lat = np.array([[121.4, 114.158], [-87.6, 116.4]]), np.array([[28.6, 22.285], [41.8, 39.9]])

    for crs in Crs:
        pairs = zip(lng.ravel(), lat.ravel(), strict=True)
        single = np.array([point_to_wgs84(x, y, crs) for x, y in pairs])
        assert np.array_equal(np.stack(to_wgs84(lng, lat, crs), axis=-1).reshape(-1, 2), single)
        assert from_wgs84(lng, lat, crs)[0].shape == (2, 2)
