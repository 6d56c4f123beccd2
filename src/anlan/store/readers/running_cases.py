"""What came between the beginning of running clocks and now: pauses, granted time; and their amber points."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from anlan.cases.deadlines import AMBER_SHARE
from anlan.cases.limits import Limit, TimeUnit
from anlan.cases.new_ends import Granted
from anlan.cases.pauses import Pause, joined
from anlan.store.models import ClockPause, Extension, StageLimit


def pauses_of(cases: Sequence[int]) -> dict[int, list[Pause]]:
    """The pauses of these cases that ended, joined; one query."""
    rows = ClockPause.objects.filter(case__in=cases, ended_at__isnull=False)
    found: defaultdict[int, list[Pause]] = defaultdict(list)
    for case, begins, ends in rows.values_list("case_id", "began_at", "ended_at"):
        if ends is not None:
            found[case].append(Pause(begins, ends))
    return {case: joined(pauses) for case, pauses in found.items()}


def granted_of(cases: Sequence[int]) -> dict[int, list[Granted]]:
    """The time that was granted for these cases, their tasks left out; of stages that ended, with what it
    moved; one query.
    """
    rows = Extension.objects.filter(case__in=cases, clock__task=None, granted=True, answered_at__isnull=False)
    found: defaultdict[int, list[Granted]] = defaultdict(list)
    for each in rows.select_related("clock").order_by("answered_at"):
        before, after = each.due_before, each.due_after
        ends = (before, after) if each.clock.ended_at is not None and before and after else None
        if each.answered_at is not None:
            more = Limit(each.amount, TimeUnit(each.time_unit))
            found[each.case_id].append(Granted(each.answered_at, more, ends))
    return dict(found)


def granted_to_tasks(cases: Sequence[int]) -> dict[int, list[Granted]]:
    """The time that was granted for tasks in these cases, by the id of a clock that still runs; one query."""
    rows = Extension.objects.filter(case__in=cases, granted=True, answered_at__isnull=False)
    found: defaultdict[int, list[Granted]] = defaultdict(list)
    for each in rows.exclude(clock__task=None).filter(clock__ended_at=None).order_by("answered_at"):
        if each.answered_at is not None:
            more = Limit(each.amount, TimeUnit(each.time_unit))
            found[each.clock_id].append(Granted(each.answered_at, more, None))
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
