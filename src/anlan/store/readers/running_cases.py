"""What came between the beginning of running clocks and now: pauses, granted time; and their amber points."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from anlan.cases.deadlines import AMBER_SHARE
from anlan.cases.limits import Limit, TimeUnit
from anlan.cases.new_ends import Granted
from anlan.cases.pauses import Pause, joined
from anlan.store.models import StageLimit
from anlan.store.running_clocks import GIVEN, rows_of

PAUSES = f"""
SELECT case_id, began_at, ended_at FROM store_clockpause
WHERE case_id = ANY({GIVEN}) AND ended_at IS NOT NULL
"""

GRANTED = f"""
SELECT e.case_id, e.answered_at, e.amount, e.time_unit, e.due_before, e.due_after, k.ended_at IS NOT NULL
FROM store_extension e JOIN store_stageclock k ON k.id = e.clock_id
WHERE e.case_id = ANY({GIVEN}) AND e.granted AND k.task_id IS NULL ORDER BY e.answered_at
"""

GRANTED_TO_TASKS = f"""
SELECT e.clock_id, e.answered_at, e.amount, e.time_unit
FROM store_extension e JOIN store_stageclock k ON k.id = e.clock_id
WHERE e.case_id = ANY({GIVEN}) AND e.granted AND k.task_id IS NOT NULL AND k.ended_at IS NULL
ORDER BY e.answered_at
"""


def pauses_of(cases: Sequence[int]) -> dict[int, list[Pause]]:
    """The pauses of these cases that ended, joined; one query."""
    found: defaultdict[int, list[Pause]] = defaultdict(list)
    for case, begins, ends in rows_of(PAUSES, cases):
        found[case].append(Pause(begins, ends))
    return {case: joined(pauses) for case, pauses in found.items()}


def granted_of(cases: Sequence[int]) -> dict[int, list[Granted]]:
    """The time that was granted for these cases, their tasks left out; of stages that ended, with what it
    moved; one query.
    """
    found: defaultdict[int, list[Granted]] = defaultdict(list)
    for case, at, amount, unit, before, after, ended in rows_of(GRANTED, cases):
        found[case].append(Granted(at, Limit(amount, TimeUnit(unit)), (before, after) if ended else None))
    return dict(found)


def granted_to_tasks(cases: Sequence[int]) -> dict[int, list[Granted]]:
    """The time that was granted for tasks in these cases, by the id of a clock that still runs; one query."""
    found: defaultdict[int, list[Granted]] = defaultdict(list)
    for clock, at, amount, unit in rows_of(GRANTED_TO_TASKS, cases):
        found[clock].append(Granted(at, Limit(amount, TimeUnit(unit)), None))
    return dict(found)


def amber_shares() -> Mapping[tuple[int, str, str], float]:
    """From which share on stages are near their end: by category, severity ("" for any), stage; one query."""
    rows = StageLimit.objects.values_list("category_id", "severity", "stage", "amber_percent")
    return {(category, severity, stage): percent / 100 for category, severity, stage, percent in rows}


def amber_share(
    shares: Mapping[tuple[int, str, str], float], category: int, severity: str, stage: str
) -> float:
    """The share of one clock: of the severity's own limit, of that for any, or the usual one."""
    any_severity = shares.get((category, "", stage), AMBER_SHARE)
    return shares.get((category, severity, stage), any_severity)
