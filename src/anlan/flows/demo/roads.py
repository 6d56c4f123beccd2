"""How a made-up case goes: each step by the table of states, at times as they are in life."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from anlan.cases import deadlines, states
from anlan.cases.terms import TOTAL, Limits, Stage, State, Step

DESK, UNIT, VERIFIER = "desk", "unit", "verifier"


@dataclass(frozen=True)
class Told:
    """One event of the road: who is one of DESK, UNIT, VERIFIER."""

    step: Step
    before: State
    after: State
    at: datetime
    who: str
    reason: str = ""


@dataclass
class Clock:
    """One stage of the road, or the whole (stage "total")."""

    stage: str
    began_at: datetime
    promised_due_at: datetime
    due_at: datetime
    has_unit: bool = False
    ended_at: datetime | None = None
    paused_at: datetime | None = None


@dataclass
class Road:
    """Where a case stands after its road."""

    opened_at: datetime
    limits: Limits
    state: State = State.NEW
    former: State | None = None
    stage: Stage | None = Stage.ACCEPT
    stage_since: datetime = field(init=False)
    due_at: datetime | None = field(init=False)
    clock_left: timedelta | None = None
    rectified_at: datetime | None = None
    closed_at: datetime | None = None
    has_unit: bool = False
    reworks: int = 0
    reopened: int = 0
    events: list[Told] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stage_since = self.opened_at
        self.due_at = deadlines.plain_due(Stage.ACCEPT, self.opened_at, self.limits)
        self._begin(TOTAL, self.opened_at, deadlines.total_due(self.opened_at, self.limits))
        self._begin(Stage.ACCEPT, self.opened_at, self.due_at)

    @property
    def near_at(self) -> datetime | None:
        """From when on the stage is near its end."""
        running = [each for each in self.clocks if each.ended_at is None and each.stage == self.stage]
        return deadlines.amber_at(running[0].began_at, running[0].due_at) if running else None

    def take(self, step: Step, at: datetime, who: str, reason: str = "") -> None:
        """Move one step, as flows/case_steps.py does."""
        before = self.state
        self.state = states.after(before, step, self.former)
        self.events.append(Told(step, before, self.state, at, who, reason))
        self._clock(step, before, at)
        changes: dict[Step, dict[str, Any]] = {
            Step.DISPATCH: {"has_unit": True},
            Step.RETURN: {"has_unit": False},
            Step.RECTIFY: {"rectified_at": at},
            Step.FAIL: {"rectified_at": None, "reworks": self.reworks + 1},
            Step.CLOSE: {"closed_at": at},
            Step.REOPEN: {
                "has_unit": False,
                "rectified_at": None,
                "closed_at": None,
                "reopened": self.reopened + 1,
            },
        }
        for name, value in changes.get(step, {}).items():
            setattr(self, name, value)
        self._follow(at)

    def _begin(self, stage: str, at: datetime, due_at: datetime) -> None:
        self.clocks.append(Clock(stage, at, due_at, due_at, self.has_unit and stage != TOTAL))

    def _follow(self, at: datetime) -> None:
        """Bring the clocks to where the case stands, as flows/clocks.py does."""
        running = {clock.stage: clock for clock in self.clocks if clock.ended_at is None}
        if self.state is State.PARKED:
            self.pauses.append((at, None))
            for clock in running.values():
                clock.paused_at = at
            return
        if self.pauses and self.pauses[-1][1] is None:
            stopped_at = self.pauses[-1][0]
            self.pauses[-1] = (stopped_at, at)
            for clock in running.values():
                clock.paused_at = None
                if stopped_at < clock.due_at:
                    clock.due_at += at - stopped_at
        for stage, clock in running.items():
            if self.state in states.ENDED or stage not in (self.stage, TOTAL):
                clock.ended_at = at
        if self.state in states.ENDED:
            return
        if self.stage and self.stage not in running and self.due_at:
            self._begin(self.stage, at, self.due_at)
        if TOTAL not in running:
            self._begin(TOTAL, at, deadlines.total_due(at, self.limits))

    def _clock(self, step: Step, before: State, at: datetime) -> None:
        if step is Step.PARK:
            self.former, self.clock_left = before, (self.due_at or at) - at
            self.stage, self.stage_since, self.due_at = None, at, at + timedelta(days=45)
            return
        if step is Step.RESUME:
            self.former = None
        stage = states.WAITS_FOR.get(self.state)
        if stage == self.stage:
            return
        self.stage, self.stage_since = stage, at
        self.due_at = deadlines.plain_due(stage, at, self.limits) if stage else None
        if step is Step.RESUME and self.clock_left is not None:
            self.due_at, self.clock_left = at + self.clock_left, None


def road(rng: Random, opened_at: datetime, limits: Limits, done: tuple[str, ...], now: datetime) -> Road:
    """The road of a case that was opened at `opened_at`, as far as it came by `now`."""
    case = Road(opened_at, limits)
    at = opened_at
    while True:
        planned = _next(rng, case, done)
        if planned is None:
            return case
        step, who, reason, hours = planned
        at += timedelta(hours=hours)
        if at >= now:
            return case
        case.take(step, at, who, reason)


def _hours(rng: Random, limit: float, late: float) -> float:
    """How long a stage takes: mostly well within its limit; `late` is the share above it."""
    if rng.random() < late:
        return limit * rng.lognormvariate(0.5, 0.6) + limit
    return limit * min(0.98, rng.lognormvariate(-1.1, 0.7))


def _next(rng: Random, case: Road, done: tuple[str, ...]) -> tuple[Step, str, str, float] | None:
    """The next step, who takes it, why, and after how many hours; None when the case has ended."""
    luck = rng.random()
    match case.state:
        case State.NEW:
            hours = _hours(rng, case.limits.accept_hours, 0.06)
            if luck < 0.05:
                return Step.REJECT, DESK, "现场核对，不是隐患", hours
            return Step.ACCEPT, DESK, "", hours
        case State.ACCEPTED:
            hours = _hours(rng, case.limits.dispatch_hours, 0.05)
            if luck < 0.02:
                return Step.CANCEL, DESK, "和另一件重复，已电话告知上报人", hours
            return Step.DISPATCH, DESK, "", hours
        case State.RETURNED | State.REOPENED:
            return Step.DISPATCH, DESK, "", _hours(rng, case.limits.dispatch_hours, 0.1)
        case State.DISPATCHED:
            hours = case.limits.handle_hours * rng.uniform(0.01, 0.15)
            if luck < 0.06 and not any(each.step is Step.RETURN for each in case.events):
                return Step.RETURN, UNIT, "不在本单位辖区", hours
            return Step.START, UNIT, "", hours
        case State.IN_PROGRESS:
            if luck < 0.02 and case.clock_left is None and case.reworks == 0:
                return Step.PARK, DESK, "等枯水期施工", case.limits.handle_hours * 0.3
            return Step.RECTIFY, UNIT, rng.choice(done), _hours(rng, case.limits.handle_hours, 0.1)
        case State.REWORK:
            return Step.START, UNIT, "", case.limits.handle_hours * rng.uniform(0.02, 0.3)
        case State.PARKED:
            return Step.RESUME, DESK, "", rng.uniform(200, 1000)
        case State.RECTIFIED:
            hours = _hours(rng, case.limits.verify_hours, 0.07)
            if luck < 0.08 and case.reworks < 2:
                return Step.FAIL, VERIFIER, "现场看没有改到位，用手一推还会动", hours
            return Step.PASS, VERIFIER, "到现场看过，已改好", hours
        case State.VERIFIED:
            return Step.CLOSE, DESK, "", rng.uniform(0.5, 20)
        case State.CLOSED:
            if luck < 0.015 and case.reopened == 0:
                return Step.REOPEN, DESK, "上报人说又坏了", rng.uniform(48, 400)
            return None
        case _:
            return None
