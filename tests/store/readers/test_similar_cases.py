"""Cases that may be the same hazard: the nearest are found, however many others lie around."""

from datetime import timedelta
from typing import Any

import pytest

from anlan.cases.similar import RECENT
from anlan.store.models import Case
from anlan.store.readers.cases import similar_cases
from anlan.store.readers.report_form import open_nearby
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import new

pytestmark = pytest.mark.django_db
METRE = 1 / 111_000
"""Degrees of latitude."""


def crowd(like: Case, count: int, *, metres: float, days: float) -> None:
    """Open cases like another, so far from it and opened so long before it."""
    stored = Case.objects.defer(None).values().get(pk=like.pk)
    moved = {"id": None, "lat": (like.lat or 0) + metres * METRE}
    moved["opened_at"] = like.opened_at - timedelta(days=days)
    Case.objects.bulk_create(Case(**stored | moved) for _ in range(count))


def metres_found(cast: Cast, case: Case) -> tuple[list[int | None], list[int]]:
    """How far away the cases are that a dispatcher and that a reporter is shown."""
    return (
        [each.metres for each in similar_cases(cast.liu, case)],
        [each.metres for each in open_nearby(case.pk)],
    )


def test_old_cases_at_a_busy_place_do_not_hide_a_new_one(cast: Cast) -> None:
    case = new(cast, NOON)
    crowd(case, 60, metres=1, days=RECENT.days + 1)
    crowd(case, 1, metres=5, days=1)

    assert metres_found(cast, case) == ([5], [10])


def test_of_many_cases_around_the_nearest_are_shown(cast: Cast) -> None:
    case = new(cast, NOON)
    crowd(case, 60, metres=140, days=1)
    crowd(case, 6, metres=40, days=2)
    crowd(case, 1, metres=20, days=3)

    assert metres_found(cast, case) == ([20, 40, 40, 40, 40], [20, 40, 40])


def test_what_was_opened_long_after_is_another_hazard(cast: Cast) -> None:
    case = new(cast, NOON)
    crowd(case, 1, metres=5, days=-RECENT.days - 1)

    assert metres_found(cast, case) == ([], [])


def test_a_case_without_a_point_is_like_those_of_its_village_at_an_unknown_distance(cast: Cast) -> None:
    case = new(cast, NOON)
    crowd(case, 1, metres=5, days=1)
    crowd(case, 6, metres=500, days=2)
    crowd(case, 1, metres=5, days=RECENT.days + 1)
    elsewhere = Case.objects.exclude(pk=case.pk).latest("opened_at")
    Case.objects.filter(pk=elsewhere.pk).update(area=cast.village_112, area_path=cast.village_112.path)
    other_kind = Case.objects.exclude(pk=elsewhere.pk).filter(opened_at__lt=NOON).latest("opened_at")
    Case.objects.filter(pk=other_kind.pk).update(category=cast.junction)
    Case.objects.filter(pk=case.pk).update(lng=None, lat=None)
    case.refresh_from_db()

    found = similar_cases(cast.carol, case)
    assert [each.metres for each in found] == [None] * 5
    assert {each.case.id for each in found}.isdisjoint({case.pk, elsewhere.pk, other_kind.pk})
    assert similar_cases(cast.dan, case) == []
    assert [each.metres for each in open_nearby(case.pk)] == []


def test_a_case_of_which_only_the_township_is_known_is_like_none(cast: Cast) -> None:
    case = new(cast, NOON)
    crowd(case, 1, metres=5, days=1)
    Case.objects.update(lng=None, lat=None, area=cast.township_11, area_path=cast.township_11.path)
    case.refresh_from_db()

    assert metres_found(cast, case) == ([], [])


def test_it_takes_one_query_with_a_point_and_without(cast: Cast, django_assert_num_queries: Any) -> None:
    case = new(cast, NOON)
    crowd(case, 3, metres=5, days=1)
    without = new(cast, NOON)
    without.lng = without.lat = None
    for each in (case, without):
        with django_assert_num_queries(1):
            similar_cases(cast.carol, each)
