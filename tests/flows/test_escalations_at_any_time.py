"""Whenever the worker looks, late, twice, or with its clock set back: each rung hears once."""

import random
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from anlan.cases.terms import State
from anlan.flows.escalate_cases import escalate_cases, tell_escalations
from anlan.store.models import CaseEvent, Escalation, Notice, StageClock
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import HOUR, walked_to

AFTER = {2: timedelta(0), 3: timedelta(days=1), 4: timedelta(days=3), 5: timedelta(days=7)}
"""How long after the end of a stage a rung hears, as docs/decisions say."""


def reckoned(near: datetime, due: datetime, looks: list[datetime]) -> list[tuple[int, bool]]:
    """Rungs and whether they hear, look by look."""
    rungs: list[tuple[int, bool]] = []
    for now in looks:
        over = [rung for rung, grace in AFTER.items() if due + grace <= now] if near <= now else []
        reached = max(over, default=1 if near <= now else 0)
        rungs += [(rung, rung == reached or rung > 1) for rung in range(len(rungs) + 1, reached + 1)]
    return rungs


@pytest.mark.parametrize("seed", range(4))
def test_each_rung_hears_once_whenever_the_worker_looks(cast: Cast, seed: int) -> None:
    made = random.Random(seed)
    for _ in range(5):
        walked_to(State.IN_PROGRESS, cast, NOON)
    clocks = list(StageClock.objects.filter(ended_at=None).order_by("pk"))
    for clock in clocks:
        clock.due_at = NOON + made.randrange(20, 300) * HOUR
        clock.near_at = clock.due_at - made.randrange(1, 10) * HOUR
    StageClock.objects.bulk_update(clocks, ["due_at", "near_at"])
    looks = [NOON + made.randrange(0, 500) * HOUR for _ in range(7)]  # in no order: the clock jumps

    for now in looks:
        with transaction.atomic():
            escalate_cases(acting_user=None, now=now, batch=3)
            transaction.set_rollback(made.random() < 0.3)  # the worker dies, and begins anew
        escalate_cases(acting_user=None, now=now, batch=3)
        tell_escalations(acting_user=None, now=now, batch=4)

    for clock in clocks:
        kept = Escalation.objects.filter(clock=clock).order_by("rung").values_list("rung", "hears")
        assert list(kept) == reckoned(clock.near_at, clock.due_at, looks)
    heard = Escalation.objects.filter(hears=True)
    assert not heard.filter(told_at=None).exists()
    told = Notice.objects.filter(event__step="escalated").values_list("user", "event", "kind")
    assert len(told) == len(set(told))
    steps = [
        (event.changes["clock"][0], *event.changes["rung"])
        for event in CaseEvent.objects.filter(step="escalated").order_by("id")
    ]
    for clock in clocks:
        moved = [(before, after) for pk, before, after in steps if pk == clock.pk]
        assert [before for before, _ in moved] == [0, *(after for _, after in moved)][: len(moved)]
