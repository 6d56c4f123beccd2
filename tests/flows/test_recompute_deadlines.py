"""A changed calendar goes through the open cases: all of them, once, and nothing that ended."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.cases.terms import CHECK, TOTAL, State
from anlan.flows import recompute_deadlines as flows
from anlan.flows.case_tasks import give_task
from anlan.flows.extend_stage import ask_for_time, grant_time
from anlan.flows.join_cases import join_case, undo_join
from anlan.flows.manage_calendar import withdraw_version
from anlan.flows.park_case import park_case, resume_case
from anlan.store.models import (
    CalendarLane,
    CalendarRun,
    Case,
    CaseEvent,
    CaseTask,
    ClockPause,
    Extension,
    StageClock,
)
from anlan.store.readers.calendars import calendar_in_force
from tests.cast import Cast
from tests.conftest import NOON
from tests.examples import examples
from tests.flows.made_calendars import HOLIDAY, announced, gone_through, on, whole_limit, working_limits
from tests.flows.walks import HOUR, new, walked_to

DAY = timedelta(days=1)
MORNING = datetime(2026, 11, 23, 1, tzinfo=UTC)
"""09:00 of that Monday in the city."""

TABLES: tuple[type[Any], ...] = (Case, CaseEvent, StageClock, ClockPause, Extension)


def stored(case: Case) -> list[list[dict[str, Any]]]:
    """All that is stored of a case and its clocks."""
    return [
        list(table.objects.filter(**{"pk" if table is Case else "case": case.pk}).order_by("pk").values())
        for table in TABLES
    ]


def ends(case: Case) -> dict[str, datetime | None]:
    return dict(StageClock.objects.filter(case=case, ended_at=None).values_list("stage", "due_at"))


def test_the_end_of_a_stage_moves_and_history_says_from_when_to_when_and_why(cast: Cast) -> None:
    working_limits(cast)
    case = walked_to(State.DISPATCHED, cast, MORNING)
    was = ends(case)
    run = announced(cast, (on(2), on(2), HOLIDAY), from_day=on(1), why="市府办〔2026〕21 号")

    case.refresh_from_db()
    now_at = ends(case)
    assert was["handle"] is not None and now_at["handle"] == was["handle"] + DAY == case.due_at
    clock = StageClock.objects.get(case=case, stage="handle")
    assert clock.promised_due_at == was["handle"]
    assert clock.near_at is not None and clock.began_at < clock.near_at < clock.due_at  # type: ignore[operator]
    event = case.events.get(step="calendar_changed")
    assert (event.actor, event.reason, event.actor_role) == (
        cast.grace.user,
        "市府办〔2026〕21 号",
        "administrator",
    )
    assert {name: list(map(datetime.fromisoformat, pair)) for name, pair in event.changes.items()} == {
        "due_at": [was["handle"], now_at["handle"]],
        "total_due_at": [was[TOTAL], now_at[TOTAL]],
    }
    assert (run.cases_looked_at, run.cases_moved, run.finished_at) == (1, 1, NOON)


def test_a_whole_without_a_limit_keeps_its_working_time(cast: Cast) -> None:
    working_limits(cast)
    case = walked_to(State.DISPATCHED, cast, MORNING)
    was = ends(case)[TOTAL]
    announced(cast, (on(1), on(1), HOLIDAY), from_day=on(1))

    assert was is not None and ends(case)[TOTAL] == was + DAY


def test_a_run_twice_moves_nothing_the_second_time(cast: Cast) -> None:
    working_limits(cast)
    whole_limit(cast, 60)
    case = walked_to(State.DISPATCHED, cast, MORNING)
    run = announced(cast, (on(2), on(2), HOLIDAY), from_day=on(1))
    after = stored(case)
    flows.begin_run(run.version, run.from_day, why="once more", asked_by=cast.grace.user, now=NOON)

    assert (gone_through(NOON).cases_moved, stored(case)) == (0, after)


def test_a_case_that_ended_is_not_touched(cast: Cast) -> None:
    working_limits(cast)
    case = walked_to(State.CLOSED, cast, MORNING)
    before = stored(case)
    run = announced(cast, (on(0), on(20), HOLIDAY), from_day=on(0))

    assert (stored(case), run.cases_looked_at) == (before, 0)


@settings(max_examples=examples(8), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(list(State)[1:7]), min_size=1, max_size=3),
    st.integers(0, 12),
    st.integers(0, 10),
    st.integers(0, 30),
)
def test_whatever_changes_nothing_that_ended_does(
    cast: Cast, states: list[State], first: int, length: int, hour: int
) -> None:
    """Any cases on any days, any holiday: clocks that ended and cases that closed are as they were."""
    if not cast.open_water.stage_limits.exists():
        working_limits(cast)
    road = [
        State.ACCEPTED,
        State.DISPATCHED,
        State.IN_PROGRESS,
        State.RECTIFIED,
        State.VERIFIED,
        State.CLOSED,
    ]
    for number, state in enumerate(states):
        if state in road:
            walked_to(state, cast, MORNING - (hour + number) * HOUR)
    ended = list(StageClock.objects.exclude(ended_at=None).order_by("pk").values())
    closed = {case.pk: stored(case) for case in Case.objects.filter(state=State.CLOSED)}
    promised = list(StageClock.objects.order_by("pk").values_list("pk", "promised_due_at"))
    others = {each.number for each in _versions()}
    announced(cast, (on(first), on(first + length), HOLIDAY), from_day=on(first))

    assert list(StageClock.objects.exclude(ended_at=None).order_by("pk").values()) == ended
    assert {case.pk: stored(case) for case in Case.objects.filter(state=State.CLOSED)} == closed
    assert list(StageClock.objects.order_by("pk").values_list("pk", "promised_due_at")) == promised
    _forget(others)


def _versions() -> Any:
    from anlan.store.models import CalendarVersion

    return CalendarVersion.objects.filter(source="city")


def _forget(others: set[int]) -> None:
    """Withdraw what one example put in force, so that the next may begin as early."""
    _versions().exclude(number__in=others).update(withdrawn_at=NOON)


def test_stages_that_count_all_time_stay(cast: Cast) -> None:
    case = walked_to(State.DISPATCHED, cast, MORNING)
    before = stored(case)
    announced(cast, (on(1), on(20), HOLIDAY), from_day=on(1))
    assert stored(case) == before


def test_pauses_and_granted_time_are_counted_anew(cast: Cast) -> None:
    """Parked, gone on, extended: two free days before the end move it by two working days."""
    working_limits(cast)
    case = road(cast, MORNING)
    announced(cast, (on(3), on(4), HOLIDAY), from_day=on(2), now=MORNING + DAY + 8 * HOUR)

    clock, granted = StageClock.objects.get(case=case, stage="handle"), Extension.objects.get(case=case)
    # Thursday 11:00, a day later by the pause, two more for the unit: Tuesday 11:00; then Thursday
    assert granted.due_after == datetime(2026, 12, 1, 3, tzinfo=UTC)
    assert clock.due_at == datetime(2026, 12, 3, 3, tzinfo=UTC)
    assert clock.promised_due_at == datetime(2026, 11, 26, 3, tzinfo=UTC)


def road(cast: Cast, at: datetime) -> Case:
    """Sent out on Monday 11:00 for three working days; parked a day; two working days more."""
    case = walked_to(State.IN_PROGRESS, cast, at)
    call = {"case_id": case.pk}
    case = park_case(
        acting_user=cast.carol,
        version=case.version,
        now=at + 5 * HOUR,
        reason="x",
        review_at=at + 9 * DAY,
        **call,
    )
    case = resume_case(acting_user=cast.carol, version=case.version, now=at + DAY + 5 * HOUR, **call)
    ask_for_time(
        acting_user=cast.alice,
        version=case.version,
        now=at + DAY + 6 * HOUR,
        amount=2,
        unit="working days",
        reason="立柱要定做",
        **call,
    )
    case.refresh_from_db()
    grant_time(acting_user=cast.carol, version=case.version, now=at + DAY + 7 * HOUR, **call)
    case.refresh_from_db()
    return case


def test_a_parked_case_keeps_its_review_date_and_its_clocks_go_on_right(cast: Cast) -> None:
    working_limits(cast)
    case = walked_to(State.IN_PROGRESS, cast, MORNING)
    review = NOON + 20 * DAY
    case = park_case(
        acting_user=cast.carol,
        case_id=case.pk,
        version=case.version,
        now=MORNING + 5 * HOUR,
        reason="x",
        review_at=review,
    )
    left = case.clock_left
    announced(cast, (on(1), on(1), HOLIDAY), from_day=on(1))
    case.refresh_from_db()
    assert left is not None and (case.due_at, case.clock_left) == (review, left + DAY)

    case = resume_case(acting_user=cast.carol, case_id=case.pk, version=case.version, now=MORNING + 2 * DAY)
    # Friday 11:00 with Tuesday free; parked from Monday 14:00 to Wednesday 9:00: four working hours more
    assert case.due_at == ends(case)["handle"] == datetime(2026, 11, 27, 9, tzinfo=UTC)


def test_a_joined_case_comes_back_with_the_new_end(cast: Cast) -> None:
    working_limits(cast, dispatch=2)
    into = walked_to(State.ACCEPTED, cast, MORNING)
    case = walked_to(State.ACCEPTED, cast, MORNING)
    was = case.due_at
    case = join_case(
        acting_user=cast.carol, case_id=case.pk, version=case.version, into_id=into.pk, now=MORNING + 4 * HOUR
    )
    announced(cast, (on(2), on(2), HOLIDAY), from_day=on(1), now=MORNING + 4 * HOUR)
    case.refresh_from_db()
    case = undo_join(acting_user=cast.carol, case_id=case.pk, version=case.version, now=MORNING + 4 * HOUR)
    assert was is not None and case.due_at == ends(case)["dispatch"] == was + DAY


def test_what_was_withdrawn_gives_the_old_ends_back(cast: Cast) -> None:
    working_limits(cast)
    case = walked_to(State.DISPATCHED, cast, MORNING)
    before = ends(case)
    announced(cast, (on(2), on(2), HOLIDAY), from_day=on(1))
    assert ends(case) != before
    withdraw_version(acting_user=cast.grace, number=1, why="取消", now=NOON)
    gone_through(NOON)

    assert ends(case) == before
    assert case.events.filter(step="calendar_changed").count() == 2


def test_a_change_makes_nothing_late(cast: Cast) -> None:
    """Today becomes a workday after all, at 20:00: what was due on Wednesday would have been due at 17:30."""
    working_limits(cast, handle=1, verify=1)
    announced(cast, (on(0), on(0), HOLIDAY), from_day=on(0), now=MORNING - DAY)
    case = walked_to(State.DISPATCHED, cast, MORNING - 3 * DAY)
    due = ends(case)["handle"]
    assert due is not None and due > NOON
    _versions().update(withdrawn_at=NOON)
    flows.begin_run(_versions().get(), on(0), why="", asked_by=None, now=NOON)

    assert gone_through(NOON).cases_moved == 0 and ends(case)["handle"] == due


def test_a_worker_that_is_killed_leaves_nothing_twice_and_nothing_out(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    working_limits(cast)
    monkeypatch.setattr(flows, "PART", 2)  # a case a part
    cases = [walked_to(State.DISPATCHED, cast, MORNING - n * HOUR) for n in range(4)]
    run = _asked(cast)
    flows.recompute_part(acting_user=None, run_id=run.pk, now=NOON)
    with pytest.raises(RuntimeError, match="killed"), monkeypatch.context() as killed:
        killed.setattr(CalendarLane, "save", _killed)
        flows.recompute_part(acting_user=None, run_id=run.pk, now=NOON)
    assert CaseEvent.objects.filter(step="calendar_changed").count() == 1
    assert list(flows.unfinished()) == [run.pk]

    gone_through(NOON)
    assert [case.events.filter(step="calendar_changed").count() for case in cases] == [1] * 4
    assert list(flows.unfinished()) == []


def _killed(*_args: object, **_kwargs: object) -> None:
    raise RuntimeError("killed")


def _asked(cast: Cast) -> CalendarRun:
    """A holiday put in force, its run not begun."""
    from anlan.flows import manage_calendar
    from tests.flows.made_calendars import tried

    version = tried(cast, (on(2), on(2), HOLIDAY), from_day=on(1))
    manage_calendar.put_in_force(
        acting_user=cast.grace, revision=version.revision, from_day=on(1), why="x", now=NOON
    )
    return CalendarRun.objects.latest("pk")


def test_a_part_has_a_fixed_number_of_queries(cast: Cast) -> None:
    working_limits(cast)
    counts = []
    for hours in ([30], [31, 32, 33]):
        for hour in hours:
            walked_to(State.DISPATCHED, cast, NOON - hour * HOUR)
        run = CalendarRun.objects.order_by("pk").last() or _asked(cast)
        calendar_in_force()
        run.lanes.update(after_case=0, finished_at=None)
        StageClock.objects.filter(ended_at=None).update(due_at=NOON + 9 * DAY)
        with CaptureQueriesContext(connection) as queries:
            flows.recompute_part(acting_user=None, run_id=run.pk, now=NOON)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def with_task(cast: Cast) -> tuple[Case, CaseTask, StageClock]:
    """A case in whose part another unit has three working days."""
    working_limits(cast)
    case = walked_to(State.DISPATCHED, cast, MORNING)
    task = give_task(
        acting_user=cast.carol,
        case_id=case.pk,
        version=case.version,
        now=MORNING + 5 * HOUR,
        unit_code=cast.fire_post_11.code,
        what="检查消防通道",
    )
    return case, task, StageClock.objects.get(task=task)


def test_the_task_of_another_unit_moves_with_its_clock_and_the_case_says_when_it_is_near(cast: Cast) -> None:
    case, task, was = with_task(cast)
    assert was.due_at is not None and was.near_at is not None
    announced(cast, (on(2), on(2), HOLIDAY), from_day=on(1))

    case.refresh_from_db()
    task.refresh_from_db()
    clock = StageClock.objects.get(pk=was.pk)
    assert (task.due_at, clock.due_at, clock.promised_due_at) == (
        was.due_at + DAY,
        was.due_at + DAY,
        was.due_at,
    )
    assert task.near_at == clock.near_at
    own = StageClock.objects.get(case=case, task=None, stage="handle")
    assert (case.due_at, case.near_at) == (own.due_at, own.near_at)
    assert "task_due_at" in case.events.get(step="calendar_changed").changes


def test_more_time_for_a_task_is_kept_when_the_calendar_changes(cast: Cast) -> None:
    case, task, was = with_task(cast)
    Extension.objects.create(
        case=case,
        clock=was,
        amount=2,
        time_unit="working days",
        asked_by=cast.alice.user,
        asked_at=NOON,
        reason="x",
        answered_by=cast.carol.user,
        answered_at=NOON,
        granted=True,
        due_before=was.due_at,
        due_after=was.due_at,
    )
    announced(cast, (on(2), on(2), HOLIDAY), from_day=on(1))

    task.refresh_from_db()
    clock, own = (
        StageClock.objects.get(pk=was.pk),
        StageClock.objects.get(case=case, task=None, stage="handle"),
    )
    assert was.due_at is not None and task.due_at == clock.due_at
    assert clock.due_at is not None and clock.due_at >= was.due_at + 3 * DAY
    assert own.due_at is not None and own.promised_due_at is not None
    assert own.due_at == own.promised_due_at + DAY


def test_a_check_that_is_not_told_stays_untold(cast: Cast) -> None:
    working_limits(cast, accept=2)
    case = new(cast, MORNING)
    announced(cast, (on(1), on(1), HOLIDAY), from_day=on(1))

    check = StageClock.objects.get(case=case, stage=CHECK)
    assert check.promised_due_at is not None
    assert (check.near_at, check.due_at) == (None, check.promised_due_at + DAY)
