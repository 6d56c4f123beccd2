"""Which alarm stands for another: one place, one cause, or something that follows from a wider silence.

A held alarm is kept and shown below its holder; nobody is told of it by itself. It stands alone again when
its holder is over before it is, or when it gets worse than its holder. Who answered an alarm saw to that
danger: what is found afterwards of another cause is told by itself.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from anlan.places.terms import within
from anlan.sensing.alarms.terms import SEVERITY_ORDER, AlarmSource, AlarmState, Cause, HeldWhy, Open

SAME_SITE = timedelta(minutes=30)
SAME_CAUSE = timedelta(minutes=5)
"""So long after its leader began an alarm of the same place, or of the same cause in one area, joins it."""


def holder_of(new: Cause, alarms: Iterable[Open]) -> tuple[int, HeldWhy] | None:
    """The open, unheld alarm that stands for `new`, and why; None when it stands alone.

    What inhibits comes before what leads a group; of several the oldest.
    """
    eldest = sorted(alarms, key=lambda each: (each.raised_at, each.pk))
    for each in eldest:
        if _inhibits(each, new):
            return each.pk, HeldWhy.INHIBITED
    for each in eldest:
        if _leads(each, new):
            return each.pk, HeldWhy.GROUPED
    return None


def outgrows(severity: str, holder_severity: str) -> bool:
    """Is an alarm too severe to be told by its holder alone?"""
    return SEVERITY_ORDER[severity] > SEVERITY_ORDER[holder_severity]


def covers(leader: Open, group_by: str) -> bool:
    """Does its leader stand for what is new of an alarm? One that was answered, for its own cause alone."""
    return leader.state != AlarmState.ACKNOWLEDGED or (bool(group_by) and leader.group_by == group_by)


def _inhibits(holder: Open, new: Cause) -> bool:
    """Where a whole area is silent, that one device in it is silent says nothing new."""
    wide = holder.source == AlarmSource.OUTAGE and new.says_silent
    return wide and within(new.area_path, holder.area_path)


def _leads(leader: Open, new: Cause) -> bool:
    if outgrows(new.severity, leader.severity) or leader.says_silent or new.says_silent:
        return False
    if not covers(leader, new.group_by):
        return False
    same_site = new.site is not None and leader.site_id == new.site
    if same_site and _soon(leader.raised_at, new.at, SAME_SITE):
        return True
    same_cause = bool(new.group_by) and leader.group_by == new.group_by
    return same_cause and leader.area_path == new.area_path and _soon(leader.raised_at, new.at, SAME_CAUSE)


def _soon(first: datetime, second: datetime, within_time: timedelta) -> bool:
    return abs(second - first) <= within_time
