"""A hazard that comes back is linked to the case before, and its place counted."""

from datetime import datetime, timedelta

import pytest

from anlan.base.errors import Refused
from anlan.cases.terms import State
from anlan.flows.link_recurrence import undo_recurrence
from anlan.store.models import Case, Recurrence, ReturningPlace
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import new, walked_to

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def closed(cast: Cast, at: datetime) -> Case:
    return walked_to(State.CLOSED, cast, at)


def links() -> list[tuple[int, int]]:
    rows = Recurrence.objects.filter(undone_at=None).order_by("pk")
    return [(row.case_id, row.earlier_id) for row in rows]


def places() -> dict[int, int]:
    return dict(ReturningPlace.objects.values_list("first", "returns"))


def test_a_third_time_is_counted_at_the_place_of_the_first(cast: Cast) -> None:
    first, second = closed(cast, NOON), closed(cast, NOON + DAY)
    third = new(cast, NOON + 2 * DAY)

    assert links() == [(second.pk, first.pk), (third.pk, second.pk)]
    assert places() == {first.pk: 2}
    assert ReturningPlace.objects.get().last_at == NOON + 2 * DAY


def test_another_family_or_a_place_further_away_or_much_later_is_no_return(cast: Cast) -> None:
    closed(cast, NOON)
    cast.open_water.recurs_days = 1
    cast.open_water.save()
    new(cast, NOON + 3 * DAY)

    assert links() == []


def test_an_open_case_is_not_one_that_came_back(cast: Cast) -> None:
    new(cast, NOON)
    new(cast, NOON + DAY)

    assert links() == []


def test_undone_with_a_reason_what_came_after_is_a_place_of_its_own(cast: Cast) -> None:
    first, second, third = (closed(cast, NOON + n * DAY) for n in range(3))
    fourth = new(cast, NOON + 3 * DAY)
    assert places() == {first.pk: 3}

    def undo(reason: str) -> Case:
        case = Case.objects.get(pk=third.pk)
        return undo_recurrence(
            acting_user=cast.carol, case_id=case.pk, version=case.version, now=NOON + 4 * DAY, reason=reason
        )

    with pytest.raises(Refused, match="reason_missing"):
        undo(" ")
    undo("另一处栏杆")
    assert places() == {first.pk: 1, third.pk: 1}
    assert links() == [(second.pk, first.pk), (fourth.pk, third.pk)]
    assert ReturningPlace.objects.get(first=first).last_at == NOON + DAY
    with pytest.raises(Refused, match="no_recurrence"):
        undo("twice")
