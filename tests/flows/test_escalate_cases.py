"""Overdue stages are told one rung up: once each, nothing twice, nothing missed."""

import pickle
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.db.models import F

from anlan.cases.escalation import Rung, rung_reached
from anlan.cases.terms import CHECK, TOTAL, State
from anlan.flows.case_tasks import give_task
from anlan.flows.deliver_notices import deliver_notices
from anlan.flows.escalate_cases import addressee, escalate_cases, tell_escalations
from anlan.flows.park_case import park_case
from anlan.staff.terms import Role
from anlan.store.models import Case, Escalation, Membership, Notice, StageClock, StageLimit, User
from tests.cast import Cast, build_cast
from tests.conftest import NOON, kept
from tests.flows import walks

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def scene(kept_rows: None) -> bytes:
    """The cast and a case in hand: stored once, each test gets a copy."""
    cast = build_cast()
    StageLimit.objects.create(category=cast.open_water, stage=TOTAL, amount=900, unit="days")
    return kept((cast, walks.walked_to(State.IN_PROGRESS, cast, NOON)))


@pytest.fixture
def cast(db: None, scene: bytes) -> Cast:
    found: Cast = pickle.loads(scene)[0]
    return found


@pytest.fixture
def case(scene: bytes) -> Case:
    """A case whose whole has so long a time that its stage alone is told."""
    found: Case = pickle.loads(scene)[1]
    return found


@pytest.fixture
def due(case: Case) -> datetime:
    assert case.due_at is not None
    return case.due_at


def sweep(now: datetime) -> int:
    return escalate_cases(acting_user=None, now=now)


def swept() -> list[tuple[Any, ...]]:
    return list(Escalation.objects.order_by("rung").values_list("rung", "hears"))


def test_each_rung_hears_once_as_its_time_comes(case: Case, due: datetime) -> None:
    looks = [due - 200 * HOUR, due - HOUR, due, due, due + 25 * HOUR, due + 73 * HOUR, due + 169 * HOUR]

    assert [sweep(now) for now in looks] == [0, 1, 1, 0, 1, 1, 1]
    assert swept() == [(rung, True) for rung in range(1, 6)]


def test_after_a_day_without_a_worker_every_rung_that_is_due_hears_once(case: Case, due: datetime) -> None:
    sweep(due + 25 * HOUR)

    assert [tell_escalations(acting_user=None, now=due + 25 * HOUR) for _ in range(2)] == [2, 0]
    assert sorted(Notice.objects.values_list("user__username", "kind")) == [
        ("alice", "overdue"),
        ("erin", "overdue"),
        ("ivan", "escalated"),
    ]
    assert swept() == [(Rung.HANDLER, False), (Rung.UNIT_HEAD, True), (Rung.TOWNSHIP, True)]
    told, clock = case.events.get(step="escalated"), StageClock.objects.get(case=case, stage="handle")
    assert (told.source, told.changes) == (
        "system",
        {"rung": [0, 3], "clock": [clock.pk] * 2, "clock_of": ["handle"] * 2},
    )


def test_a_clock_set_back_repeats_nothing(case: Case, due: datetime) -> None:
    assert [sweep(due), sweep(due - 900 * HOUR), sweep(due)] == [1, 0, 0]


def test_a_worker_that_dies_in_the_middle_leaves_nothing_twice_and_nothing_out(
    cast: Cast, case: Case, due: datetime
) -> None:
    for _ in range(4):
        walks.walked_to(State.IN_PROGRESS, cast, NOON)
    with pytest.raises(RuntimeError), transaction.atomic():
        escalate_cases(acting_user=None, now=due, batch=2)
        raise RuntimeError("killed")
    assert swept() == []

    assert escalate_cases(acting_user=None, now=due, batch=2) == 5
    assert swept() == [(Rung.HANDLER, False)] * 5 + [(Rung.UNIT_HEAD, True)] * 5


