"""In which area a point lies."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlan.places.lookup import AreaIndex, Confidence

MAINLAND = shapely.box(121.0, 28.0, 121.5, 28.5)
ISLAND = shapely.box(121.8, 28.2, 121.9, 28.3)
NEIGHBOUR = shapely.box(121.5, 28.0, 121.7, 28.5)
INDEX = AreaIndex({"331081": shapely.MultiPolygon([MAINLAND, ISLAND]), "331082": NEIGHBOUR})


def test_a_point_on_an_island_lies_in_its_county() -> None:
    assert INDEX.code_of(121.85, 28.25) == ("331081", Confidence.INSIDE)


def test_a_point_just_off_the_coast_is_nearest_and_says_how_far() -> None:
    found = INDEX.find([121.802, 121.799], [28.31, 28.31], near_m=1200)

    assert [INDEX.codes[place] for place in found.area] == ["331081", "331081"]
    assert found.confidence.tolist() == [Confidence.NEAREST, Confidence.NEAREST]
    assert np.allclose(found.distance_m, [1112, 1116], atol=3)


def test_a_point_far_out_is_unknown() -> None:
    assert INDEX.code_of(123.0, 28.2) == (None, Confidence.UNKNOWN)


def test_a_point_on_a_common_border_goes_to_the_lower_code() -> None:
    assert INDEX.code_of(121.5, 28.2) == ("331081", Confidence.INSIDE)


def test_rows_without_a_place_are_unknown() -> None:
    found = INDEX.find([np.nan, 121.2], [np.nan, 28.2])

    assert (found.area.tolist(), found.confidence.tolist()) == ([-1, 0], [0, 2])


def test_no_areas_know_nothing() -> None:
    assert AreaIndex({}).code_of(121.2, 28.2) == (None, Confidence.UNKNOWN)


@given(st.lists(st.tuples(st.floats(120.9, 122.0), st.floats(27.9, 28.6)), min_size=1, max_size=40))
def test_answers_agree_with_plain_geometry(points: list[tuple[float, float]]) -> None:
    lng, lat = np.array(points).T
    found = INDEX.find(lng, lat, near_m=0)

    wanted = [
        0 if MAINLAND.covers(point) or ISLAND.covers(point) else 1 if NEIGHBOUR.covers(point) else -1
        for point in shapely.points(lng, lat)
    ]
    rim = shapely.union_all([MAINLAND.boundary, ISLAND.boundary, NEIGHBOUR.boundary])
    clear = shapely.distance(rim, shapely.points(lng, lat)) > 1e-9  # the plane rounds on the line itself
    assert found.area[clear].tolist() == np.array(wanted)[clear].tolist()
