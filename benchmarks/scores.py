"""How long the nightly scores of all areas, units and posts take with 1,000,000 cases and their history.

A made-up city is copied inside the database until it has the cases; then every month of two years is scored
once (the first night of an old installation), and the months that a usual night makes anew. Beside it stands
one pass over the history (its events by case) in the same run.
"""

import argparse
import resource
import time
from datetime import timedelta

from _figures import at_most, say
from _throwaway import database

GOAL_SECONDS = 60.0
COPIED = {
    "store_case": ("id", "stage_since", "due_at", "opened_at", "rectified_at", "closed_at"),
    "store_caseevent": ("case_id", "at"),
    "store_stageclock": ("case_id", "began_at", "promised_due_at", "due_at", "ended_at", "paused_at"),
}
"""Tables and their columns that a copy changes: ids by a block, times by some hours."""

SKIPPED = {"store_case": ("words",), "store_caseevent": ("id",), "store_stageclock": ("id",)}
"""Columns that a copy gets anew, or goes without: no figure reads the words to search by."""


def main() -> None:
    """Make the cases and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few cases: correctness only")
    quick = options.parse_args().quick
    made, copies = (200, 2) if quick else (10_000, 100)
    with database():
        fill(made, copies)
        vacuum()
        measure(made * copies)


def fill(made: int, copies: int, **city: int) -> None:
    """A city of `made` cases, and each case again until there are `copies` of it."""
    from django.db import connection
    from django.utils import timezone

    from anlan.flows.demo.make import make_demo_city

    say(f"making up {made} cases, then {copies} of each")
    make_demo_city(seed=1, cases=made, now=timezone.now() - timedelta(hours=copies), **city)
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) - min(id) + 1 FROM store_case")
        block = cursor.fetchone()[0]
        for table, changed in COPIED.items():
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
            )
            names = [name for (name,) in cursor.fetchall() if name not in SKIPPED.get(table, ())]
            values = [new_value(name, block) if name in changed else name for name in names]
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} "
                f"FROM {table}, generate_series(1, %s) AS n",
                [copies - 1],
            )
            say(f"{table}: {cursor.rowcount} rows copied")
        cursor.execute("ANALYZE")


def vacuum() -> None:
    """Leave the tables as the database keeps them by itself in time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def new_value(name: str, block: int) -> str:
    """What a column of the n-th copy holds."""
    if name in ("id", "case_id"):
        return f"{name} + n * {block}"
    return f"{name} + n * interval '1 hour'"


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
    at_most(f"scores: first night, {len(months)} months, {words}", first, "s", GOAL_SECONDS)
    at_most(f"scores: a usual night, {len(night)} months, {words}", usual, "s", GOAL_SECONDS)
    say(f"for comparison, one pass over the history (its events by case): {one_pass:.1f} s")


def peak_mb() -> int:
    """The most memory that this process used."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
