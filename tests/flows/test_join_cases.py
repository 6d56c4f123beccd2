"""Two cases are one hazard; the join can be undone."""

from datetime import timedelta

import pytest

from anlan.base.errors import NotFound, Refused
from anlan.cases.terms import State
from anlan.flows.join_cases import join_case, undo_join
from anlan.store.models import Case
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import new, walked_to

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=20)


def with_report(cast: Cast, words: str) -> Case:
    case = new(cast, NOON, words)
    case.reports.create(channel="web", category=case.category, words=words, area=case.area, received_at=NOON)
    return case


def test_a_joined_case_gives_its_reports_and_stops(cast: Cast) -> None:
    first, second = with_report(cast, "护栏断了"), with_report(cast, "栏杆缺了一段")

    joined = join_case(acting_user=cast.carol, case_id=second.pk, version=0, now=LATER, into_id=first.pk)

    first.refresh_from_db()
    assert (joined.state, joined.merged_into, joined.due_at, joined.report_count) == (
        State.MERGED,
        first,
        None,
        0,
    )
    assert (first.report_count, first.reports.count(), first.version) == (2, 2, 1)
    assert first.events.last().step == "joined"  # type: ignore[union-attr]


def test_undone_both_cases_stand_where_they_stood(cast: Cast) -> None:
    first, second = with_report(cast, "护栏断了"), with_report(cast, "栏杆缺了一段")
    due = second.due_at
    joined = join_case(acting_user=cast.carol, case_id=second.pk, version=0, now=LATER, into_id=first.pk)

    back = undo_join(acting_user=cast.carol, case_id=second.pk, version=joined.version, now=LATER)

    first.refresh_from_db()
    assert (back.state, back.merged_into, back.due_at, back.report_count) == (State.NEW, None, due, 1)
    assert [report.words for report in back.reports.all()] == ["栏杆缺了一段"]
    assert (first.report_count, first.reports.count()) == (1, 1)


def test_an_ended_case_takes_no_more(cast: Cast) -> None:
    closed, late = walked_to(State.CLOSED, cast, NOON), new(cast, NOON)

    with pytest.raises(Refused, match="join_needs_open_case"):
        join_case(acting_user=cast.carol, case_id=late.pk, version=0, now=LATER, into_id=closed.pk)


def test_a_case_that_may_not_be_seen_cannot_be_joined(cast: Cast) -> None:
    case = new(cast, NOON)

    with pytest.raises(NotFound):
        join_case(acting_user=cast.carol, case_id=case.pk, version=0, now=LATER, into_id=case.pk + 999)
    with pytest.raises(Refused, match="join_with_itself"):
        join_case(acting_user=cast.carol, case_id=case.pk, version=0, now=LATER, into_id=case.pk)
