"""How exactly a place is shown."""

import h3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.cases.terms import State
from anlan.publishing.places import FINEST, cell_resolution, outline, public_place
from anlan.publishing.public_states import PUBLIC
from anlan.publishing.terms import PlaceRule, PublicPlace

LNGS, LATS = st.floats(120.5, 122), st.floats(28, 29.4)
KINDS = st.sampled_from(("社区", "村", "街道", "镇", ""))


@given(LNGS, LATS, st.floats(0, 1), st.floats(0, 1), KINDS, st.integers(5, 200))
def test_two_points_in_one_cell_cannot_be_told_apart(
    lng: float, lat: float, u: float, v: float, kind: str, homes: int
) -> None:
    one = public_place(PlaceRule.CELL, lng, lat, area_kind=kind, homes=homes)
    assert one.lng is not None and one.lat is not None and one.cell is not None
    corner = outline(one.cell)[0]
    other = (one.lng + (corner[0] - one.lng) * u * 0.9, one.lat + (corner[1] - one.lat) * v * 0.9)
    if (
        h3.str_to_int(h3.latlng_to_cell(other[1], other[0], h3.get_resolution(h3.int_to_str(one.cell))))
        == one.cell
    ):
        assert public_place(PlaceRule.CELL, *other, area_kind=kind, homes=homes) == one


@given(LNGS, LATS, KINDS)
def test_the_point_that_is_shown_is_not_the_true_one(lng: float, lat: float, kind: str) -> None:
    shown = public_place(PlaceRule.CELL, lng, lat, area_kind=kind, homes=20)

    assert shown.cell is not None
    mid_lat, mid_lng = h3.cell_to_latlng(h3.int_to_str(shown.cell))
    assert (shown.lng, shown.lat) == (round(mid_lng, 6), round(mid_lat, 6))


@given(KINDS, st.integers(5, 1000), st.integers(5, 1000))
def test_more_homes_never_make_a_smaller_cell(kind: str, few: int, more: int) -> None:
    few, more = sorted((few, more))

    assert cell_resolution(kind, more) <= cell_resolution(kind, few) <= FINEST


@given(LNGS, LATS)
def test_an_exact_place_is_its_point(lng: float, lat: float) -> None:
    shown = public_place(PlaceRule.EXACT, lng, lat, area_kind="村", homes=20)

    assert (shown.rule, shown.lng, shown.lat) == (PlaceRule.EXACT, lng, lat)


@pytest.mark.parametrize("rule", [PlaceRule.AREA, PlaceRule.NEVER])
def test_a_kind_of_which_the_place_is_held_back_has_its_area_alone(rule: PlaceRule) -> None:
    assert public_place(rule, 121.4, 28.6, area_kind="村", homes=20) == PublicPlace(PlaceRule.AREA)


def test_every_state_has_a_word_for_the_public() -> None:
    assert set(PUBLIC) == set(State)
