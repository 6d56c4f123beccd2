"""Open cases follow the calendar beside other processes: killed in the middle, and two lanes at once."""

from collections import Counter
from datetime import datetime, timedelta
from threading import Thread

import pytest
from django.db import connections, transaction

from anlan.cases.terms import State
from anlan.flows import manage_calendar
from anlan.flows import recompute_deadlines as flows
from anlan.flows.park_case import park_case
from anlan.store.models import CalendarRun, Case, CaseEvent, StageClock
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.beside import WITHIN, asked, process_beside, wait_until_gone, waiting_backend
from tests.flows.made_calendars import HOLIDAY, gone_through, on, tried, working_limits
from tests.flows.walks import walked_to

pytestmark = pytest.mark.django_db(transaction=True)
MORNING = NOON - timedelta(hours=3)
DAY = timedelta(days=1)


@pytest.fixture
def cases(cast: Cast) -> list[Case]:
    """Six cases that a unit has in hand, in working days."""
    working_limits(cast)
    return [walked_to(State.IN_PROGRESS, cast, MORNING - timedelta(hours=5)) for _ in range(6)]


@pytest.fixture
def run(cast: Cast, cases: list[Case]) -> CalendarRun:
    """A holiday put in force, before anybody followed it."""
    draft = tried(cast, (on(2), on(2), HOLIDAY), from_day=on(1))
    manage_calendar.put_in_force(
        acting_user=cast.grace, revision=draft.revision, from_day=on(1), why="x", now=NOON
    )
    return CalendarRun.objects.latest("pk")


def handled_by() -> dict[int, datetime | None]:
    return dict(StageClock.objects.filter(stage="handle", ended_at=None).values_list("case_id", "due_at"))


def told() -> Counter[int]:
    return Counter(CaseEvent.objects.filter(step="calendar_changed").values_list("case_id", flat=True))


@pytest.mark.parametrize("dies", ["the worker alone", "the worker and its backend"])
def test_a_worker_killed_in_the_middle_leaves_nothing_twice_and_nothing_out(
    cases: list[Case], run: CalendarRun, dies: str
) -> None:
    before = handled_by()
    with (
        transaction.atomic(),
        process_beside("tests.flows.recomputer", str(run.pk), NOON.isoformat(), "2") as worker,
    ):
        asked("SELECT id FROM store_case WHERE id = %s FOR UPDATE", cases[2].pk)
        backend = waiting_backend(worker)
        done = told()
        worker.kill()
        worker.wait()
        if dies == "the worker and its backend":
            asked("SELECT pg_terminate_backend(%s)::int", backend)
    wait_until_gone(backend)

    assert done == Counter([cases[0].pk, cases[1].pk])
    gone_through(NOON)
    assert told() == Counter(case.pk for case in cases)
    assert handled_by() == {case: due and due + DAY for case, due in before.items()}
    run.refresh_from_db()
    assert (run.cases_moved, run.cases_looked_at, run.finished_at) == (6, 6, NOON)


def test_while_one_lane_waits_for_a_case_the_other_goes_on(cases: list[Case], run: CalendarRun) -> None:
    """The first lane comes to a case that somebody has in hand; what they did there is counted in."""
    before = handled_by()
    with transaction.atomic():
        asked("SELECT id FROM store_case WHERE id = %s FOR UPDATE", cases[0].pk)
        with process_beside("tests.flows.recomputer", str(run.pk), NOON.isoformat(), "20000") as worker:
            backend = waiting_backend(worker)
            beside = Thread(target=_go_on, args=(run.pk,))
            beside.start()
            beside.join(WITHIN)
            assert not beside.is_alive()
    wait_until_gone(backend)
    gone_through(NOON)

    assert told() == Counter(case.pk for case in cases)
    assert handled_by() == {case: due and due + DAY for case, due in before.items()}
    run.refresh_from_db()
    assert (run.cases_moved, run.finished_at) == (6, NOON)


def _go_on(run_id: int) -> None:
    try:
        while flows.recompute_part(acting_user=None, run_id=run_id, now=NOON):
            pass
        assert len(told()) == 3
    finally:
        connections.close_all()


def test_a_case_that_was_parked_meanwhile_keeps_its_review_date(
    cast: Cast, cases: list[Case], run: CalendarRun
) -> None:
    review = NOON + 9 * DAY
    case = park_case(
        acting_user=cast.carol,
        case_id=cases[4].pk,
        version=cases[4].version,
        now=NOON,
        reason="x",
        review_at=review,
    )
    left = case.clock_left
    gone_through(NOON + timedelta(hours=1))

    case.refresh_from_db()
    assert left is not None and (case.due_at, case.clock_left) == (review, left + DAY)
