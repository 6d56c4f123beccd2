"""A case in which several units act: who sees it, who does what, and when it may be closed."""

from datetime import timedelta

import pytest

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.terms import State
from anlan.flows import case_tasks as flows
from anlan.flows.close_case import close_case
from anlan.staff.terms import Role
from anlan.store.models import Case, CaseTask, Membership, User
from anlan.store.readers.cases import find_case
from anlan.store.readers.staff import Acting, acting_for
from anlan.store.readers.tasks import tasks_waiting
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.pictures import picture
from tests.flows.walks import HOUR, walked_to

LATER = NOON + timedelta(days=1)


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
