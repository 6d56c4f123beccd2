"""Ends of what runs, reckoned anew when the calendar changed: from the beginning, with all that came since.

Assumptions: what was promised is another column and stays. A clock counts its limit anew; a whole without a
limit of its own keeps the working time that it was promised. Pauses and granted extensions follow in their
order (many_new_ends.py), by the rules that held when they came (`due_times.moved`, `extensions.extended`). An
end that has not come is never moved to one that has gone by: a change of the calendar makes nothing late.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from anlan.base.clock import Moments
from anlan.base.when_used import when_used
from anlan.cases.calendars import WorkCalendar
from anlan.cases.limits import Limit, TimeUnit
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
