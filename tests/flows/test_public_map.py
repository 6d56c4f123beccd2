"""The map and the list of public cases hold the same numbers, whatever is asked and however they are kept."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.flows.count_public import add_up_counts
from anlan.flows.publish_cases import publish
from anlan.publishing.map_views import View, cells_in_view
from anlan.publishing.terms import PlaceRule, PublicState
from anlan.store.models import Case, PublicCase, PublicCountChange
from anlan.store.readers.public_cases import PublicFilters, public_cases
from anlan.store.readers.public_map import count_listed, counts_by_cell, figures_of
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import new


@pytest.fixture
def spread(cast: Cast) -> list[Case]:
    """Eight cases: three at the pond, two nearby, two far away, one whose place is not known."""
    places = [(121.42, 28.66)] * 3 + [(121.44, 28.68)] * 2 + [(121.1, 28.9), (121.9, 28.3), (None, None)]
    made = []
    for number, (lng, lat) in enumerate(places):
        case = new(cast, NOON + timedelta(days=40 * number))
        case.lng, case.lat = lng, lat
        case.save()
        publish(case, NOON)
        made.append(case)
    PublicCase.objects.filter(pk__in=[made[0].pk, made[5].pk]).update(state=PublicState.DONE)
    return made


ASKED = st.builds(
    PublicFilters,
    states=st.sampled_from(((), (PublicState.DONE,), (PublicState.RECEIVED, PublicState.IN_HAND))),
    since=st.sampled_from((None, date(2026, 12, 1), date(2027, 3, 1))),
    until=st.sampled_from((None, date(2027, 5, 1))),
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=ASKED, resolution=st.integers(0, 9), add_up=st.booleans())
def test_map_and_list_hold_the_same_cases(
    spread: list[Case], asked: PublicFilters, resolution: int, add_up: bool
) -> None:
    if add_up:
        add_up_counts(acting_user=None)

    listed = len(public_cases(asked, limit=100))

    assert sum(counts_by_cell(asked, resolution).values()) == count_listed(asked) == listed


def test_adding_up_changes_leaves_none_and_changes_no_number(spread: list[Case]) -> None:
    before = counts_by_cell(PublicFilters(), 6)

    add_up_counts(acting_user=None)

    assert counts_by_cell(PublicFilters(), 6) == before
    assert not PublicCountChange.objects.exists()


def test_a_hidden_case_is_on_no_map_and_in_no_list(spread: list[Case]) -> None:
    PublicCase.objects.filter(pk=spread[0].pk).update(shown=False)

    assert count_listed(PublicFilters()) == sum(counts_by_cell(PublicFilters(), 5).values()) == 7


@given(st.floats(120.6, 121.8), st.floats(28.1, 29.2), st.floats(0.01, 0.2), st.floats(0, 1), st.floats(0, 1))
def test_a_view_asks_for_the_cells_of_everything_in_it(
    west: float, south: float, size: float, u: float, v: float
) -> None:
    import h3

    cells = cells_in_view(View(west, south, west + size, south + size, 12))

    inside = h3.latlng_to_cell(south + v * size, west + u * size, 7)
    assert cells is not None and h3.str_to_int(inside) in cells


def test_the_map_answers_with_places_near_in_and_cells_far_out(cast: Cast, spread: list[Case]) -> None:
    PublicCase.objects.filter(pk=spread[3].pk).update(place_rule=PlaceRule.EXACT)
    browser = Client()

    far = browser.get("/public/map.json?bbox=120,28,123,30&zoom=7").json()
    near = browser.get("/public/map.json?bbox=121.40,28.64,121.46,28.70&zoom=15").json()

    assert (far["total"], far["placeless"], sum(each["n"] for each in far["cells"])) == (8, 1, 7)
    assert [each["address"] for each in near["points"]] == [f"/public/cases/{spread[3].pk}/"]
    assert sum(each["n"] for each in near["cells"]) == 4


@pytest.mark.parametrize(
    "view", ["", "bbox=x&zoom=y", "bbox=1,2,3&zoom=3", "bbox=9,9,1,1&zoom=99", "zoom=nan"]
)
def test_a_view_that_is_rubbish_is_the_whole_from_afar(cast: Cast, spread: list[Case], view: str) -> None:
    assert Client().get(f"/public/map.json?{view}").json()["total"] == 8


def test_the_days_of_figures_begin_at_midnight_of_the_city(cast: Cast) -> None:
    first_day = date(2026, 8, 26)
    for minute in (-1, 0):
        new(cast, datetime(2026, 8, 25, 16, tzinfo=UTC) + timedelta(minutes=minute))

    figures = figures_of(PublicFilters(), first_day + timedelta(days=89))

    assert (figures.since, figures.reported) == (first_day, 1)
