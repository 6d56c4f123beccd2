"""What a worker that was killed had in hand is done by another, once, and holds nothing up."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from anlan.edge.jobs.left_over import TRIES, take_up

pytestmark = pytest.mark.django_db


def worker(silent_for: str) -> int:
    """A worker whose last sign is so long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval) RETURNING id",
            [silent_for],
        )
        return int(cursor.fetchone()[0])


def in_hand(worker_id: int | None, *, attempts: int = 0, **how: Any) -> int:
    """A job that this worker took and has not ended."""
    job = app.configure_task("notify", **how).defer(event_id=7)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, attempts = %s WHERE id = %s",
            [worker_id, attempts, job],
        )
    return job


def states() -> dict[int, tuple[str, int]]:
    """Each job, with how often it was begun in vain."""
    rows = ProcrastinateJob.objects.values_list("pk", "status", "attempts")
    return {pk: (status, attempts) for pk, status, attempts in rows}


def test_what_a_dead_worker_had_in_hand_is_queued_again() -> None:
    dead = in_hand(worker("31 seconds"), lock="case:1")
    forgotten = in_hand(None, lock="case:2")  # the next worker to start takes dead ones out of its list

    async_to_sync(take_up)(app.job_manager)

    assert states() == {dead: ("todo", 1), forgotten: ("todo", 1)}


def test_what_a_living_worker_has_in_hand_is_left_to_it() -> None:
    job = in_hand(worker("9 seconds"), lock="case:1")

    async_to_sync(take_up)(app.job_manager)

    assert states() == {job: ("doing", 0)}


def test_a_job_that_kills_every_worker_fails_in_the_end() -> None:
    job = in_hand(worker("1 hour"), attempts=TRIES - 1, lock="case:1")

    async_to_sync(take_up)(app.job_manager)

    assert states()[job][0] == "failed"


def test_a_timer_that_was_left_is_not_queued_beside_the_next_one() -> None:
    left = in_hand(worker("1 hour"), queueing_lock="notify")
    following = app.configure_task("notify", queueing_lock="notify").defer(event_id=7)

    async_to_sync(take_up)(app.job_manager)

    assert {pk: state for pk, (state, _) in states().items()} == {left: "failed", following: "todo"}
