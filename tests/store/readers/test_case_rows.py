"""What lists read of cases: the rows of the query that chose them, in its order, with Django's own values."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT

from anlan.cases.terms import State
from anlan.store.models import Case
from anlan.store.readers.case_rows import _COLUMNS, CaseRow, case_rows
from tests.cast import build_cast
from tests.flows.walks import walked_to

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

type Cases = QuerySet[Case]


@pytest.fixture(scope="module")
def scene(kept_rows: None) -> None:
    """Cases in several states; one was given a unit by the rules, one has no deadline: stored once."""
    cast = build_cast()
    for hours, state in enumerate((State.NEW, State.DISPATCHED, State.NEW, State.CLOSED)):
        walked_to(state, cast, NOON + timedelta(hours=hours))
    first = Case.objects.order_by("pk")[0]
    Case.objects.filter(pk=first.pk).update(route_reason={"unit_name": "100% 护栏“站”"})
    connection.check_constraints()


@pytest.fixture
def city(db: None, scene: None) -> Cases:
    return Case.objects.all()


@pytest.mark.parametrize(
    "choose",
    [
        lambda cases: cases.order_by("due_at", "pk"),
        lambda cases: cases.order_by("-opened_at", "-pk")[:2],
        lambda cases: cases.order_by("pk")[1:3],
        lambda cases: cases.filter(Q(category__parent=None) | Q(area__level="village")).order_by("pk"),
        lambda cases: cases.filter(title__contains="100%").order_by("pk"),
        lambda cases: cases.none().order_by("pk"),
        lambda cases: cases.filter(pk__in=[]).order_by("pk"),
    ],
)
def test_rows_are_those_of_the_query_in_its_order(city: Cases, choose: Callable[[Cases], Cases]) -> None:
    chosen = choose(city)

    plain = [CaseRow(*row) for row in chosen.values_list(*_COLUMNS, KT("route_reason__unit_name"))]

    assert case_rows(chosen) == plain


def test_rows_are_read_in_one_query(city: Cases, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        rows = case_rows(city.order_by("pk"))

    assert (len(rows), rows[0].suggested_unit) == (4, "100% 护栏“站”")
