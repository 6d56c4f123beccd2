"""How long the nightly scores of all areas, units and posts take with 1,000,000 cases and their history.

A made-up city is copied inside the database until it has the cases, with their history, clocks, reports,
proof, answers and returns (see _million.py); then every month of two years is scored once (the first night of
an old installation), and the months that a usual night makes anew. The reference is one pass over the history
(its events by case) in the same run.
"""

import argparse
import resource
import time
from datetime import timedelta
from pathlib import Path

import _million
from _figures import at_most, say
from _throwaway import database

GOAL_SECONDS, GOAL_OF_FIRST_NIGHT = 60.0, 300.0


def main() -> None:
    """Make the cases and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few cases: correctness only")
    quick = options.parse_args().quick
    with database():
        if quick:
            fill(200, 2)
        else:
            fill_many(100)
        vacuum()
        measure(400 if quick else _million.MADE * 100)


def fill(made: int, copies: int, **city: int) -> None:
    """A city of `made` cases, and each case again until there are `copies` of it, by Django's connection."""
    from django.db import connection

    make(made, **city)
    with connection.cursor() as cursor:
        _million.copy_cases(cursor, copies)


def fill_many(copies: int) -> None:
    """The same with many copies."""
    from django.conf import settings

    make(_million.MADE)
    _million.multiply(Path(settings.DATABASES["default"]["HOST"]), copies)


def make(cases: int, **city: int) -> None:
    """Make a city up."""
    from django.utils import timezone

    from anlan.flows.demo.make import make_demo_city

    say(f"making up {cases} cases, to be copied")
    make_demo_city(seed=1, cases=cases, now=timezone.now() - timedelta(hours=1), **city)


def vacuum() -> None:
    """Leave the tables as the database keeps them by itself in time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def measure(cases: int) -> None:
    """Score all months, then a usual night again."""
    from django.db import connection
    from django.utils import timezone

    from anlan.flows.score_month import score_months
    from anlan.store.models import CaseEvent, Score, ScoredCase, ScoreRun

    now, events = timezone.now(), CaseEvent.objects.count()
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute("SELECT count(*) FROM (SELECT case_id FROM store_caseevent GROUP BY case_id) AS x")
        one_pass = time.perf_counter() - began
    words = f"{cases} cases, {events} events"
    say("scoring every month for the first time")
    began = time.perf_counter()
    months = score_months(acting_user=None, now=now)
    first = time.perf_counter() - began
    assert ScoreRun.objects.count() == len(months) and Score.objects.exists() and ScoredCase.objects.exists()
    say(
        f"{len(months)} months: {ScoredCase.objects.count()} cases in months, {Score.objects.count()} figures"
    )
    say("scoring the months that a usual night makes anew")
    began, cpu = time.perf_counter(), time.process_time()
    night = score_months(acting_user=None, now=now)
    usual = time.perf_counter() - began
    processor = time.process_time() - cpu
    say(f"{processor:.1f} s of processor time in Python, the rest in PostgreSQL; {peak_mb()} MB at most")
    at_most(f"scores: first night, {len(months)} months, {words}", first, "s", GOAL_OF_FIRST_NIGHT)
    at_most(f"scores: a usual night, {len(night)} months, {words}", usual, "s", GOAL_SECONDS)
    at_most(
        "scores: a usual night beside one pass over the history",
        *(usual, "s", 30),
        reference="events counted by case",
        reference_value=one_pass,
    )


def peak_mb() -> int:
    """The most memory that this process used."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
