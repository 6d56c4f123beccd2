"""A changed calendar goes through the open cases: their ends are reckoned anew, what was promised stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from anlan.base.clock import Moments, array_of, micros, moment, year_of, zone
from anlan.base.when_used import when_used
from anlan.cases.calendars import WorkCalendar
from anlan.cases.limits import WORKING, TimeUnit
from anlan.cases.many_due_times import worked_many
from anlan.cases.many_new_ends import ManyClocks, replayed_many
from anlan.cases.new_ends import Granted, ManyEnds, many_ends, many_wholes, never_made_late
from anlan.cases.pauses import Pause
from anlan.cases.task_states import stage_of
from anlan.cases.terms import TOTAL
from anlan.cases.working_time import timetable
from anlan.flows.follow_ups import later
from anlan.staff.terms import Role
from anlan.store import running_clocks
from anlan.store.models import CalendarLane, CalendarRun, CalendarVersion, User
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

LANES = 2
"""Workers that go through the cases side by side: writing keeps a processor of the database busy."""


def begin_run(
    version: CalendarVersion, from_day: date, *, why: str, asked_by: User | None, now: datetime
) -> CalendarRun:
    """Let a change of the calendar go through the open cases, once this transaction commits."""
    run = CalendarRun.objects.create(
        version=version, from_day=from_day, why=why, asked_by=asked_by, asked_at=now
    )
    middles = running_clocks.parted(LANES)
    for after, last in zip([0, *middles], [*middles, None], strict=True):
        CalendarLane.objects.create(run=run, after_case=after, last_case=last)
        later("recompute_deadlines", run_id=run.pk)
    return run


@transaction.atomic
def recompute_part(*, acting_user: None, run_id: int, now: datetime) -> bool:
    """Reckon the ends of the next open cases of a run; says whether there is more to do.

    Its lanes hold cases apart, so one worker goes along each. A worker that is killed leaves a part either
    done and counted, or untouched; of two in one lane one does it. Cases that ended are never looked at.
    """
    lanes = CalendarLane.objects.select_for_update(skip_locked=True, no_key=True)
    lane = lanes.filter(run=run_id, finished_at=None).order_by("pk").first()
    if lane is None:
        return False
    upto = running_clocks.next_cases(lane.after_case, PART, lane.last_case)
    if upto is None:
        lane.finished_at = now
        lane.save()
        _finish(run_id, now)
    else:
        _follow(lane, upto, now)
    return True


def _follow(lane: CalendarLane, upto: int, now: datetime) -> None:
    """Let the next cases of a locked lane follow; the run, which other lanes count in too, comes last."""
    run, calendar = lane.run, calendar_in_force()
    cases = running_clocks.locked(lane.after_case, upto, floor_of(run.from_day, calendar))
    found = reckon(cases, calendar, now).moved()
    moved = running_clocks.move(found.clocks, *found.ends, event=_event(run, now))
    lane.after_case = upto
    lane.save()
    CalendarRun.objects.filter(pk=run.pk).update(
        cases_moved=F("cases_moved") + moved, cases_looked_at=F("cases_looked_at") + len(cases)
    )


def _finish(run_id: int, now: datetime) -> None:
    """Note that a run is through all its lanes; of two that come to their end at once the second sees it."""
    run = CalendarRun.objects.select_for_update(no_key=True).get(pk=run_id)
    if not run.lanes.filter(finished_at=None).exists():
        run.finished_at = now
        run.save()


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
    reckoning.extended([*_of_cases(clocks, granted), *_of_tasks(clocks, to_tasks)], due, near)
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

    def extended(self, works: Sequence[Extended], due: Moments, near: Moments) -> None:
        """Those whose time was extended: what came first tells what came later."""
        if not works:
            return
        stages = np.array([work.stage for work in works])
        wholes = np.array([work.whole for work in works])
        changes = [[*self.pauses.get(work.case, ()), *work.changes] for work in works]
        found = replayed_many(self._some(stages), self._some(wholes), changes, self.calendar)
        for places, ends in zip((stages, wholes), found, strict=True):
            runs = places != NONE
            due[places[runs]], near[places[runs]] = ends.due[runs], ends.near[runs]

    def _some(self, places: NDArray[np.int64]) -> ManyClocks:
        clocks = self.clocks
        return ManyClocks(
            runs=places != NONE,
            began=clocks.began[places],
            unit=clocks.unit[places],
            amount=clocks.amount[places],
            share=self.shares[places],
            promised=clocks.promised[places],
            worked=self.worked[places],
        )


class Extended(NamedTuple):
    """Clocks of a case whose time was extended, as places in the arrays, NONE where there is none."""

    case: int
    stage: int
    whole: int
    changes: Sequence[Granted]


def _of_cases(clocks: Clocks, granted: Mapping[int, list[Granted]]) -> Iterator[Extended]:
    """Cases whose time was extended, with the stage and the whole that run."""
    asked = np.isin(clocks.case, np.array(list(granted), dtype=np.int64))
    stage = _places(clocks.case, asked & (clocks.stage < OWN))
    whole = _places(clocks.case, asked & (clocks.stage == STAGES.index(TOTAL)))
    for case, changes in granted.items():
        if case in stage or case in whole:
            yield Extended(case, stage.get(case, NONE), whole.get(case, NONE), changes)


def _of_tasks(clocks: Clocks, granted: Mapping[int, list[Granted]]) -> Iterator[Extended]:
    """Tasks whose time was extended: none moves another clock."""
    places = _places(clocks.clock, np.isin(clocks.clock, np.array(list(granted), dtype=np.int64)))
    for clock, changes in granted.items():
        if clock in places:
            yield Extended(int(clocks.case[places[clock]]), places[clock], NONE, changes)


def _places(names: NDArray[np.int64], which: NDArray[np.bool_]) -> dict[int, int]:
    """Where each of some names stands."""
    return dict(zip(names[which].tolist(), np.flatnonzero(which).tolist(), strict=True))
