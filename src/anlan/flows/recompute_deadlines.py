"""A changed calendar goes through the open cases: their ends are reckoned anew, what was promised stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from anlan.base.clock import Moments, array_of, micros, moment, year_of, zone
from anlan.base.when_used import when_used
from anlan.cases.calendars import WorkCalendar
from anlan.cases.limits import WORKING, TimeUnit
from anlan.cases.many_due_times import worked_many
from anlan.cases.new_ends import Clock, Granted, ManyEnds, many_ends, many_wholes, never_made_late, replayed
from anlan.cases.pauses import Pause
from anlan.cases.task_states import stage_of
from anlan.cases.terms import TOTAL
from anlan.cases.working_time import timetable
from anlan.flows.follow_ups import later
from anlan.staff.terms import Role
from anlan.store import running_clocks
from anlan.store.models import CalendarRun, CalendarVersion, User
from anlan.store.readers.calendars import calendar_in_force, calendar_known, changes_known_from
from anlan.store.readers.running_cases import (
    amber_share,
    amber_shares,
    granted_of,
    granted_to_tasks,
    pauses_of,
)
from anlan.store.running_clocks import NONE, OWN, SEVERITIES, STAGES, UNITS, Clocks, at

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

PART = 20_000
"""Clocks that are reckoned in one transaction: their cases wait for as long."""


def begin_run(
    version: CalendarVersion, from_day: date, *, why: str, asked_by: User | None, now: datetime
) -> CalendarRun:
    """Let a change of the calendar go through the open cases, once this transaction commits."""
    run = CalendarRun.objects.create(
        version=version, from_day=from_day, why=why, asked_by=asked_by, asked_at=now
    )
    later("recompute_deadlines", run_id=run.pk)
    return run


@transaction.atomic
def recompute_part(*, acting_user: None, run_id: int, now: datetime) -> bool:
    """Reckon the ends of the next open cases of a run; says whether there is more to do.

    A worker that is killed leaves a part either done and counted, or untouched; of two at once one does it.
    Cases that ended are never looked at.
    """
    runs = CalendarRun.objects.select_for_update(skip_locked=True, no_key=True)
    run = runs.filter(pk=run_id, finished_at=None).first()
    if run is None:
        return False
    upto = running_clocks.next_cases(run.after_case, PART)
    if upto is None:
        run.finished_at = now
    else:
        calendar = calendar_in_force()
        cases = running_clocks.locked(run.after_case, upto, floor_of(run.from_day, calendar))
        moved = reckon(cases, calendar, now).moved()
        run.cases_moved += running_clocks.move(moved.clocks, *moved.ends, event=_event(run, now))
        run.cases_looked_at += len(cases)
        run.after_case = upto
    run.save()
    return upto is not None


def unfinished() -> Sequence[int]:
    """Runs that are on their way, the oldest first."""
    return list(CalendarRun.objects.filter(finished_at=None).order_by("pk").values_list("pk", flat=True))


def floor_of(from_day: date, calendar: WorkCalendar) -> datetime:
    """The last closing before a day: ends before that hang on no day from then on."""
    midnight = timezone.make_aware(datetime.combine(from_day, time()), zone(calendar.zone))
    began = array_of([midnight])
    year = year_of(int(began[0]))
    return moment(timetable(calendar, year, year).written(began)[0], zone(calendar.zone))


def _event(run: CalendarRun, now: datetime) -> dict[str, object]:
    by_person = run.asked_by_id is not None
    return {
        "now": now,
        "actor": run.asked_by_id,
        "role": Role.ADMINISTRATOR if by_person else "",
        "source": "" if by_person else "system",
        "why": run.why,
    }


@dataclass(frozen=True, eq=False)
class Reckoned:
    """Clocks with the ends that they have in a calendar."""

    clocks: Clocks
    ends: ManyEnds

    def moved(self) -> Reckoned:
        """Those whose end moves."""
        which = self.ends.due != self.clocks.due
        return Reckoned(self.clocks.only(which), ManyEnds(self.ends.due[which], self.ends.near[which]))

    def told(self, most: int) -> dict[str, Any]:
        """How many stages end later and earlier, and `most` of them: case, end before, end after."""
        stages = self.clocks.stage < OWN
        clocks, due = self.clocks.only(stages), self.ends.due[stages]
        first = np.argsort(due, kind="stable")[:most]
        return {
            "later": int((due > clocks.due).sum()),
            "earlier": int((due < clocks.due).sum()),
            "cases": [
                [int(clocks.case[n]), at(clocks.due[n]).isoformat(), at(due[n]).isoformat()] for n in first
            ],
        }


def reckon(cases: Sequence[int], calendar: WorkCalendar, now: datetime) -> Reckoned:
    """The ends that the clocks of these cases have in `calendar`; nothing is written.

    A fixed number of queries.
    """
    clocks = running_clocks.clocks_of(cases)
    granted, to_tasks = granted_of(cases), granted_to_tasks(cases)
    reckoning = _Reckoning(clocks, calendar, pauses_of(cases))
    own = clocks.stage <= STAGES.index(TOTAL)
    extended = own & np.isin(clocks.case, np.array(list(granted), dtype=np.int64))
    plain = ~(extended | np.isin(clocks.clock, np.array(list(to_tasks), dtype=np.int64)))
    due, near = clocks.due.copy(), clocks.near.copy()
    without_limit = (clocks.amount == NONE) & (clocks.promised != NONE)
    for place, unit in enumerate(UNITS):
        if unit in WORKING:
            counted = plain & (clocks.unit == place)
            reckoning.limited(unit, counted & (clocks.amount != NONE), due, near)
            reckoning.wholes(counted & without_limit, due, near)
    for case, changes in granted.items():
        reckoning.one_by_one(case, changes, due, near)
    for clock, changes in to_tasks.items():
        reckoning.task(clock, changes, due, near)
    kept = never_made_late(clocks.due, due, micros(now))
    return Reckoned(clocks, ManyEnds(kept, np.where(kept == due, near, clocks.near)))


@dataclass(frozen=True, eq=False)
class _Reckoning:
    """Reckons some of the clocks at a time, and puts what it finds into arrays of all."""

    clocks: Clocks
    calendar: WorkCalendar
    pauses: dict[int, list[Pause]]

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """From which share on each is near its end: few kinds of clocks, so each kind is looked up once."""
        limits, clocks = amber_shares(), self.clocks
        kinds = np.stack([clocks.category, clocks.severity, clocks.stage], axis=1)
        found, places = np.unique(kinds, axis=0, return_inverse=True)
        names = ("", *SEVERITIES)
        shares = [
            amber_share(limits, int(category), names[severity], stage_of(STAGES[stage]))
            for category, severity, stage in found
        ]
        return np.array(shares, dtype=np.float64)[places.reshape(-1)]

    @cached_property
    def worked(self) -> Moments:
        """The working time that a whole without a limit was promised, in the calendar known when it began."""
        clocks = self.clocks
        moments = changes_known_from()
        epochs = np.searchsorted(array_of(moments), clocks.began, side="right")
        spans = np.zeros(len(clocks), dtype=np.int64)
        wanted = (clocks.amount == NONE) & (clocks.promised != NONE)
        for epoch in np.unique(epochs[wanted]):
            which = wanted & (epochs == epoch)
            known = calendar_known(at(int(clocks.began[which].max())))
            spans[which] = worked_many(clocks.began[which], clocks.promised[which], known)
        return spans

    def limited(self, unit: TimeUnit, which: NDArray[np.bool_], due: Moments, near: Moments) -> None:
        """Clocks with a limit in a unit of working time."""
        for part, stood in self._parts(which):
            began, amounts = self.clocks.began[part], self.clocks.amount[part]
            due[part], near[part] = many_ends(unit, began, amounts, self.shares[part], stood, self.calendar)

    def wholes(self, which: NDArray[np.bool_], due: Moments, near: Moments) -> None:
        """Wholes that are counted in working time without a limit of their own."""
        for part, stood in self._parts(which):
            began, worked = self.clocks.began[part], self.worked[part]
            due[part], near[part] = many_wholes(began, worked, self.shares[part], stood, self.calendar)

    def _parts(self, which: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.bool_], list[list[Pause]]]]:
        """Those that never stood still, and those that did, with their pauses."""
        yield which & ~self._stood_still, []
        stood = which & self._stood_still
        yield stood, [self.pauses[case] for case in self.clocks.case[stood].tolist()]

    @cached_property
    def _stood_still(self) -> NDArray[np.bool_]:
        return np.isin(self.clocks.case, np.array(list(self.pauses), dtype=np.int64))

    def one_by_one(self, case: int, changes: list[Granted], due: Moments, near: Moments) -> None:
        """A case whose time was extended: what came first tells what came later."""
        places = np.flatnonzero(self.clocks.case == case)
        total = STAGES.index(TOTAL)
        stage = next((int(place) for place in places if self.clocks.stage[place] < OWN), None)
        whole = next((int(place) for place in places if self.clocks.stage[place] == total), None)
        one, other = (None if place is None else self._clock(place) for place in (stage, whole))
        ends = replayed(one, other, [*self.pauses.get(case, ()), *changes], self.calendar)
        for place, found in zip((stage, whole), ends, strict=True):
            if place is not None and found is not None:
                due[place], near[place] = micros(found.due), micros(found.near)

    def task(self, clock: int, changes: list[Granted], due: Moments, near: Moments) -> None:
        """The clock of a task whose time was extended: it moves no other."""
        for place in np.flatnonzero(self.clocks.clock == clock).tolist():
            stood = self.pauses.get(int(self.clocks.case[place]), ())
            found, _ = replayed(self._clock(place), None, [*stood, *changes], self.calendar)
            if found is not None:
                due[place], near[place] = micros(found.due), micros(found.near)

    def _clock(self, place: int) -> Clock:
        clocks, amount = self.clocks, int(self.clocks.amount[place])
        return Clock(
            began=at(clocks.began[place]),
            unit=UNITS[clocks.unit[place]],
            amount=None if amount == NONE else amount,
            share=float(self.shares[place]),
            promised=at(clocks.promised[place]),
            worked=int(self.worked[place]),
        )
