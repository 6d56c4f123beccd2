"""A case in which several units act: who sees it, who does what, and when it may be closed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.satisfaction import Effect
from anlan.cases.terms import State
from anlan.flows import case_tasks as flows
from anlan.flows.answer_report import answer_report
from anlan.flows.close_case import close_case, reopen_case
from anlan.flows.dispatch_case import cancel_case
from anlan.flows.extend_stage import ask_for_task_time, decline_task_time, grant_task_time
from anlan.flows.notify import notify
from anlan.flows.park_case import park_case, resume_case
from anlan.staff.terms import Role
from anlan.store.models import Case, CaseTask, Membership, Notice, Report, StageClock, StageLimit, User
from anlan.store.readers.cases import find_case
from anlan.store.readers.proof import checked_draws
from anlan.store.readers.staff import Acting, acting_for
from anlan.store.readers.tasks import tasks_waiting
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.pictures import picture
from tests.flows.walks import HOUR, ROAD, new, walked_to

LATER = NOON + timedelta(days=1)


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


def member(cast: Cast, role: Role, unit: str, area: str) -> Acting:
    user = User.objects.create(username=f"{role}-{unit}")
    in_unit, in_area = getattr(cast, unit), getattr(cast, area)
    Membership.objects.create(
        user=user,
        role=role,
        unit=in_unit,
        unit_path=in_unit.path,
        area=in_area,
        area_path=in_area.path,
    )
    return acting_for(user)


def version(case: Case) -> int:
    return Case.objects.values_list("version", flat=True).get(pk=case.pk)


def given(cast: Cast, case: Case, unit: str = "fire-11") -> CaseTask:
    return flows.give_task(
        acting_user=cast.carol,
        case_id=case.pk,
        version=version(case),
        now=LATER,
        unit_code=unit,
        what="检查消防通道",
    )


def call(case: Case, task: CaseTask, acting: Acting, hours: int) -> dict[str, object]:
    return {
        "acting_user": acting,
        "case_id": case.pk,
        "version": version(case),
        "task_id": task.pk,
        "now": LATER + hours * HOUR,
    }


def rectified(case: Case, task: CaseTask, acting: Acting) -> CaseTask:
    at = LATER + 2 * HOUR
    return flows.rectify_task(done="通道已清空", pictures=[picture(at)], **call(case, task, acting, 2))


def test_a_task_shows_the_case_to_its_unit_and_has_its_own_clock(cast: Cast) -> None:
    case = walked_to(State.VERIFIED, cast, NOON)
    fire = member(cast, Role.HANDLER, "fire_post_11", "township_11")
    with pytest.raises(NotFound):
        find_case(fire, case.pk)

    task = given(cast, case)

    assert find_case(fire, case.pk) == case
    assert tasks_waiting(fire, LATER) == [task]
    assert (task.due_at, Case.objects.get(pk=case.pk).due_at) == (LATER + 120 * HOUR, case.due_at)
    assert case.events.last().changes["task_unit"] == [None, "柳埠镇消防站"]


def test_the_case_is_closed_only_when_all_tasks_are_verified(cast: Cast) -> None:
    case = walked_to(State.VERIFIED, cast, NOON)
    task = given(cast, case)
    fire = member(cast, Role.HANDLER, "fire_post_11", "township_11")
    with pytest.raises(Refused, match="tasks_open"):
        close_case(acting_user=cast.carol, case_id=case.pk, version=version(case), now=LATER)

    rectified(case, task, fire)
    seen_at = LATER + 3 * HOUR
    flows.pass_task(seen="看过", pictures=[picture(seen_at)], **call(case, task, cast.bob, 3))
    closed = close_case(acting_user=cast.carol, case_id=case.pk, version=version(case), now=seen_at)

    assert (closed.state, closed.open_tasks) == ("closed", 0)
    steps = list(case.events.values_list("step", flat=True))[-4:]
    assert steps == ["task_given", "task_rectify", "task_pass", "close"]


@pytest.mark.parametrize(("unit", "area"), [("fire_post_11", "township_11")])
def test_a_task_is_verified_from_outside_its_unit_with_newer_evidence(
    cast: Cast, unit: str, area: str
) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    task = given(cast, case)
    rectified(case, task, member(cast, Role.HANDLER, unit, area))
    inside = member(cast, Role.VERIFIER, unit, area)

    with pytest.raises(Refused, match="verifier_inside_unit"):
        flows.pass_task(seen="x", pictures=[picture(LATER + 3 * HOUR)], **call(case, task, inside, 3))
    with pytest.raises(Refused, match="evidence_too_old"):
        flows.pass_task(seen="x", pictures=[picture(LATER)], **call(case, task, cast.bob, 3))
    with pytest.raises(Refused, match="evidence_missing"):
        flows.pass_task(seen="x", pictures=[], **call(case, task, cast.bob, 3))


def test_a_task_that_is_not_done_goes_back_to_its_unit(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    task = given(cast, case)
    rectified(case, task, member(cast, Role.HANDLER, "fire_post_11", "township_11"))

    back = flows.fail_task(reason="还堵着", **call(case, task, cast.bob, 3))

    assert (back.state, back.rework_count, back.due_at) == ("in_progress", 1, LATER + 123 * HOUR)


def test_a_withdrawn_task_holds_nothing_up_and_its_unit_sees_the_case_no_more(cast: Cast) -> None:
    case = walked_to(State.VERIFIED, cast, NOON)
    task = given(cast, case)
    fire = member(cast, Role.HANDLER, "fire_post_11", "township_11")

    flows.withdraw_task(reason="不需要", **call(case, task, cast.carol, 1))

    close_case(acting_user=cast.carol, case_id=case.pk, version=version(case), now=LATER)
    with pytest.raises(NotFound):
        find_case(fire, case.pk)


@pytest.mark.parametrize(
    ("state", "unit", "reason"),
    [
        (State.ACCEPTED, "fire-11", "task_needs_lead"),
        (State.CLOSED, "fire-11", "task_needs_lead"),
        (State.IN_PROGRESS, "committee-111", "task_of_lead"),
        (State.IN_PROGRESS, "no-such", "unit_unknown"),
    ],
)
def test_a_task_that_makes_no_sense_is_refused(cast: Cast, state: State, unit: str, reason: str) -> None:
    case = walked_to(state, cast, NOON)

    with pytest.raises(Refused, match=reason):
        given(cast, case, unit)


def test_a_unit_has_one_open_task_in_a_case(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    given(cast, case)

    with pytest.raises(Refused, match="task_twice"):
        given(cast, case)


def test_others_do_not_act_on_a_task_and_of_two_at_once_the_second_is_told(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    task = given(cast, case)
    old = call(case, task, member(cast, Role.HANDLER, "fire_post_11", "township_11"), 1)

    with pytest.raises(Refused, match="not_permitted"):
        flows.start_task(**call(case, task, cast.alice, 1))
    with pytest.raises(NotFound):
        flows.start_task(**call(case, task, cast.dan, 1))
    flows.start_task(**old)
    with pytest.raises(Conflict):
        flows.start_task(**old)


def clock(task: CaseTask) -> StageClock:
    return StageClock.objects.get(task=task, ended_at=None)


def test_a_task_has_a_clock_that_keeps_its_promise(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    StageLimit.objects.create(category=cast.open_water, stage="handle", amount=2, unit="working days")
    task = given(cast, case)

    kept = clock(task)
    assert (kept.stage, kept.unit, kept.amount, kept.time_unit) == (
        "task_handle",
        cast.fire_post_11,
        2,
        "working days",
    )
    assert (kept.promised_due_at, kept.due_at, kept.near_at) == (task.due_at, task.due_at, task.near_at)
    rectified(case, task, member(cast, Role.HANDLER, "fire_post_11", "township_11"))
    stages = StageClock.objects.filter(task=task).order_by("began_at").values_list("stage", "ended_at")
    assert list(stages) == [("task_handle", LATER + 2 * HOUR), ("task_verify", None)]
    assert StageClock.objects.filter(case=case, task=None, stage="handle", ended_at=None).count() == 1


def test_the_clock_of_a_task_stands_still_while_the_case_is_parked(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    task = given(cast, case)
    promised = task.due_at
    assert promised is not None
    parked_at = LATER + 10 * HOUR
    park_case(
        acting_user=cast.carol,
        case_id=case.pk,
        version=version(case),
        now=parked_at,
        reason="low water",
        review_at=parked_at + 99 * HOUR,
    )
    assert clock(task).paused_at == parked_at
    resume_case(acting_user=cast.carol, case_id=case.pk, version=version(case), now=parked_at + 30 * HOUR)

    task.refresh_from_db()
    going = clock(task)
    assert (going.paused_at, going.due_at, going.promised_due_at) == (None, promised + 30 * HOUR, promised)
    assert (task.due_at, task.near_at) == (going.due_at, going.near_at)


def test_a_task_taken_further_while_the_case_is_parked_has_a_clock_that_stands(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    task = given(cast, case)
    park_case(
        acting_user=cast.carol,
        case_id=case.pk,
        version=version(case),
        now=LATER + HOUR,
        reason="low water",
        review_at=LATER + 99 * HOUR,
    )
    rectified(case, task, member(cast, Role.HANDLER, "fire_post_11", "township_11"))
    resume_case(acting_user=cast.carol, case_id=case.pk, version=version(case), now=LATER + 12 * HOUR)

    going = clock(task)
    assert (going.stage, going.paused_at) == ("task_verify", None)
    assert going.due_at == LATER + 2 * HOUR + 48 * HOUR + 10 * HOUR


def test_a_unit_gets_more_time_for_its_task_from_somebody_else(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    task = given(cast, case)
    fire = member(cast, Role.HANDLER, "fire_post_11", "township_11")
    more = {"amount": 3, "unit": "days", "reason": "门要定做"}
    with pytest.raises(Refused, match="not_permitted"):
        ask_for_task_time(**call(case, task, cast.alice, 1), **more)
    asked = ask_for_task_time(**call(case, task, fire, 1), **more)
    with pytest.raises(Refused, match="not_permitted"):
        grant_task_time(**call(case, task, fire, 2))
    grant_task_time(**call(case, task, cast.carol, 2))

    asked.refresh_from_db()
    before = case.due_at
    case.refresh_from_db()
    task.refresh_from_db()
    assert case.due_at == before
    assert task.due_at == asked.due_after == clock(task).due_at
    assert task.due_at == clock(task).promised_due_at + timedelta(days=3)
    event = case.events.get(step="extension_granted")
    assert event.changes["task_unit"] == [None, "柳埠镇消防站"]


def test_more_time_for_a_task_is_declined_with_a_reason_and_nothing_moves(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    task = given(cast, case)
    fire = member(cast, Role.HANDLER, "fire_post_11", "township_11")
    ask_for_task_time(**call(case, task, fire, 1), amount=3, unit="days", reason="门要定做")
    with pytest.raises(Refused, match="reason_missing"):
        decline_task_time(**call(case, task, cast.carol, 2), reason=" ")
    decline_task_time(**call(case, task, cast.carol, 2), reason="不够急")

    assert clock(task).due_at == clock(task).promised_due_at == task.due_at


def test_verifiers_of_a_task_are_drawn_from_outside_its_unit_and_others_are_refused(
    cast: Cast, settings: Any
) -> None:
    settings.ANLAN_VERIFIER_POOL = 1
    vera = member(cast, Role.VERIFIER, "desk_1", "county_1")
    member(cast, Role.VERIFIER, "fire_post_11", "township_11")
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    task = rectified(case, given(cast, case), member(cast, Role.HANDLER, "fire_post_11", "township_11"))
    numbers = {person.memberships[0].pk: person for person in (cast.bob, vera)}
    [drawn] = task.drawn_verifiers
    other = next(person for number, person in numbers.items() if number != drawn)

    assert tasks_waiting(other, LATER) == []
    assert tasks_waiting(numbers[drawn], LATER) == [task]
    with pytest.raises(Refused, match="not_drawn"):
        flows.fail_task(reason="还堵着", **call(case, task, other, 3))
    assert [checked.wrong for checked in checked_draws(case.pk)] == [""]
    again = flows.draw_task_again(reason="病了", **call(case, task, cast.carol, 3))
    assert set(again.drawn_verifiers) <= set(numbers)
    assert [draw.round for draw in case.draws.filter(purpose="task").order_by("round")] == [1, 2]


def test_a_reporters_yes_does_not_close_over_an_open_task_and_its_end_closes(
    cast: Cast, settings: Any
) -> None:
    settings.ANLAN_SECOND_CHECK_PERCENT = 0
    report = reported_minor(cast)
    case = walked_on(report.case, cast)
    task = given(cast, case)
    effect = answer_report(acting_user=None, report_id=report.pk, now=LATER + HOUR, satisfied=True)

    case.refresh_from_db()
    assert (effect, case.state, case.open_tasks) == (Effect.VERIFIES, "verified", 1)
    assert case.events.filter(step="closing_waits").exists()
    rectified(case, task, member(cast, Role.HANDLER, "fire_post_11", "township_11"))
    flows.pass_task(seen="看过", pictures=[picture(LATER + 3 * HOUR)], **call(case, task, cast.bob, 3))
    case.refresh_from_db()
    assert (case.state, case.open_tasks, case.closed_at) == ("closed", 0, LATER + 3 * HOUR)


def test_the_database_refuses_to_close_a_case_over_an_open_task(cast: Cast) -> None:
    case = walked_to(State.VERIFIED, cast, NOON)
    given(cast, case)

    with pytest.raises(IntegrityError, match="open tasks"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="closed", closed_at=LATER)


def test_tasks_of_a_case_that_ended_rest_and_begin_anew_with_it(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    task = given(cast, case)
    facts = {"acting_user": cast.carol, "case_id": case.pk, "reason": "误报"}
    cancel_case(version=version(case), now=LATER + HOUR, **facts)
    task.refresh_from_db()
    assert task.due_at is None
    assert not StageClock.objects.filter(case=case, ended_at=None).exists()
    reopen_case(version=version(case), now=LATER + 50 * HOUR, **facts)

    task.refresh_from_db()
    assert clock(task).due_at == task.due_at == LATER + 170 * HOUR


def test_the_unit_of_a_task_is_told_and_so_are_its_verifiers(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    fire = member(cast, Role.HANDLER, "fire_post_11", "township_11")
    rectified(case, given(cast, case), fire)
    for event in case.events.filter(step__startswith="task_"):
        notify(acting_user=None, event_id=event.pk, now=LATER)

    assert sorted(Notice.objects.values_list("user__username", "kind")) == [
        ("bob", "to_verify"),
        (fire.user.username, "task_given"),
    ]


def reported_minor(cast: Cast) -> Report:
    case = new(cast, NOON)
    return Report.objects.create(
        case=case,
        channel="web",
        category=cast.open_water,
        words="护栏",
        area=cast.village_111,
        received_at=NOON,
    )


def walked_on(case: Case, cast: Cast) -> Case:
    """The case as rectified and not serious, so that a word is enough."""
    for hours, state in enumerate((State.ACCEPTED, State.DISPATCHED, State.IN_PROGRESS, State.RECTIFIED), 1):
        case = ROAD[state](cast, case, NOON + hours * HOUR)
    Case.objects.filter(pk=case.pk).update(severity="minor")
    return Case.objects.get(pk=case.pk)
