"""How long the made-up city of 20,000 cases takes, beside writing as many rows by COPY.

The reference is a COPY of one event row for each event of the city into a table without keys, in the same run.
"""

import argparse
import time

from _figures import at_most
from _throwaway import database

GOAL_SECONDS = 40.0


def main() -> None:
    """Make the city up and print the figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few cases: correctness only")
    cases = 300 if options.parse_args().quick else 20_000
    with database():
        from django.utils import timezone

        from anlan.flows.demo.make import make_demo_city

        began = time.perf_counter()
        city = make_demo_city(seed=1, cases=cases, now=timezone.now())
        took = time.perf_counter() - began
        bare = bare_copy(city.events)
    at_most("made-up city", took, "s", GOAL_SECONDS)
    at_most(
        "made-up city beside a bare COPY of its events",
        took,
        "s",
        1e9,
        reference="COPY",
        reference_value=bare,
    )


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
