"""Nobody verifies what they rectified themselves, whatever unit they have moved to since."""

from datetime import timedelta
from typing import Any

import pytest

from anlan.base.errors import Refused
from anlan.cases.notices import Audience
from anlan.cases.terms import State
from anlan.cases.verification import Reading
from anlan.flows import case_tasks
from anlan.flows.draw_verifiers import draw_again
from anlan.flows.second_check import confirm_closing
from anlan.flows.verify_case import fail_case, pass_by_sensor, pass_case
from anlan.staff.terms import Role
from anlan.store.models import Case, CaseTask, Draw, Membership, SecondCheck
from anlan.store.readers.queue import mine_q
from anlan.store.readers.receivers import members_told
from anlan.store.readers.staff import Acting, acting_for
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.pictures import picture
from tests.flows.walks import HOUR, walked_to

LATER = NOON + timedelta(days=1)


def moved_to_the_water_bureau(person: Acting, cast: Cast) -> Acting:
    """The person, now a verifier of the county's water bureau and nothing else."""
    Membership.objects.filter(user=person.user).update(
        role=Role.VERIFIER,
        unit=cast.water_bureau_1,
        unit_path=cast.water_bureau_1.path,
        area=cast.county_1,
        area_path=cast.county_1.path,
    )
    return acting_for(person.user)


def test_who_rectified_a_case_and_moved_does_not_verify_it(cast: Cast) -> None:
    case = walked_to(State.RECTIFIED, cast, NOON)
    alice, erin = (moved_to_the_water_bureau(person, cast) for person in (cast.alice, cast.erin))
    Case.objects.filter(pk=case.pk).update(drawn_verifiers=[])
    found = {"case_id": case.pk, "version": case.version, "now": LATER}

    with pytest.raises(Refused, match="verifier_rectified"):
        pass_case(acting_user=alice, seen="fine", pictures=[picture(LATER)], **found)
    with pytest.raises(Refused, match="verifier_rectified"):
        fail_case(acting_user=alice, reason="not fine", **found)
    assert pass_case(acting_user=erin, seen="fine", pictures=[picture(LATER)], **found).state == "verified"


def test_the_case_waits_for_a_colleague_and_not_for_who_rectified_it(cast: Cast) -> None:
    case = walked_to(State.RECTIFIED, cast, NOON)
    alice, erin = (moved_to_the_water_bureau(person, cast) for person in (cast.alice, cast.erin))
    Case.objects.filter(pk=case.pk).update(drawn_verifiers=[])
    case.refresh_from_db()

    assert [Case.objects.filter(mine_q(each)).exists() for each in (alice, erin)] == [False, True]
    told = members_told(case, Audience.VERIFIERS)
    assert (alice.user in told, erin.user in told, cast.bob.user in told) == (False, True, True)


def test_who_rectified_a_case_is_not_drawn_for_it(cast: Cast) -> None:
    case = walked_to(State.RECTIFIED, cast, NOON)
    alice, erin = (moved_to_the_water_bureau(person, cast) for person in (cast.alice, cast.erin))

    draw_again(acting_user=cast.carol, case_id=case.pk, version=case.version, now=LATER, reason="ill")

    names = Draw.objects.latest("pk").eligible
    numbers = {int(name.rpartition(":")[2]) for name in names}
    assert numbers == {each.memberships[0].pk for each in (erin, cast.bob)}
    assert alice.memberships[0].pk not in numbers


def test_who_rectified_it_once_may_verify_what_others_rectified_after(cast: Cast) -> None:
    case = walked_to(State.RECTIFIED, cast, NOON)
    Case.objects.filter(pk=case.pk).update(rectified_by=cast.erin.user, drawn_verifiers=[])
    alice = moved_to_the_water_bureau(cast.alice, cast)
    found = {"case_id": case.pk, "version": case.version, "now": LATER}

    assert pass_case(acting_user=alice, seen="fine", pictures=[picture(LATER)], **found).state == "verified"


def test_who_rectified_it_does_not_look_a_second_time(cast: Cast, settings: Any) -> None:
    settings.ANLAN_SECOND_CHECK_PERCENT = 100
    case = walked_to(State.RECTIFIED, cast, NOON)
    readings = [Reading("leak-7", LATER, 0.1, 0.0, 0.5)]
    closed = pass_by_sensor(acting_user=None, case_id=case.pk, now=LATER, readings=readings)
    alice = moved_to_the_water_bureau(cast.alice, cast)
    SecondCheck.objects.update(pool=[alice.memberships[0].pk])

    with pytest.raises(Refused, match="verifier_rectified"):
        confirm_closing(
            acting_user=alice,
            case_id=case.pk,
            version=closed.version,
            now=LATER + HOUR,
            seen="holds",
            pictures=[picture(LATER + HOUR)],
        )


def test_who_did_a_task_and_moved_does_not_verify_it(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    task = case_tasks.give_task(
        acting_user=cast.carol,
        case_id=case.pk,
        version=case.version,
        now=LATER,
        unit_code="committee-112",
        what="检查消防通道",
    )
    CaseTask.objects.filter(pk=task.pk).update(
        state="rectified", rectified_at=LATER, rectified_by=cast.alice.user
    )
    alice = moved_to_the_water_bureau(cast.alice, cast)

    with pytest.raises(Refused, match="verifier_rectified"):
        case_tasks.pass_task(
            acting_user=alice,
            case_id=case.pk,
            version=case.version + 1,
            task_id=task.pk,
            now=LATER + HOUR,
            seen="x",
            pictures=[picture(LATER + HOUR)],
        )


def test_a_rectified_task_says_by_whom(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    task = case_tasks.give_task(
        acting_user=cast.carol,
        case_id=case.pk,
        version=case.version,
        now=LATER,
        unit_code="fire-11",
        what="检查消防通道",
    )
    Membership.objects.filter(user=cast.ken.user).update(role=Role.HANDLER)

    done = case_tasks.rectify_task(
        acting_user=acting_for(cast.ken.user),
        case_id=case.pk,
        version=case.version + 1,
        task_id=task.pk,
        now=LATER,
        done="通道已清空",
        pictures=[picture(LATER)],
    )

    assert done.rectified_by == cast.ken.user
