"""The arithmetic of deadlines once more, minute by minute, to check the quick one."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import chinese_calendar

from anlan.cases.due_times import Pause
from anlan.cases.limits import Limit, TimeUnit

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)
WINDOWS = (("08:30", "12:00"), ("14:00", "17:30"))


@cache
def is_workday(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def worked(at: datetime) -> bool:
    """Is the minute that begins at `at` worked?"""
    shown = f"{at:%H:%M}"
    return is_workday(at.date()) and any(opens <= shown < closes for opens, closes in WINDOWS)


def written(end: datetime) -> datetime:
    while not worked(end - MINUTE):
        end -= MINUTE
    return end


def later(at: datetime, minutes: int) -> datetime:
    while minutes:
        minutes -= worked(at)
        at += MINUTE
    return at


def minutes_worked(begins: datetime, ends: datetime) -> int:
    count = 0
    while begins < ends:
        count += worked(begins)
        begins += MINUTE
    return count


def plain_due(start: datetime, limit: Limit, pauses: Sequence[Pause] = ()) -> datetime:
    """When it ends in a unit of working time, in Shanghai."""
    begun = start
    while not worked(begun):
        begun += MINUTE
    end = written(_unpaused(begun, limit))
    for pause in joined(pauses):
        if pause.begins < end:
            stood = minutes_worked(max(pause.begins, begun), max(pause.ends, begun))
            end = written(later(end, stood))
    return end


def _unpaused(begun: datetime, limit: Limit) -> datetime:
    if limit.unit is TimeUnit.WORKING_HOURS:
        return later(begun, 60 * limit.amount)
    day, left = begun, limit.amount
    while left:
        day += timedelta(days=1)
        left -= is_workday(day.date())
    return day


def joined(pauses: Sequence[Pause]) -> list[Pause]:
    found: list[Pause] = []
    for pause in sorted(pauses):
        if found and pause.begins < found[-1].ends:
            found[-1] = Pause(found[-1].begins, max(pause.ends, found[-1].ends))
        else:
            found.append(pause)
    return found
