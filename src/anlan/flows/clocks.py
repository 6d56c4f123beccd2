"""The clocks of a case follow its steps: one ends, another begins, all stand still while it is away."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, F
from django.db.models.functions import Greatest

from anlan.cases import deadlines, states
from anlan.cases.deadlines import Terms
from anlan.cases.due_times import Pause
from anlan.cases.task_states import clock_of, stage_of
from anlan.cases.terms import CHECK, TOTAL, Stage, State
from anlan.store.models import Case, CaseTask, ClockPause, StageClock
from anlan.store.models.tasks import OPEN_TASK
from anlan.store.readers.gathered import Whole, any_of
from anlan.store.readers.limits import city_calendar
from anlan.store.readers.prepared import Given, Prepared, PreparedUpdate

_CLOCK = Whole(StageClock)
_RUNNING = Prepared(
    lambda: StageClock.objects.filter(case=Given("case"), task=None, ended_at=None).values_list(
        *_CLOCK.names()
    )
)
_END = PreparedUpdate(
    lambda: StageClock.objects.filter(any_of("store_stageclock.id", "clocks")),
    ended_at=Greatest(F("began_at"), Given("now", DateTimeField())),
)


def begin(case: Case, now: datetime, terms: Terms) -> None:
    """Start the clock of the whole case, that of its first stage, and that of its check."""
    StageClock.objects.bulk_create([_made(stage, case, now, terms) for stage in (TOTAL, case.stage, CHECK)])


def follow(case: Case, now: datetime, terms: Terms) -> None:
    """Bring the clocks to where `case` stands now; its columns of state, stage and unit are set already.

    Nothing changes while a stage goes on, so that a promise is kept and an extension is not lost.
    """
    running = {clock.stage: clock for clock in map(_CLOCK.made, _RUNNING(case=case.pk))}
    if State(case.state) in (State.PARKED, State.MERGED):
        _stop(case, now)
        return
    if any(clock.paused_at for clock in running.values()):
        _go_on(case, now)
    wanted = set() if case.state in states.ENDED else {case.stage, TOTAL}
    kept = wanted | {CHECK} if Stage.ACCEPT in wanted else wanted
    end([clock for stage, clock in running.items() if stage not in kept], now)
    missing = wanted - running.keys()
    fresh = missing | {CHECK} if Stage.ACCEPT in missing else missing
    StageClock.objects.bulk_create([_made(stage, case, now, terms) for stage in sorted(fresh)])
    if case.open_tasks:
        _follow_tasks(case, now, terms)


def follow_task(case: Case, task: CaseTask, now: datetime, terms: Terms) -> None:
    """Bring the clock of a task to where the task stands, and the ends that it shows; the caller saves it.

    While the case is parked a new clock stands still from its beginning.
    """
    wanted = clock_of(task.state)
    running = StageClock.objects.filter(task=task, ended_at=None).first()
    if running is not None and running.stage == wanted:
        return
    if running is not None:
        end([running], now)
    if not wanted:
        task.due_at = task.near_at = None
        return
    clock = _of_task(case, task, wanted, now, terms)
    clock.save()
    task.stage_since, task.due_at, task.near_at = now, clock.due_at, clock.near_at


def end(clocks: Iterable[StageClock], now: datetime) -> None:
    """End these clocks; where the machine's clock was set back, at the moment they began."""
    ending = [clock.pk for clock in clocks]
    if ending:
        _END(clocks=ending, now=now)


def after_pause(case: Case, stage: str, now: datetime) -> dict[str, datetime | None]:
    """The columns of the end of a stage for a case whose clock goes on at `now`; {} if none stands."""
    clock = StageClock.objects.filter(case=case, stage=stage, ended_at=None).first()
    pause = ClockPause.objects.filter(case=case, ended_at=None).first()
    if clock is None or pause is None or clock.due_at is None:
        return {}
    stood = Pause(pause.began_at, max(now, pause.began_at))
    due_at = _later(clock.due_at, clock, stood) or clock.due_at
    return {
        "due_at": due_at,
        "near_at": _later(clock.near_at, clock, stood),
        "stage_since": min(now, clock.began_at + (due_at - clock.due_at)),
    }


def _follow_tasks(case: Case, now: datetime, terms: Terms) -> None:
    """Tasks of an ended case rest, and begin their stage anew when the case goes on."""
    if case.state in states.ENDED:
        end(StageClock.objects.filter(case=case, ended_at=None).exclude(task=None), now)
        case.tasks.filter(OPEN_TASK).update(due_at=None, near_at=None)
        return
    for task in case.tasks.filter(OPEN_TASK):
        follow_task(case, task, now, terms)
        task.save(update_fields=["stage_since", "due_at", "near_at"])


def _later(at: datetime | None, clock: StageClock, pause: Pause) -> datetime | None:
    if at is None:
        return None
    return deadlines.after_pause(at, clock.began_at, pause, clock.time_unit, city_calendar())


def _made(stage: str, case: Case, now: datetime, terms: Terms) -> StageClock:
    """A clock of the case: of the whole, of its check, or of the stage that it is in."""
    if stage == TOTAL:
        total = deadlines.due(TOTAL, now, terms)
        return StageClock(case=case, stage=TOTAL, began_at=now, **_promised(TOTAL, now, total, terms))
    if stage == CHECK:
        return _of_check(case, terms)
    return StageClock(
        case=case,
        stage=stage,
        unit=case.unit,
        unit_path=case.unit_path,
        began_at=case.stage_since,
        **_promised(stage, case.stage_since, case.due_at, terms),
    )


def _of_check(case: Case, terms: Terms) -> StageClock:
    """Without a limit of its own a check ends with its acceptance, and is not told beside it."""
    since = case.stage_since
    promised = _promised(CHECK, since, deadlines.due(CHECK, since, terms), terms)
    if CHECK not in terms.stages:
        promised["near_at"] = None
    return StageClock(case=case, stage=CHECK, began_at=since, **promised)


def _of_task(case: Case, task: CaseTask, name: str, now: datetime, terms: Terms) -> StageClock:
    stage = stage_of(name)
    return StageClock(
        case=case,
        task=task,
        stage=name,
        unit=task.unit,
        unit_path=task.unit_path,
        began_at=now,
        paused_at=now if case.state == State.PARKED else None,
        **_promised(stage, now, deadlines.due(stage, now, terms), terms),
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


def _stop(case: Case, now: datetime) -> None:
    ClockPause.objects.create(case=case, began_at=now)
    StageClock.objects.filter(case=case, ended_at=None).update(paused_at=now)


def _go_on(case: Case, now: datetime) -> None:
    """End the pause: every clock ends later by the part of it that counts for its stage."""
    pause = ClockPause.objects.get(case=case, ended_at=None)
    pause.ended_at = max(now, pause.began_at)
    pause.save()
    stood = Pause(pause.began_at, pause.ended_at)
    clocks = list(StageClock.objects.filter(case=case, ended_at=None))
    for clock in clocks:
        clock.due_at = _later(clock.due_at, clock, stood)
        clock.near_at = _later(clock.near_at, clock, stood)
        clock.paused_at = None
        if clock.task_id:
            CaseTask.objects.filter(pk=clock.task_id).update(due_at=clock.due_at, near_at=clock.near_at)
    StageClock.objects.bulk_update(clocks, ["due_at", "near_at", "paused_at"])
