"""The clocks of a case follow its steps: one ends, another begins, all stand still while it is away."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Greatest

from anlan.cases import deadlines, states
from anlan.cases.deadlines import Terms
from anlan.cases.due_times import Pause
from anlan.cases.terms import TOTAL, State
from anlan.store.models import Case, ClockPause, StageClock
from anlan.store.readers.limits import city_calendar


def begin(case: Case, now: datetime, terms: Terms) -> None:
    """Start the clock of the whole case and that of its first stage."""
    StageClock.objects.bulk_create([_of_whole(case, now, terms), _of_stage(case, terms)])


def follow(case: Case, now: datetime, terms: Terms) -> None:
    """Bring the clocks to where `case` stands now; its columns of state, stage and unit are set already.

    Nothing changes while a stage goes on, so that a promise is kept and an extension is not lost.
    """
    running = {clock.stage: clock for clock in StageClock.objects.filter(case=case, ended_at=None)}
    if State(case.state) in (State.PARKED, State.MERGED):
        _stop(case, now)
        return
    if any(clock.paused_at for clock in running.values()):
        _go_on(case, running.values(), now)
    ended = case.state in states.ENDED
    wanted = set() if ended else {case.stage, TOTAL}
    _end([clock for stage, clock in running.items() if stage not in wanted], now)
    make = {TOTAL: lambda: _of_whole(case, now, terms), case.stage: lambda: _of_stage(case, terms)}
    StageClock.objects.bulk_create([make[stage]() for stage in sorted(wanted - running.keys())])


def after_pause(case: Case, stage: str, now: datetime) -> dict[str, datetime]:
    """The columns `due_at` and `stage_since` of a case whose clock goes on at `now`; {} if none stands."""
    clock = StageClock.objects.filter(case=case, stage=stage, ended_at=None).first()
    pause = ClockPause.objects.filter(case=case, ended_at=None).first()
    if clock is None or pause is None or clock.due_at is None:
        return {}
    due_at = _later(clock.due_at, clock, Pause(pause.began_at, max(now, pause.began_at))) or clock.due_at
    return {"due_at": due_at, "stage_since": min(now, clock.began_at + (due_at - clock.due_at))}


def _later(at: datetime | None, clock: StageClock, pause: Pause) -> datetime | None:
    if at is None:
        return None
    return deadlines.after_pause(at, clock.began_at, pause, clock.time_unit, city_calendar())


def _of_whole(case: Case, now: datetime, terms: Terms) -> StageClock:
    """The clock of the whole case; a case that is opened again runs from then."""
    total = deadlines.due(TOTAL, now, terms)
    return StageClock(case=case, stage=TOTAL, began_at=now, **_promised(TOTAL, now, total, terms))


def _of_stage(case: Case, terms: Terms) -> StageClock:
    return StageClock(
        case=case,
        stage=case.stage,
        unit=case.unit,
        unit_path=case.unit_path,
        began_at=case.stage_since,
        **_promised(case.stage, case.stage_since, case.due_at, terms),
    )


def _promised(stage: str, since: datetime, due_at: datetime | None, terms: Terms) -> dict[str, Any]:
    """The columns of what is promised for a stage."""
    return {
        "promised_due_at": due_at,
        "due_at": due_at,
        "near_at": due_at and deadlines.near(stage, since, due_at, terms),
        "amount": terms.amount(stage),
        "time_unit": terms.unit(stage),
    }


def _end(clocks: list[StageClock], now: datetime) -> None:
    """End these clocks; where the machine's clock was set back, at the moment they began."""
    if clocks:
        StageClock.objects.filter(pk__in=[clock.pk for clock in clocks]).update(
            ended_at=Greatest(F("began_at"), Value(now))
        )


def _stop(case: Case, now: datetime) -> None:
    ClockPause.objects.create(case=case, began_at=now)
    StageClock.objects.filter(case=case, ended_at=None).update(paused_at=now)


def _go_on(case: Case, clocks: Iterable[StageClock], now: datetime) -> None:
    """End the pause: every clock ends later by the part of it that counts for its stage."""
    pause = ClockPause.objects.get(case=case, ended_at=None)
    pause.ended_at = max(now, pause.began_at)
    pause.save()
    stood = Pause(pause.began_at, pause.ended_at)
    for clock in clocks:
        clock.due_at = _later(clock.due_at, clock, stood)
        clock.near_at = _later(clock.near_at, clock, stood)
        clock.paused_at = None
    StageClock.objects.bulk_update(clocks, ["due_at", "near_at", "paused_at"])
