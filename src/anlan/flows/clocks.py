"""The clocks of a case follow its steps: one ends, another begins, all stand still while it is away."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Value
from django.db.models.functions import Greatest

from anlan.cases import deadlines, states
from anlan.cases.terms import TOTAL, State
from anlan.store.models import Case, ClockPause, StageClock


def begin(case: Case, now: datetime) -> None:
    """Start the clock of the whole case and that of its first stage."""
    StageClock.objects.bulk_create([_of_whole(case, now), _of_stage(case)])


def follow(case: Case, now: datetime) -> None:
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
    make = {TOTAL: lambda: _of_whole(case, now), case.stage: lambda: _of_stage(case)}
    StageClock.objects.bulk_create([make[stage]() for stage in sorted(wanted - running.keys())])


def _of_whole(case: Case, now: datetime) -> StageClock:
    """The clock of the whole case; a case that is opened again runs from then."""
    total = deadlines.total_due(now, case.category)
    near_at = deadlines.amber_at(now, total)
    return StageClock(
        case=case, stage=TOTAL, began_at=now, promised_due_at=total, due_at=total, near_at=near_at
    )


def _of_stage(case: Case) -> StageClock:
    return StageClock(
        case=case,
        stage=case.stage,
        unit=case.unit,
        unit_path=case.unit_path,
        began_at=case.stage_since,
        promised_due_at=case.due_at,
        due_at=case.due_at,
        near_at=case.due_at and deadlines.amber_at(case.stage_since, case.due_at),
    )


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
    """End the pause: every clock ends later by its length."""
    pause = ClockPause.objects.get(case=case, ended_at=None)
    pause.ended_at = max(now, pause.began_at)
    pause.save()
    for clock in clocks:
        stood = pause.ended_at - pause.began_at
        clock.due_at = clock.due_at and clock.due_at + stood
        clock.near_at = clock.near_at and clock.near_at + stood
        clock.paused_at = None
    StageClock.objects.bulk_update(clocks, ["due_at", "near_at", "paused_at"])
