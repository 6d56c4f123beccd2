"""Which open cases may be about the same hazard."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from anlan.cases.similar import NEAR_M, Similar, box_around, distance_m, similar

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Spot:
    id: int
    lng: float | None
    lat: float | None
    opened_at: datetime = NOON


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert round(distance_m(121.0, 28.0, 121.0, 29.0)) == 111_195


def test_nearest_comes_first_and_what_is_far_or_old_or_nowhere_is_left_out() -> None:
    spots = [
        Spot(1, 121.0010, 28.5),
        Spot(2, 121.0001, 28.5),
        Spot(3, 121.1, 28.5),
        Spot(4, None, None),
        Spot(5, 121.0, 28.5, NOON - timedelta(days=91)),
    ]
    assert similar(spots, 121.0, 28.5, NOON) == [Similar(2, 10), Similar(1, 98)]


@given(
    st.floats(-179, 179), st.floats(-80, 80), st.floats(0, 1), st.floats(-0.01, 0.01), st.floats(-0.01, 0.01)
)
def test_the_box_holds_every_point_that_is_near(
    lng: float, lat: float, share: float, east: float, north: float
) -> None:
    other_lng, other_lat = lng + east * share, lat + north * share
    if distance_m(lng, lat, other_lng, other_lat) <= NEAR_M:
        west_edge, south_edge, east_edge, north_edge = box_around(lng, lat)
        assert west_edge <= other_lng <= east_edge
        assert south_edge <= other_lat <= north_edge
