"""The lines of an overview add up to its total, whatever has ended since."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.cases.terms import State
from anlan.store.models import Area, Case, Category
from anlan.store.readers.overview import NAMES, Overview, overview
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import new, walked_to

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=9)


def counts(lines: object) -> list[int]:
    """The sums of lines, column by column."""
    return [sum(getattr(line, name) for line in lines) for name in NAMES]  # type: ignore[attr-defined]


def check_sums(view: Overview) -> None:
    total = [getattr(view.total, name) for name in NAMES]
    assert counts(view.categories) == total
    if view.areas:
        assert counts(view.areas) == total


def some_cases(cast: Cast) -> None:
    """Cases in many places, in several states, one of which is known by its county alone."""
    for state in (State.NEW, State.IN_PROGRESS, State.CLOSED):
        walked_to(state, cast, NOON)
    places = (cast.county_1, cast.township_12, cast.village_211, cast.city)
    for area in places:
        case = new(cast, NOON)
        Case.objects.filter(pk=case.pk).update(area=area, area_path=area.path)


def test_the_lines_add_up_at_every_level(cast: Cast) -> None:
    some_cases(cast)

    for code in ("990100", "990101", "990102", "990101001", "990101001201"):
        check_sums(overview(cast.liu, code, LATER))
    assert counts([overview(cast.liu, "990100", LATER).total]) == [6, 6, 0, 1]


def test_cases_of_which_no_smaller_area_is_known_have_a_line_of_their_own(cast: Cast) -> None:
    some_cases(cast)

    county = overview(cast.carol, "990101", LATER)

    assert [(line.code, line.open, line.is_rest) for line in county.areas] == [
        ("990101001", 2, False),
        ("990101002", 1, False),
        ("990101", 1, True),
    ]


def test_what_happened_in_an_area_that_ended_or_of_a_category_out_of_use_stays_in_the_lists(
    cast: Cast,
) -> None:
    some_cases(cast)
    Area.objects.filter(code="990101001").update(in_use=False)
    Category.objects.update(active=False)

    county = overview(cast.carol, "990101", LATER)

    check_sums(county)
    assert [(line.code, line.in_use) for line in county.areas] == [
        ("990101001", False),
        ("990101002", True),
        ("990101", True),
    ]
    assert [(line.code, line.open, line.in_use) for line in county.categories] == [("water", 4, False)]


def test_areas_that_ended_without_a_case_are_left_out(cast: Cast) -> None:
    Area.objects.filter(code="990101001").update(in_use=False)
    Category.objects.filter(code="fire").update(active=False)

    county = overview(cast.carol, "990101", LATER)

    assert [line.code for line in county.areas] == ["990101002"]
    assert [line.code for line in county.categories] == ["water", "road"]


def test_areas_come_with_the_place_of_their_names(cast: Cast) -> None:
    Area.objects.filter(code="990102").update(lng=None)

    city = overview(cast.liu, "", LATER)

    assert [(line.code, line.lng, line.lat) for line in city.areas] == [
        ("990101", cast.county_1.lng, cast.county_1.lat),
        ("990102", None, cast.county_2.lat),
    ]
    assert (city.has_map, overview(cast.liu, "990101001201", LATER).has_map) == (True, False)


def test_an_overview_asks_the_same_number_of_questions_for_any_number_of_rows(cast: Cast) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            overview(cast.liu, "990101", LATER)
        return len(asked)

    new(cast, NOON)
    few = questions()
    some_cases(cast)
    Category.objects.update(active=False)

    assert questions() == few == 5
