"""Batches that are stored side by side: the same as one after the other, whatever is in them."""

import json
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from threading import Event, current_thread
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction

from anlan.base.errors import Conflict
from anlan.edge.ingest.storing import Storing
from anlan.flows.stream_places import offset_of
from anlan.flows.take_readings import Prepared, Senders, Stored, Turn, batch_of, prepare, store
from anlan.sensing.rolling_up import Found
from anlan.sensing.rules.terms import Level
from anlan.sensing.terms import Colour
from anlan.store.models import Alarm, LatestValue, Observation, ObservationHour, QuarantineCount, RuleFiring
from tests.cast import Cast
from tests.conftest import NOON
from tests.devices import a_pond_gauge
from tests.flows.alarms import a_rule

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)
NOW = NOON + 90 * MINUTE
WITHIN = 30.0
NOTHING = Found(np.array([], np.int32), np.array([], np.int64), np.array([]))

type Readings = Sequence[tuple[int, float]]
"""Minute after noon, value."""


@pytest.fixture(autouse=True)
def gauge(cast: Cast) -> None:
    """A gauge at the pond with a rule."""
    a_rule(a_pond_gauge(cast), levels=(Level(Colour.YELLOW, 3.0, 2.5), Level(Colour.RED, 4.0, 3.5)))


@pytest.fixture
def storing() -> Iterator[Storing]:
    with Storing() as found:
        yield found


def prepared(readings: Readings, after: int) -> Prepared:
    """A batch with readings of the gauge, behind message number `after` of its stream."""
    said = [json.dumps({"t": (NOON + each * MINUTE).isoformat(), "v": value}) for each, value in readings]
    subjects = [b"d.gauge-111.level"] * len(said)
    payloads = [each.encode() for each in said]
    return prepare(batch_of("TEST", after, after + len(said), subjects, payloads, NOW), Senders(), NOW)


def stored(batch: Prepared, turn: Turn | None = None) -> Stored:
    given = {} if turn is None else {"turn": turn}
    return store(acting_user=None, prepared=batch, now=NOW, **given)


def all_that_is_stored() -> dict[str, Any]:
    """What the tables hold, without the numbers of their rows."""
    return {
        "offset": offset_of("TEST"),
        "readings": list(Observation.objects.order_by("at").values_list("at", "value")),
        "latest": list(LatestValue.objects.values_list("at", "value")),
        "hours": list(ObservationHour.objects.order_by("at").values_list("at", "count", "sum", "low")),
        "firings": list(RuleFiring.objects.order_by("at", "severity").values_list("at", "severity")),
        "alarms": list(Alarm.objects.values_list("state", "worst", "raised_at")),
        "quarantined": list(QuarantineCount.objects.values_list("reason", "count")),
    }


def one_after_the_other(*batches: Prepared) -> dict[str, Any]:
    """What would be stored then; it is undone."""
    with transaction.atomic():
        for batch in batches:
            stored(batch)
        found = all_that_is_stored()
        transaction.set_rollback(True)
    return found


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def side_by_side(storing: Storing, first: Prepared, second: Prepared) -> tuple[Stored, Stored]:
    """Have both stored; the first is not finished before the second has copied its rows, or waits for it."""
    copied = Event()

    def begun(turn: Turn) -> Stored:
        def give() -> None:
            turn.give()
            until = time.monotonic() + WITHIN
            while not copied.wait(0.01) and not somebody_waits():
                assert time.monotonic() < until, "the second does nothing"

        return stored(first, Turn(give))

    def beside(turn: Turn) -> Stored:
        assert turn.wait is not None, "the first was finished already"
        first_is_stored = turn.wait

        def wait() -> None:
            copied.set()
            first_is_stored()

        return stored(second, Turn(turn.give, wait))

    futures = storing.begin(begun, first.found), storing.begin(beside, second.found)
    return futures[0].result(WITHIN), futures[1].result(WITHIN)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([(0, 2.0), (1, 3.1)], [(2, 4.5), (3, 2.0)]),
        ([(0, 2.0), (1, 3.1)], [(1, 3.1), (2, 4.5)]),
        ([(0, 2.0), (4, 2.2)], [(2, 4.5), (5, 2.1)]),
        ([(0, 2.0), (4, 2.2)], [(2, 4.5), (4, 2.2), (4, 9.0), (5, 99.0)]),
        ([], [(0, 2.0)]),
        ([(0, 5.0)], []),
    ],
    ids=["in order", "sent again", "late", "late, sent again, out of range", "nothing first", "nothing then"],
)
def test_batches_side_by_side_store_what_they_store_one_after_the_other(
    storing: Storing, first: Readings, second: Readings
) -> None:
    one, two = prepared(first, 0), prepared(second, len(first))
    wanted = one_after_the_other(one, two)

    done = side_by_side(storing, one, two)

    assert all_that_is_stored() == wanted
    assert sum(each.new for each in done) == len(wanted["readings"])
    assert [each.taken for each in done] == [len(first), len(second)]


def test_when_a_batch_fails_nothing_of_the_next_is_stored(storing: Storing) -> None:
    following, batch = Event(), prepared([(0, 2.0)], 0)

    def fails(turn: Turn) -> Stored:
        turn.give()
        following.wait(WITHIN)
        raise OSError("the disk is full")

    def follows(turn: Turn) -> Stored:
        assert turn.wait is not None
        before = turn.wait

        def wait() -> None:
            assert somebody_copied()
            following.set()
            before()

        return stored(batch, Turn(turn.give, wait))

    futures = storing.begin(fails, NOTHING), storing.begin(follows, batch.found)
    for each in futures:
        with pytest.raises(OSError, match="the disk is full"):
            each.result(WITHIN)

    assert all_that_is_stored()["readings"] == []
    assert offset_of("TEST") == 0


def somebody_copied() -> bool:
    """Does this transaction hold a reading?"""
    return Observation.objects.count() == 1


def test_a_batch_behind_one_that_somebody_else_stored_is_refused_as_a_whole(storing: Storing) -> None:
    stored(prepared([(0, 2.0)], 0))
    batch = prepared([(1, 2.0)], 0)
    second = storing.begin(lambda turn: stored(batch, turn), batch.found)
    with pytest.raises(Conflict):
        second.result(WITHIN)

    assert all_that_is_stored()["readings"] == [(NOON, 2.0)]


def test_while_little_comes_one_thread_and_one_connection_do(storing: Storing) -> None:
    threads = set()

    def noted(turn: Turn) -> Stored:
        threads.add(current_thread().name)
        assert turn.wait is None
        return Stored(1, 1)

    for _ in range(5):
        storing.begin(noted, NOTHING).result(WITHIN)

    assert len(threads) == 1
