"""Ends of what runs, reckoned anew when the calendar changed: from the beginning, with all that came since.

Assumptions: what was promised is another column and stays. A clock counts its limit anew; a whole without a
limit of its own keeps the working time that it was promised. Pauses and granted extensions follow in their
order, by the rules that held when they came (`due_times.moved`, `extensions.extended`). An end that has not
come is never moved to one that has gone by: a change of the calendar makes nothing late.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from anlan.base.clock import Moments, array_of, moment, zone
from anlan.base.when_used import when_used
from anlan.cases import due_times
from anlan.cases.calendars import WorkCalendar
from anlan.cases.limits import WORKING, Limit, TimeUnit
from anlan.cases.many_due_times import due_many, later_many, moved_many, part_way_many
from anlan.cases.pauses import Pause

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")


class ManyEnds(NamedTuple):
    """Ends of many clocks, and from when on each is near its end."""

    due: Moments
    near: Moments


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


class Granted(NamedTuple):
    """More time that was granted for a stage; `ends` is what it moved a stage that ended since, None else."""

    at: datetime
    more: Limit
    ends: tuple[datetime, datetime] | None


def many_ends(
    unit: TimeUnit,
    began: Moments,
    amounts: NDArray[np.int64],
    shares: NDArray[np.float64],
    pauses: Sequence[Sequence[Pause]],
    calendar: WorkCalendar,
) -> ManyEnds:
    """Ends of clocks with a limit in `unit`; `pauses` are a joined list for each, or none at all."""
    plain = due_many(began, unit, amounts, calendar)
    return _with_pauses(unit, began, plain, shares, pauses, calendar)


def many_wholes(
    began: Moments,
    worked: Moments,
    shares: NDArray[np.float64],
    pauses: Sequence[Sequence[Pause]],
    calendar: WorkCalendar,
) -> ManyEnds:
    """Ends of wholes that were promised so much working time, in microseconds."""
    plain = later_many(began, worked, calendar)
    return _with_pauses(TimeUnit.WORKING_HOURS, began, plain, shares, pauses, calendar)


def _with_pauses(
    unit: TimeUnit,
    began: Moments,
    plain: Moments,
    shares: NDArray[np.float64],
    pauses: Sequence[Sequence[Pause]],
    calendar: WorkCalendar,
) -> ManyEnds:
    near = part_way_many(began, plain, shares, unit, calendar)
    return ManyEnds(*(moved_many(each, began, unit, calendar, pauses) for each in (plain, near)))


def never_made_late(old: Moments, new: Moments, now: int) -> Moments:
    """The new ends, but the old one where that has not come yet and the new one has gone by."""
    kept: Moments = np.where((new <= now) & (old > now), old, new)
    return kept


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
