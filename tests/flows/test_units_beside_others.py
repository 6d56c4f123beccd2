"""Units that move or close while other people work on their cases: nobody waits for the other in a ring."""

import time
from collections.abc import Callable
from threading import Thread

import pytest
from django.db import connection, connections, transaction

from anlan.cases.terms import State
from anlan.flows.case_tasks import give_task
from anlan.flows.dispatch_case import dispatch_case
from anlan.flows.handle_case import rectify_case, return_case
from anlan.flows.join_cases import join_case, undo_join
from anlan.flows.manage_units import close_unit, move_unit
from anlan.store.models import Case, CaseTask, StageClock, Unit
from anlan.store.readers.managed import touched_by_closing_unit, touched_by_moving_unit
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.pictures import picture
from tests.flows.walks import HOUR, walked_to

pytestmark = pytest.mark.django_db(transaction=True)
WITHIN = 60.0


def waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def beside(work: Callable[[], object], errors: list[Exception]) -> Thread:
    """The work on a connection of its own, begun; what it raises is kept."""

    def run() -> None:
        try:
            work()
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    return thread


def until_it_waits(thread: Thread) -> None:
    until = time.monotonic() + WITHIN
    while thread.is_alive() and not waits():
        assert time.monotonic() < until, "nobody waits"


def moved(cast: Cast, code: str, below: str) -> Callable[[], object]:
    def move() -> Unit:
        unit = Unit.objects.select_related("area").get(code=code)
        seen = touched_by_moving_unit(unit).mark
        place = {"code": code, "parent_code": below, "area_code": unit.area.code}
        return move_unit(acting_user=cast.grace, seen=seen, now=NOON, **place)

    return move


def closed(cast: Cast) -> object:
    seen = touched_by_closing_unit(cast.committee_111).mark
    codes = {"code": "committee-111", "successor_code": "fire-11"}
    return close_unit(acting_user=cast.grace, seen=seen, now=NOON + 9 * HOUR, **codes)


@pytest.mark.parametrize("change", ["move", "close"])
def test_a_handler_and_an_administrator_of_their_unit_do_not_wait_in_a_ring(cast: Cast, change: str) -> None:
    """The handler has the case and names their unit in its history; the administrator has the unit."""
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    errors: list[Exception] = []
    administrator = moved(cast, "committee-111", "desk-1") if change == "move" else lambda: closed(cast)

    with transaction.atomic():
        Case.objects.select_for_update(no_key=True).get(pk=case.pk)
        thread = beside(administrator, errors)
        until_it_waits(thread)
        rectify_case(
            acting_user=cast.alice,
            case_id=case.pk,
            version=case.version,
            now=NOON + 8 * HOUR,
            done="3 m of railing fitted",
            pictures=[picture(NOON + 8 * HOUR)],
        )
    thread.join(WITHIN)

    case.refresh_from_db()
    assert errors == []
    assert (case.state, case.unit_path) == (State.RECTIFIED, Unit.objects.get(pk=case.unit_id).path)
    running = StageClock.objects.filter(case=case, ended_at=None)
    assert set(running.values_list("unit_path", flat=True)) <= {case.unit_path, ""}


def test_who_gives_work_to_a_unit_that_moves_gives_it_where_it_stands_then(cast: Cast) -> None:
    """The administrator has the unit and wants its cases; the dispatcher has one and wants the unit."""
    led = walked_to(State.IN_PROGRESS, cast, NOON)
    fresh = walked_to(State.ACCEPTED, cast, NOON)
    errors: list[Exception] = []

    def give() -> None:
        give_task(
            acting_user=cast.carol,
            case_id=led.pk,
            version=led.version,
            now=NOON + 8 * HOUR,
            unit_code="fire-11",
            what="Watch the pond",
        )
        dispatch_case(
            acting_user=cast.carol,
            case_id=fresh.pk,
            version=fresh.version,
            now=NOON + 8 * HOUR,
            unit_code="committee-111",
        )

    with transaction.atomic():
        with transaction.atomic():
            Unit.objects.select_for_update(no_key=True).get(code="fire-11")
        thread = beside(give, errors)
        until_it_waits(thread)
        moved(cast, "office-11", "desk")()
    thread.join(WITHIN)

    assert errors == []
    fire, committee = (Unit.objects.get(code=code).path for code in ("fire-11", "committee-111"))
    assert committee.startswith("desk.office-11.")
    assert CaseTask.objects.get(case=led).unit_path == fire
    assert {Case.objects.get(pk=each.pk).unit_path for each in (led, fresh)} == {committee}


def joined(cast: Cast) -> tuple[Case, Case]:
    """A case that its unit sent back while fire-11 has a task in it, joined to one of that unit."""
    into, case = walked_to(State.IN_PROGRESS, cast, NOON), walked_to(State.IN_PROGRESS, cast, NOON)
    at = {"case_id": case.pk, "now": NOON + 8 * HOUR}
    give_task(acting_user=cast.carol, version=case.version, unit_code="fire-11", what="Watch", **at)
    back = return_case(acting_user=cast.alice, version=case.version + 1, reason="Not ours", **at)
    return into, join_case(acting_user=cast.carol, version=back.version, into_id=into.pk, **at)


def undone(cast: Cast, case: Case) -> Callable[[], object]:
    asked = {"acting_user": cast.carol, "case_id": case.pk, "version": case.version}
    return lambda: undo_join(now=NOON + 9 * HOUR, **asked)


def paths_of(*cases: Case) -> set[str]:
    """The paths that say whose cases are: their own, those of their tasks and of their running clocks."""
    clocks = StageClock.objects.filter(case__in=cases, ended_at=None).exclude(unit=None)
    tables = (Case.objects.filter(pk__in=[case.pk for case in cases]), CaseTask.objects.all(), clocks)
    return {path for table in tables for path in table.values_list("unit_path", flat=True) if path}


def test_a_join_that_is_undone_while_units_move_leaves_both_cases_where_the_units_stand(cast: Cast) -> None:
    """The administrator has the units and wants their cases; who undoes the join has one of these."""
    into, case = joined(cast)
    errors: list[Exception] = []

    with transaction.atomic():
        Case.objects.select_for_update(no_key=True).get(pk=into.pk)
        thread = beside(moved(cast, "office-11", "desk"), errors)
        until_it_waits(thread)
        undone(cast, case)()
    thread.join(WITHIN)

    assert errors == []
    assert paths_of(into, case) == {"desk.office-11.committee-111.", "desk.office-11.fire-11."}
    assert Case.objects.get(pk=case.pk).task_reach == ["desk.", "desk.office-11.", "desk.office-11.fire-11."]


def test_who_undoes_a_join_waits_for_units_that_move_and_finds_them_where_they_stand_then(
    cast: Cast,
) -> None:
    into, case = joined(cast)
    errors: list[Exception] = []

    with transaction.atomic():
        moved(cast, "office-11", "desk")()
        thread = beside(undone(cast, case), errors)
        until_it_waits(thread)
    thread.join(WITHIN)

    assert errors == []
    assert paths_of(into, case) == {"desk.office-11.committee-111.", "desk.office-11.fire-11."}
    assert Case.objects.get(pk=case.pk).task_reach == ["desk.", "desk.office-11.", "desk.office-11.fire-11."]
