"""The map and the list of public cases hold the same numbers, whatever is asked and however they are kept."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.cases.terms import State
from anlan.flows.count_public import add_up_counts
from anlan.flows.publish_cases import publish
from anlan.publishing.map_views import MOST_CELLS, View, bounded, cells_in_view, parent
from anlan.publishing.terms import PlaceRule, PublicState
from anlan.store.models import Case, PublicCase, PublicCountChange
from anlan.store.readers.public_cases import PublicFilters, public_cases
from anlan.store.readers.public_map import count_listed, counts_by_cell, counts_in_view, months_of
from tests.cast import Cast
from tests.conftest import NOON
from tests.examples import examples
from tests.flows.walks import new, walked_to


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


@settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
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


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    asked=ASKED,
    west=st.floats(121.0, 121.5),
    south=st.floats(28.2, 28.7),
    size=st.floats(0.005, 0.6),
    zoom=st.floats(0, 20),
)
def test_a_view_counts_every_listed_case_whose_cell_reaches_into_it(
    spread: list[Case], asked: PublicFilters, west: float, south: float, size: float, zoom: float
) -> None:
    view = View(west, south, west + size, south + size, zoom)

    seen = counts_in_view(asked, view)

    listed = [parent(each.cell or 0, seen.resolution) for each in public_cases(asked, limit=100)]
    inside = set(cells_in_view(view, seen.resolution))
    shown = listed if seen.is_whole else [cell for cell in listed if cell in inside]
    assert {cell: n for cell, n in seen.counts.items() if seen.is_whole or cell in inside} == Counter(shown)


@given(st.floats(120.6, 121.8), st.floats(28.1, 29.2), st.floats(0.01, 0.2), st.floats(0, 1), st.floats(0, 1))
def test_a_view_asks_for_the_cells_of_everything_in_it(
    west: float, south: float, size: float, u: float, v: float
) -> None:
    import h3

    cells = cells_in_view(View(west, south, west + size, south + size, 12), 7)

    inside = [h3.latlng_to_cell(south + v * size, west + u * size, at) for at in (6, 7)]
    assert {h3.str_to_int(each) for each in inside} <= set(cells)


@given(st.floats(-170, 160), st.floats(-80, 70), st.floats(0.01, 10), st.floats(0, 24))
def test_no_view_has_many_more_cells_than_an_answer_may_hold(
    west: float, south: float, size: float, zoom: float
) -> None:
    view = View(west, south, west + size, south + size, zoom)

    assert view.resolution <= 6 or len(cells_in_view(view, 9)) < 2 * 7 * 7 * MOST_CELLS


@given(st.integers(0, 900), st.integers(1, 6))
def test_what_is_bounded_holds_the_same_cases_in_few_cells(size: int, resolution: int) -> None:
    import h3

    around = h3.latlng_to_cell(28.66, 121.42, resolution)
    cells = [h3.str_to_int(cell) for cell in sorted(h3.grid_disk(around, 17))[:size]]
    counts = {0: 5} | {cell: at + 1 for at, cell in enumerate(cells)}

    few = bounded(counts, resolution)

    assert (sum(few.values()), few[0]) == (sum(counts.values()), 5)
    assert len(few) <= MOST_CELLS and (few == counts or len(counts) > MOST_CELLS)


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


@pytest.mark.parametrize("where", ["county_1", "village_111"])
def test_months_are_those_of_the_city_whether_they_are_kept_or_counted(cast: Cast, where: str) -> None:
    """The last minute of August and the first of September in the city; one of them was closed in October."""
    midnight = datetime(2026, 8, 31, 16, tzinfo=UTC)
    for minute in (-1, 0):
        new(cast, midnight + timedelta(minutes=minute))
    closed = walked_to(State.CLOSED, cast, midnight)
    Case.objects.filter(pk=closed.pk).update(closed_at=datetime(2026, 10, 31, 15, 59, tzinfo=UTC))
    publish(Case.objects.get(pk=closed.pk), NOON)

    months = months_of(PublicFilters(area_path=getattr(cast, where).path), date(2026, 8, 1))

    assert months == {date(2026, 8, 1): (1, 0), date(2026, 9, 1): (2, 0), date(2026, 10, 1): (0, 1)}
