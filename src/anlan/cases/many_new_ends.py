"""Ends of many clocks whose time was extended, reckoned anew at once; new_ends.py says by which rules.

What happened to a case comes in its order, a round for the first happening of each case, then one for the
second of each, and so on: within a round all cases are reckoned together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from anlan.base.clock import Moments, micros
from anlan.base.when_used import when_used
from anlan.cases.calendars import WorkCalendar
from anlan.cases.limits import WORKING, TimeUnit
from anlan.cases.many_due_times import due_many, later_many, moved_by, part_way_many
from anlan.cases.new_ends import Granted, ManyEnds
from anlan.cases.pauses import Pause

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
else:
    np = when_used("numpy")

UNITS = tuple(TimeUnit)
NONE = -1
"""An amount where a whole has no limit of its own."""


@dataclass(frozen=True, eq=False)
class ManyClocks:
    """A clock for each of many cases, or none where `runs` is False.

    `unit` is a place in UNITS. One with a limit has an `amount`; a whole without one was promised `worked`
    microseconds of working time, or an end that stays.
    """

    runs: Mask
    began: Moments
    unit: NDArray[np.int64]
    amount: NDArray[np.int64]
    share: NDArray[np.float64]
    promised: Moments
    worked: Moments


class Replayed(NamedTuple):
    """The ends of the stage and of the whole of each case; 0 where no such clock runs."""

    stage: ManyEnds
    whole: ManyEnds


def replayed_many(
    stages: ManyClocks,
    wholes: ManyClocks,
    changes: Sequence[Sequence[Pause | Granted]],
    calendar: WorkCalendar,
) -> Replayed:
    """The ends of the stage and the whole of each case after its `changes`, given in whatever order.

    An extension of another stage, which ended, moves the whole only.
    """
    stage, whole = _Running(stages, calendar), _Running(wholes, calendar)
    ordered = [sorted(each, key=_ended) for each in changes]
    for place in range(max(map(len, ordered), default=0)):
        happened = [each[place] if place < len(each) else None for each in ordered]
        _pause(stage, whole, happened)
        _grant(stage, whole, happened)
    return Replayed(stage.ends, whole.ends)


def _ended(change: Pause | Granted) -> int:
    return micros(change.ends if isinstance(change, Pause) else change.at)


@dataclass(eq=False)
class _Running:
    """Many clocks with their ends as far as they are reckoned."""

    clocks: ManyClocks
    calendar: WorkCalendar
    ends: ManyEnds = field(init=False)

    def __post_init__(self) -> None:
        """As they began: without what happened since."""
        clocks, due = self.clocks, np.zeros_like(self.clocks.began)
        limited = clocks.amount != NONE
        for unit, which in self.by_unit(clocks.runs):
            counted, kept = which & limited, which & ~limited
            due[counted] = due_many(clocks.began[counted], unit, clocks.amount[counted], self.calendar)
            due[kept] = (
                later_many(clocks.began[kept], clocks.worked[kept], self.calendar)
                if unit in WORKING
                else clocks.promised[kept]
            )
        self.ends = ManyEnds(due, np.zeros_like(due))
        self.end(clocks.runs, due)

    def by_unit(self, which: Mask) -> Iterator[tuple[TimeUnit, Mask]]:
        """Some of them, those of each unit apart."""
        for place, unit in enumerate(UNITS):
            found = which & (self.clocks.unit == place)
            if found.any():
                yield unit, found

    def end(self, which: Mask, due: Moments) -> None:
        """Let some of them end at `due`, and be near their end accordingly."""
        clocks = self.clocks
        self.ends.due[which] = due[which]
        for unit, found in self.by_unit(which):
            self.ends.near[found] = part_way_many(
                clocks.began[found], due[found], clocks.share[found], unit, self.calendar
            )

    def pause(self, which: Mask, begins: Moments, stops: Moments) -> None:
        """Let some of them stand still."""
        for unit, found in self.by_unit(which & self.clocks.runs):
            for ends in self.ends:
                ends[found] = moved_by(
                    ends[found], self.clocks.began[found], unit, self.calendar, (begins[found], stops[found])
                )


Happened = Sequence[Pause | Granted | None]
"""What happened to each case in one round."""


def _pause(stage: _Running, whole: _Running, happened: Happened) -> None:
    which = np.array([isinstance(each, Pause) for each in happened])
    begins, stops = (
        np.array([micros(each[side]) if isinstance(each, Pause) else 0 for each in happened])
        for side in (0, 1)
    )
    stage.pause(which, begins, stops)
    whole.pause(which, begins, stops)


def _grant(stage: _Running, whole: _Running, happened: Happened) -> None:
    """More time for the stage that runs and for the whole; for the whole alone where that stage ended."""
    granted = [each if isinstance(each, Granted) else None for each in happened]
    units = np.array([UNITS.index(each.more.unit) if each else NONE for each in granted])
    amounts = np.array([each.more.amount if each else 0 for each in granted])
    ended = np.array([each is not None and each.ends is not None for each in granted])
    before, after = (
        np.array([micros(each.ends[side]) if each and each.ends else 0 for each in granted])
        for side in (0, 1)
    )
    goes_on = (units != NONE) & ~ended & stage.clocks.runs
    before[goes_on] = stage.ends.due[goes_on]
    for place, unit in enumerate(UNITS):
        which = goes_on & (units == place)
        after[which] = due_many(before[which], unit, amounts[which], stage.calendar)
    stage.end(goes_on, after)
    _follow(whole, (goes_on | ended) & whole.clocks.runs, units, (before, after))


def _follow(whole: _Running, which: Mask, units: NDArray[np.int64], moved: tuple[Moments, Moments]) -> None:
    """Give the whole the time that its stage was given; it never ends before its stage."""
    later, (before, after) = whole.ends.due.copy(), moved
    at_work = np.isin(units, [UNITS.index(unit) for unit in WORKING])
    for unit, found in (
        (TimeUnit.WORKING_HOURS, which & at_work),
        (TimeUnit.EMERGENCY_HOURS, which & ~at_work),
    ):
        row = (before[found], after[found])
        later[found] = moved_by(later[found], before[found], unit, whole.calendar, row)
    whole.end(which, np.maximum(later, after))
