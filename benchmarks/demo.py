"""How long the made-up city of 20,000 cases takes, beside writing as many rows by COPY.

The reference is a COPY of as many small rows as the city has events into a table without keys, in the same
run.
"""

import argparse
import json
import time

from _throwaway import database

GOAL_SECONDS = 40.0
SMALL = {"townships": 18, "villages": 36}


def main() -> None:
    """Make the city up and print the figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few cases: correctness only")
    quick = options.parse_args().quick
    cases, land = (100, SMALL) if quick else (20_000, {})
    with database():
        print(json.dumps(figure(cases, **land)))


def figure(cases: int, **land: int) -> dict[str, object]:
    """The JSON line of a city with `cases` cases, made in the empty database that Django speaks to."""
    from django.utils import timezone

    from anlan.flows.demo.make import make_demo_city

    began = time.perf_counter()
    city = make_demo_city(seed=1, cases=cases, now=timezone.now(), **land)
    took = time.perf_counter() - began
    bare = bare_copy(city.events)
    return {
        "name": f"made-up city, {cases} cases",
        "value": round(took, 2),
        "unit": "s",
        "reference": "COPY of as many small rows as it has events",
        "reference_value": round(bare, 2),
        "ratio": round(took / bare, 1),
        "goal": f"< {GOAL_SECONDS:g} s",
        "holds": took < GOAL_SECONDS,
    }


def bare_copy(count: int) -> float:
    """Seconds to COPY `count` small rows into a table without keys."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bare (a bigint, b text, c text)")
        began = time.perf_counter()
        with cursor.cursor.copy("COPY bare FROM STDIN") as copy:
            for number in range(count):
                copy.write_row((number, "dispatch", "accepted"))
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
