"""The clocks of a case: one row each time it comes to a stage, and one for the whole."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from anlan.cases.terms import CHECK, TOTAL, State
from anlan.flows.close_case import reopen_case
from anlan.flows.demo.make import make_demo_city
from anlan.flows.park_case import park_case, resume_case
from anlan.store.models import Case, ClockPause, StageClock, StageLimit
from anlan.store.readers.queue import Filters, queue_page
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows import walks
from tests.flows.walks import HOUR

pytestmark = pytest.mark.django_db


def rows(case: Case, *names: str) -> list[tuple[Any, ...]]:
    return list(StageClock.objects.filter(case=case).order_by("began_at", "-stage").values_list(*names))


def test_each_stage_has_a_row_from_its_beginning_to_its_end(cast: Cast) -> None:
    case = walks.walked_to(State.CLOSED, cast, NOON)

    committee = cast.committee_111.path
    assert rows(case, "stage", "unit_path", "began_at", "ended_at") == [
        (TOTAL, "", NOON, NOON + 6 * HOUR),
        (CHECK, "", NOON, NOON + HOUR),
        ("accept", "", NOON, NOON + HOUR),
        ("dispatch", "", NOON + HOUR, NOON + 2 * HOUR),
        ("handle", committee, NOON + 2 * HOUR, NOON + 4 * HOUR),
        ("verify", committee, NOON + 4 * HOUR, NOON + 5 * HOUR),
        ("close", committee, NOON + 5 * HOUR, NOON + 6 * HOUR),
    ]


def test_a_stage_that_goes_on_keeps_its_row(cast: Cast) -> None:
    case = walks.walked_to(State.IN_PROGRESS, cast, NOON)
    running = StageClock.objects.get(case=case, stage="handle")

    assert (running.promised_due_at, running.due_at, running.ended_at) == (case.due_at, case.due_at, None)


def test_all_clocks_stand_still_while_a_case_is_parked(cast: Cast) -> None:
    case = walks.walked_to(State.IN_PROGRESS, cast, NOON)
    before = dict(StageClock.objects.filter(case=case, ended_at=None).values_list("stage", "due_at"))
    parked_at = NOON + 10 * HOUR
    case = park_case(
        acting_user=cast.carol,
        case_id=case.pk,
        version=case.version,
        now=parked_at,
        reason="low water",
        review_at=parked_at + timedelta(days=9),
    )
    stopped = set(StageClock.objects.filter(case=case, ended_at=None).values_list("paused_at", flat=True))
    resume_case(acting_user=cast.carol, case_id=case.pk, version=case.version, now=parked_at + 30 * HOUR)

    after = StageClock.objects.filter(case=case, ended_at=None)
    assert stopped == {parked_at}
    assert {clock.stage: (clock.due_at, clock.paused_at) for clock in after} == {
        stage: (due_at + 30 * HOUR, None) for stage, due_at in before.items()
    }


def test_a_stage_in_working_time_stands_still_for_the_working_part_of_a_pause(cast: Cast) -> None:
    StageLimit.objects.create(category=cast.open_water, stage="handle", amount=3, unit="working days")
    StageLimit.objects.create(category=cast.open_water, stage=TOTAL, amount=30, unit="days")
    case = walks.walked_to(State.IN_PROGRESS, cast, NOON)
    promised = dict(StageClock.objects.filter(case=case, ended_at=None).values_list("stage", "due_at"))
    case = park_case(
        acting_user=cast.carol,
        case_id=case.pk,
        version=case.version,
        now=NOON + 38 * HOUR,  # Wednesday 10:00
        reason="low water",
        review_at=NOON + timedelta(days=9),
    )
    case = resume_case(acting_user=cast.carol, case_id=case.pk, version=case.version, now=NOON + 41 * HOUR)

    running = StageClock.objects.filter(case=case, ended_at=None)
    assert {clock.stage: clock.due_at - promised[clock.stage] for clock in running} == {
        TOTAL: 3 * HOUR,
        "handle": 17 * HOUR,  # two hours of work: from Thursday 17:30 to Friday 10:30
    }
    assert case.due_at == running.get(stage="handle").due_at


def test_a_limit_says_how_long_and_in_what_time(cast: Cast) -> None:
    StageLimit.objects.create(
        category=cast.open_water, severity="serious", stage="handle", amount=3, unit="working days"
    )
    case = walks.walked_to(State.IN_PROGRESS, cast, NOON)

    assert set(rows(case, "stage", "amount", "time_unit")) == {
        (TOTAL, None, "emergency hours"),  # promised at opening, before the desk judged the severity
        (CHECK, 1, "emergency hours"),  # that of its acceptance
        ("accept", 1, "emergency hours"),
        ("dispatch", 2, "emergency hours"),
        ("handle", 3, "working days"),
    }


def test_a_case_that_is_opened_again_runs_as_a_whole_again(cast: Cast) -> None:
    case = walks.walked_to(State.CLOSED, cast, NOON)
    again = NOON + 99 * HOUR
    reopen_case(acting_user=cast.carol, case_id=case.pk, version=case.version, now=again, reason="again")

    running = StageClock.objects.filter(case=case, ended_at=None).order_by("stage")
    assert list(running.values_list("stage", "began_at")) == [("dispatch", again), (TOTAL, again)]


def test_a_clock_set_back_ends_no_stage_before_it_began(cast: Cast) -> None:
    case = walks.walked_to(State.ACCEPTED, cast, NOON)
    walks.ROAD[State.DISPATCHED](cast, case, NOON - 5 * HOUR)

    ended = StageClock.objects.get(case=case, stage="dispatch")
    assert (ended.began_at, ended.ended_at) == (NOON + HOUR, NOON + HOUR)


def test_the_migration_fills_old_rows_from_their_history() -> None:
    make_demo_city(seed=3, cases=800, now=NOON, townships=9, villages=30)
    # a case opened again has one total in the filled rows, from its first opening on
    facts = ("case_id", "stage", "began_at", "ended_at", "promised_due_at", "due_at", "paused_at", "unit_id")
    written = StageClock.objects.filter(case__reopen_count=0).order_by("case_id", "began_at", "stage")
    before = list(written.values_list(*facts))
    paused = set(ClockPause.objects.values_list("case_id", "began_at", "ended_at"))
    StageClock.objects.all().delete()
    ClockPause.objects.all().delete()
    migration = import_module("anlan.store.migrations.0005_stage_clocks")
    with connection.cursor() as cursor:
        for statement in (
            migration.FILL_PAUSES,
            migration.FILL_STAGES,
            migration.FILL_IMPORTED,
            migration.FILL_TOTALS,
        ):
            cursor.execute(statement)

    assert set(ClockPause.objects.values_list("case_id", "began_at", "ended_at")) == paused
    assert list(written.values_list(*facts)) == before


def test_due_soon_lists_what_is_amber_by_the_share_of_its_category(cast: Cast) -> None:
    StageLimit.objects.create(
        category=cast.open_water, stage="handle", amount=100, unit="emergency hours", amber_percent=90
    )
    case = walks.walked_to(State.IN_PROGRESS, cast, NOON)
    clock = StageClock.objects.get(case=case, stage="handle")
    assert clock.near_at == case.near_at == case.stage_since + 90 * HOUR

    seen = [
        [
            row.pk
            for row in queue_page(cast.carol, Filters(view="near"), case.stage_since + hours * HOUR).cases
        ]
        for hours in (89, 90, 99, 100)
    ]
    assert seen == [[], [case.pk], [case.pk], []]
