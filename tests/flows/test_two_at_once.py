"""Two transactions at once on one step of one case: one wins, the other is told, and it happened once."""

import time
from threading import Thread

import pytest
from django.db import connection, connections, transaction

from anlan.base.errors import Conflict
from anlan.cases.terms import State
from anlan.flows.dispatch_case import dispatch_case
from anlan.store.models import Case
from anlan.store.readers.staff import Acting
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import HOUR, walked_to

pytestmark = pytest.mark.django_db(transaction=True)
WITHIN = 60.0


def waiting() -> int:
    """How many backends wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
        return int(cursor.fetchone()[0])


def dispatching(acting: Acting, case: Case, unit: str, ends: list[str]) -> Thread:
    """A dispatch on a connection of its own, begun; how it ended is kept."""

    def run() -> None:
        asked = {"acting_user": acting, "case_id": case.pk, "version": case.version, "now": NOON + 2 * HOUR}
        try:
            dispatch_case(unit_code=unit, reason="Nearer", **asked)
            ends.append(unit)
        except Conflict as told:
            ends.append(f"missed {told.missed}")
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    return thread


def test_of_two_that_dispatch_at_once_one_wins_and_one_is_told(cast: Cast) -> None:
    case, ends = walked_to(State.ACCEPTED, cast, NOON), list[str]()
    wanted = (cast.carol, cast.committee_111), (cast.liu, cast.office_11)  # a lock of one unit tells nothing

    with transaction.atomic():
        Case.objects.select_for_update(no_key=True).get(pk=case.pk)
        both = [dispatching(acting, case, unit.code, ends) for acting, unit in wanted]
        until = time.monotonic() + WITHIN
        while waiting() < 2:
            assert time.monotonic() < until and all(each.is_alive() for each in both), ends
    for each in both:
        each.join()

    found, (won,) = Case.objects.get(pk=case.pk), [end for end in ends if end != "missed 1"]
    assert len(ends) == 2
    assert (found.version, found.state) == (case.version + 1, State.DISPATCHED)
    assert found.unit is not None and found.unit.code == won
    assert found.events.filter(step="dispatch").count() == 1
