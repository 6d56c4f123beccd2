"""More time for a stage: the unit asks, somebody else answers, and what was promised stays on file."""

from datetime import datetime
from typing import NamedTuple

from anlan.base.errors import Refused
from anlan.cases import due_times
from anlan.cases.calendars import WorkCalendar
from anlan.cases.due_times import Pause
from anlan.cases.limits import WORKING, Limit, TimeUnit


class Ends(NamedTuple):
    """The end of a stage and that of the whole case; a case without an end for the whole has None there."""

    stage: datetime
    total: datetime | None


def extended(ends: Ends, more: Limit, calendar: WorkCalendar, now: datetime) -> Ends:
    """Both ends with `more` time for the stage; the whole never ends before its stage.

    Raises Refused("extension_too_short") where the new end is past already, Refused("beyond_calendar").
    """
    stage = due_times.due(ends.stage, more, calendar)
    if stage <= max(now, ends.stage):
        raise Refused("extension_too_short")
    if ends.total is None:
        return Ends(stage, None)
    unit = TimeUnit.WORKING_HOURS if more.unit in WORKING else TimeUnit.EMERGENCY_HOURS
    added = Pause(ends.stage, stage)
    total = due_times.moved(ends.total, ends.stage, added, unit, calendar)
    return Ends(stage, max(total, stage))


def check_answerer(asked_by: int, answered_by: int) -> None:
    """Raise Refused("own_extension") when a person answers what they asked themselves."""
    if asked_by == answered_by:
        raise Refused("own_extension")