def test_a_parked_case_and_an_ended_stage_are_left_alone(cast: Cast, case: Case, due: datetime) -> None:
    parked = {"reason": "low water", "review_at": due + 999 * HOUR}
    park_case(acting_user=cast.carol, case_id=case.pk, version=case.version, now=due - 99 * HOUR, **parked)
    walks.walked_to(State.CLOSED, cast, NOON)

    assert sweep(due + 400 * HOUR) == 0


@pytest.mark.parametrize("hours", [-200, -41, -39, -1, 0, 23, 24, 71, 72, 167, 168, 999])
def test_the_sweep_reaches_the_rung_of_the_rule(case: Case, due: datetime, hours: int) -> None:
    clock = StageClock.objects.get(case=case, stage="handle")
    assert clock.near_at is not None
    sweep(due + hours * HOUR)

    reached = StageClock.objects.get(pk=clock.pk).rung
    assert reached == rung_reached(clock.near_at, due, due + hours * HOUR)


def test_those_who_hear_are_told_once(case: Case, due: datetime) -> None:
    assert case.unit is not None
    case.unit.email = "committee@example.org"
    case.unit.save()
    sweep(due)

    assert [tell_escalations(acting_user=None, now=due) for _ in range(2)] == [1, 0]
    deliver_notices(acting_user=None, now=due)
    assert [letter.to for letter in mail.outbox] == [["committee@example.org"]]
    assert case.number in mail.outbox[0].subject
    assert sorted(Notice.objects.values_list("user__username", "kind")) == [
        ("alice", "overdue"),
        ("erin", "overdue"),
    ]
    assert Escalation.objects.get(hears=True).told_unit == case.unit


def test_the_desk_of_the_level_hears_for_the_higher_rungs(case: Case) -> None:
    found = {rung: addressee(case, rung) for rung in Rung if rung}
    levels = {rung: unit.area.level if unit else "" for rung, unit in found.items()}
    assert levels[Rung.UNIT_HEAD] == "village"
    assert all(levels[rung] in ("", rung.name.lower()) for rung in (Rung.TOWNSHIP, Rung.COUNTY, Rung.CITY))


@pytest.mark.parametrize(
    ("hours", "who"), [(24, ["ivan"]), (72, ["carol", "ivan"]), (168, ["carol", "ivan", "liu"])]
)
def test_the_dispatchers_of_each_level_find_it_in_their_notices(
    case: Case, due: datetime, hours: int, who: list[str]
) -> None:
    sweep(due + hours * HOUR)
    tell_escalations(acting_user=None, now=due)

    told = Notice.objects.filter(kind="escalated").values_list("user__username", flat=True)
    assert sorted(told) == who


def test_the_whole_case_climbs_the_ladder_beside_its_stage(cast: Cast) -> None:
    StageLimit.objects.all().delete()
    StageClock.objects.update(ended_at=F("began_at"))  # of the case that the other tests are about
    case = walks.walked_to(State.IN_PROGRESS, cast, NOON)
    clocks = {clock.stage: clock for clock in StageClock.objects.filter(case=case, ended_at=None)}
    whole, stage = clocks[TOTAL], clocks["handle"]
    assert whole.due_at is not None and stage.due_at is not None and whole.due_at > stage.due_at
    now = whole.due_at + 24 * HOUR

    assert sweep(now) == 2
    higher = Escalation.objects.filter(hears=True, rung__gt=Rung.UNIT_HEAD)
    assert sorted(higher.values_list("clock__stage", "rung")) == [
        ("handle", Rung.TOWNSHIP),
        ("handle", Rung.COUNTY),
        (TOTAL, Rung.TOWNSHIP),
    ]
    assert tell_escalations(acting_user=None, now=now) == 5
    told = {event.changes["clock_of"][1]: event.pk for event in case.events.filter(step="escalated")}
    heard = Notice.objects.filter(kind="escalated").values_list("event", "user__username")
    assert sorted(heard) == sorted(
        [(told["handle"], "carol"), (told["handle"], "ivan"), (told[TOTAL], "ivan")]
    )


