"""The sweep of clocks beside other processes: killed in the middle, and while people work on the cases."""

import subprocess
from collections import Counter
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from threading import Thread

import pytest
from django.db import connection, connections, transaction

from anlan.cases.escalation import Rung
from anlan.cases.terms import TOTAL, Stage, State
from anlan.flows import case_steps
from anlan.flows.escalate_cases import escalate_cases, tell_escalations
from anlan.flows.handle_case import rectify_case
from anlan.store.models import Case, CaseEvent, Escalation, Notice, StageClock, StageLimit
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows import walks
from tests.flows.beside import WITHIN, asked, process_beside, wait_until_gone, waiting_backend
from tests.flows.pictures import picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cases(cast: Cast) -> list[Case]:
    """Six cases in hand, whose stage alone is told."""
    StageLimit.objects.create(category=cast.open_water, stage=TOTAL, amount=900, unit="days")
    return [walks.walked_to(State.IN_PROGRESS, cast, NOON) for _ in range(6)]


def due_of(case: Case) -> datetime:
    assert case.due_at is not None
    return case.due_at


def sweeping(now: datetime, batch: int) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """A process that sweeps the database of this test."""
    return process_beside("tests.flows.sweeper", now.isoformat(), str(batch))


@pytest.mark.parametrize("dies", ["the worker alone", "the worker and its backend"])
def test_a_worker_killed_in_the_middle_of_a_sweep_leaves_nothing_twice_and_nothing_out(
    cases: list[Case], dies: str
) -> None:
    now = due_of(cases[0])
    with transaction.atomic(), sweeping(now, batch=2) as worker:
        asked("SELECT id FROM store_case WHERE id = %s FOR UPDATE", cases[3].pk)
        backend = waiting_backend(worker)
        before = set(Escalation.objects.values_list("case_id", flat=True))
        worker.kill()
        worker.wait()
        if dies == "the worker and its backend":
            asked("SELECT pg_terminate_backend(%s)::int", backend)
    wait_until_gone(backend)

    assert before == {cases[0].pk, cases[1].pk}
    escalate_cases(acting_user=None, now=now, batch=2)
    every = [(case.pk, rung) for case in cases for rung in (Rung.HANDLER, Rung.UNIT_HEAD)]
    assert Counter(Escalation.objects.values_list("case_id", "rung")) == Counter(every)
    told = CaseEvent.objects.filter(step="escalated").values_list("case_id", flat=True)
    assert Counter(told) == Counter(case.pk for case in cases)
    assert tell_escalations(acting_user=None, now=now) == len(cases)
    heard = Notice.objects.filter(user__username="alice").values_list("case_id", flat=True)
    assert Counter(heard) == Counter(case.pk for case in cases)


def test_two_that_sweep_at_once_take_different_clocks(cases: list[Case]) -> None:
    now = due_of(cases[0])
    with transaction.atomic():
        assert escalate_cases(acting_user=None, now=now, batch=4) == 6
        with sweeping(now, batch=2) as other:
            assert other.wait(WITHIN) == 0
    assert Counter(Escalation.objects.values_list("case_id", flat=True)) == Counter(
        {case.pk: 2 for case in cases}
    )


def test_a_sweep_and_a_handler_at_one_case_do_not_wait_for_each_other_in_a_ring(
    cast: Cast, cases: list[Case]
) -> None:
    """The handler has the case and will want its clock; the sweep has the clock and adds rows to the case."""
    case, now = cases[0], due_of(cases[0])
    moved: list[int] = []

    def sweep() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '20s'")
        try:
            moved.append(escalate_cases(acting_user=None, now=now))
        finally:
            connections.close_all()

    with transaction.atomic():
        case_steps.lock_seen(cast.alice, case.pk)
        beside = Thread(target=sweep)
        beside.start()
        beside.join(WITHIN)
        assert moved == [6]
        rectify_case(
            acting_user=cast.alice,
            case_id=case.pk,
            version=case.version,
            now=now + timedelta(hours=1),
            done="3 m of railing fitted",
            pictures=[picture(now + timedelta(hours=1))],
        )

    clock = StageClock.objects.get(case=case, stage=Stage.HANDLE)
    assert (clock.rung, clock.ended_at) == (Rung.UNIT_HEAD, now + timedelta(hours=1))
