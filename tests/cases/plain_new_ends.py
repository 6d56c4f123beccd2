"""New ends of one case after another, in plain steps: what many at once are held against."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from anlan.base.clock import array_of, moment, zone
from anlan.cases import due_times
from anlan.cases.calendars import WorkCalendar
from anlan.cases.limits import WORKING, Limit, TimeUnit
from anlan.cases.many_due_times import later_many
from anlan.cases.new_ends import Granted
from anlan.cases.pauses import Pause


class Ends(NamedTuple):
    """The end of one clock, and from when on it is near it; in UTC."""

    due: datetime
    near: datetime


@dataclass(frozen=True)
class Clock:
    """One clock that runs: `amount` of `unit`, or None for a whole that was promised `worked` microseconds.

    A whole that counts all time and has no limit of its own keeps the end that it was promised.
    """

    began: datetime
    unit: TimeUnit
    amount: int | None
    share: float
    promised: datetime
    worked: int = 0


def replayed(
    stage: Clock | None, whole: Clock | None, changes: Iterable[Pause | Granted], calendar: WorkCalendar
) -> tuple[Ends | None, Ends | None]:
    """The ends of a stage and of its case after what happened, where time was granted among it.

    An extension of another stage, which ended, moves the whole only.
    """
    ends, total = (None if each is None else _first(each, calendar) for each in (stage, whole))
    for change in sorted(changes, key=lambda each: each.ends if isinstance(each, Pause) else each.at):
        if isinstance(change, Pause):
            ends, total = (
                _paused(each, clock, change, calendar) for each, clock in ((ends, stage), (total, whole))
            )
            continue
        moved = change.ends
        if moved is None and ends and stage:
            moved = ends.due, due_times.due(ends.due, change.more, calendar)
            ends = _ending(stage, moved[1], calendar)
        if moved and total and whole:
            unit = TimeUnit.WORKING_HOURS if change.more.unit in WORKING else TimeUnit.EMERGENCY_HOURS
            later = due_times.moved(total.due, moved[0], Pause(*moved), unit, calendar)
            total = _ending(whole, max(later, moved[1]), calendar)
    return ends, total


def _first(clock: Clock, calendar: WorkCalendar) -> Ends:
    """As it began: without what happened since."""
    if clock.amount is not None:
        return _ending(clock, due_times.due(clock.began, Limit(clock.amount, clock.unit), calendar), calendar)
    if clock.unit not in WORKING:
        return _ending(clock, clock.promised, calendar)
    due = later_many(array_of([clock.began]), np.array([clock.worked]), calendar)
    return _ending(clock, moment(due[0], zone(calendar.zone)), calendar)


def _ending(clock: Clock, due: datetime, calendar: WorkCalendar) -> Ends:
    near = due_times.part_way(clock.began, due, clock.share, clock.unit, calendar)
    return Ends(due.astimezone(UTC), near.astimezone(UTC))


def _paused(ends: Ends | None, clock: Clock | None, pause: Pause, calendar: WorkCalendar) -> Ends | None:
    if ends is None or clock is None:
        return None
    due, near = (due_times.moved(each, clock.began, pause, clock.unit, calendar) for each in ends)
    return Ends(due.astimezone(UTC), near.astimezone(UTC))
