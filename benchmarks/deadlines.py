"""How many deadlines a second of processor time: a million starts, with and without pauses.

The reference counts working days one by one on a calendar of dates, in plain Python; both must agree.
"""

import argparse
import time
from datetime import UTC, datetime, timedelta

import _figures as figures
import numpy as np
from chinese_calendar import is_workday

from anlan.base.clock import Moments, array_of, moment, zone
from anlan.cases.announced_days import calendar
from anlan.cases.due_times import Pause, due_many
from anlan.cases.limits import TimeUnit

MANY, FEW = 1_000_000, 2_000
GOAL = 200_000
CN = calendar("cn")
FIRST = datetime(2024, 1, 1, tzinfo=UTC)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    count = FEW if parser.parse_args().quick else MANY
    rng = np.random.default_rng(1)
    starts = array_of([FIRST]) + rng.integers(0, 900 * 86_400, count) * 1_000_000
    amounts = rng.integers(1, 21, count)
    plain = plain_rate(starts[:FEW], amounts[:FEW])
    for unit in TimeUnit:
        figures.say(f"{count:,} deadlines in {unit}")
        figures.at_least(f"deadlines in {unit}", rate(starts, unit, amounts), "1/s", GOAL)
    parked = [pauses(number) for number in range(count)]
    with_pauses = rate(starts, TimeUnit.WORKING_DAYS, amounts, parked)
    figures.at_least("deadlines in working days, one case in ten parked", with_pauses, "1/s", GOAL)
    ours = rate(starts, TimeUnit.WORKING_DAYS, amounts)
    figures.at_least(
        "deadlines in working days beside counting them one by one",
        *(ours, "1/s", 10),
        reference="plain Python, day by day",
        reference_value=plain,
    )


def pauses(number: int) -> list[Pause]:
    """A pause of nine days for each tenth case."""
    begins = FIRST + timedelta(hours=number % 20_000)
    return [] if number % 10 else [Pause(begins, begins + timedelta(days=9))]


def rate(
    starts: Moments, unit: TimeUnit, amounts: np.ndarray, parked: list[list[Pause]] | None = None
) -> float:
    """Deadlines a second, once the calendar's windows are laid out."""
    due_many(starts[:FEW], unit, amounts[:FEW], CN)
    before = time.process_time()
    due_many(starts, unit, amounts, CN, parked or ())
    return len(starts) / (time.process_time() - before)


def plain_rate(starts: Moments, amounts: np.ndarray) -> float:
    """Deadlines a second of the reference, for starts that lie in working time; says when it disagrees."""
    where = zone(CN.zone)
    shown = [moment(at, where) for at in starts]
    before = time.process_time()
    ends = [plain(at, int(amount)) for at, amount in zip(shown, amounts, strict=True)]
    spent = time.process_time() - before
    ours = due_many(starts, TimeUnit.WORKING_DAYS, amounts, CN)
    for at, end, our in zip(shown, ends, ours, strict=True):
        if is_workday(at) and 510 < at.hour * 60 + at.minute < 720 and moment(our, where) != end:
            raise SystemExit(f"{at} ends at {end} by the reference, at {moment(our, where)} by anlan")
    return len(ends) / spent


def plain(at: datetime, days: int) -> datetime:
    """The same clock time so many workdays later."""
    while days:
        at += timedelta(days=1)
        days -= is_workday(at)
    return at


if __name__ == "__main__":
    main()