def test_a_check_is_told_only_where_it_has_a_limit_of_its_own(cast: Cast) -> None:
    plain = walks.new(cast, NOON)
    StageLimit.objects.create(category=cast.open_water, stage=CHECK, amount=30, unit="emergency hours")
    StageLimit.objects.create(category=cast.open_water, stage="accept", amount=900, unit="emergency hours")
    limited = walks.new(cast, NOON)

    sweep(NOON + 31 * HOUR)
    checked = Escalation.objects.filter(clock__stage=CHECK)
    assert set(checked.values_list("case_id", flat=True)) == {limited.pk}
    assert Escalation.objects.filter(case=plain, clock__stage="accept").exists()


def alone(person: str, role: Role) -> None:
    Membership.objects.filter(user__username=person, role=role).delete()


def test_a_level_without_anybody_is_passed_and_the_case_says_so(
    cast: Cast, case: Case, due: datetime
) -> None:
    alone("ivan", Role.DISPATCHER)
    now = due + 24 * HOUR
    sweep(now)

    assert tell_escalations(acting_user=None, now=now) == 2
    assert Notice.objects.get(kind="escalated").user.username == "carol"
    assert list(Escalation.objects.filter(hears=True).order_by("rung").values_list("rung", "told_rung")) == [
        (Rung.UNIT_HEAD, Rung.UNIT_HEAD),
        (Rung.TOWNSHIP, Rung.COUNTY),
    ]
    said = case.events.get(step="escalated_higher")
    assert (said.changes["rung"], said.source) == ([Rung.TOWNSHIP, Rung.COUNTY], "system")
    case.refresh_from_db()
    assert said.state_after == case.state
    assert tell_escalations(acting_user=None, now=now) == 0


def test_a_mailbox_is_somebody(cast: Cast, case: Case, due: datetime) -> None:
    alone("ivan", Role.DISPATCHER)
    cast.office_11.email = "office@example.org"
    cast.office_11.save()
    now = due + 24 * HOUR
    sweep(now)
    tell_escalations(acting_user=None, now=now)

    assert Escalation.objects.get(rung=Rung.TOWNSHIP).told_rung == Rung.TOWNSHIP
    assert not case.events.filter(step__startswith="escalated_").exists()


def test_where_nobody_hears_at_all_the_case_says_so(cast: Cast, case: Case, due: datetime) -> None:
    for person in ("ivan", "carol", "liu"):
        alone(person, Role.DISPATCHER)
    now = due + 24 * HOUR
    sweep(now)

    assert tell_escalations(acting_user=None, now=now) == 2
    assert not Notice.objects.filter(kind="escalated").exists()
    assert Escalation.objects.get(rung=Rung.TOWNSHIP).told_rung == Rung.NOBODY
    assert case.events.get(step="escalated_to_nobody").changes["rung"] == [Rung.TOWNSHIP, Rung.NOBODY]


def test_an_overdue_task_is_told_to_its_own_unit_first(cast: Cast, case: Case) -> None:
    fire = User.objects.create(username="fire")
    post = cast.fire_post_11
    Membership.objects.create(
        user=fire, role=Role.HANDLER, unit=post, unit_path=post.path, area=post.area, area_path=post.area_path
    )
    task = give_task(
        acting_user=cast.carol,
        case_id=case.pk,
        version=case.version,
        now=NOON + 9 * HOUR,
        unit_code=post.code,
        what="检查消防通道",
    )
    StageClock.objects.filter(case=case, task=None).update(near_at=None)
    assert task.due_at is not None
    sweep(task.due_at)
    tell_escalations(acting_user=None, now=task.due_at)

    assert list(Notice.objects.values_list("user__username", "kind")) == [("fire", "overdue")]
    event = case.events.get(step="escalated")
    assert event.changes["clock_of"][1] == "task_handle"
    assert event.changes["task_unit"][1] == post.name
