"""The readings of one device over 30 days, as its page asks for them, and how that grows with the table.

The table is filled in steps; after each, the same question is asked of many devices: roll-ups by the hour,
and, for two days, every reading. Reference: the first step.
"""

import argparse
import time
from datetime import UTC, datetime, timedelta

import _figures as figures
from _throwaway import THROWAWAY, database

STEPS, DEVICES, DAYS, ASKED = (1_000_000, 10_000_000, 100_000_000), 1_000, 30, 200
QUICK = ((3_000, 30_000), 20, 30, 5)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--most", type=int, default=STEPS[-1], help="Readings in the last step.")
    options = parser.parse_args()
    steps, devices, days, asked = QUICK if options.quick else (STEPS, DEVICES, DAYS, ASKED)
    with database({**THROWAWAY, "max_wal_size": "2GB"}):
        measure([each for each in steps if each <= max(options.most, steps[0])], devices, days, asked)


def measure(steps: list[int], devices: int, days: int, asked: int) -> None:
    """Print a figure for each step."""
    from anlan.store.observation_days import make_days

    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - timedelta(days=days)
    make_days((first + timedelta(days=each)).date() for each in range(days + 1))
    reference = None
    for step in steps:
        figures.say(f"filling {step:,} readings")
        fill(step, devices, first, days)
        month = p95(devices, asked, first, days)
        pair = p95(devices, asked, today - timedelta(days=2), 2)
        told = (
            {}
            if reference is None
            else {"reference": "with the fewest readings", "reference_value": reference}
        )
        figures.at_most(f"30 days of a device of {step:,} readings, p95", month * 1000, "ms", 100)
        figures.at_most(f"two days of a device of {step:,} readings, p95", pair * 1000, "ms", 100)
        if told:
            figures.at_most(f"30 days, growth to {step:,} readings", month * 1000, "ms", 3, **told)
        reference = reference or month * 1000


def fill(count: int, devices: int, first: datetime, days: int) -> None:
    """So many readings of so many series, evenly over the days, with their roll-ups by the hour."""
    from django.db import connection

    each = max(1, count // devices)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE observation, observation_hour")
        for day in range(days):
            begin, some = first + timedelta(days=day), max(1, each // days)
            cursor.execute(
                "INSERT INTO observation"
                " SELECT series, %s::timestamptz + n * (interval '1 day' / %s), n %% 97"
                " FROM generate_series(1, %s) AS series, generate_series(0, %s) AS n",
                [begin, some, devices, some - 1],
            )
            cursor.execute(
                "INSERT INTO observation_hour SELECT series, date_trunc('hour', at, 'UTC'), count(*),"
                " sum(value), min(value), max(value) FROM observation"
                " WHERE at >= %s AND at < %s::timestamptz + interval '1 day' GROUP BY 1, 2",
                [begin, begin],
            )
        cursor.execute("ANALYZE observation, observation_hour")


def p95(devices: int, asked: int, first: datetime, days: int) -> float:
    """Seconds in which 95 of 100 questions about a device are answered."""
    from anlan.store.readers.devices import history

    times = []
    for number in range(asked):
        began = time.perf_counter()
        found = history(1 + number * 37 % devices, first, first + timedelta(days=days))
        times.append(time.perf_counter() - began)
        assert found
    return sorted(times)[int(len(times) * 0.95) - (len(times) < 20)]


if __name__ == "__main__":
    main()
