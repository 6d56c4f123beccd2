"""Each verification is kept as what it was; verifiers are drawn; a word is sometimes looked at again."""

from datetime import timedelta
from typing import Any

import pytest

from anlan.base.errors import Refused
from anlan.cases import drawing
from anlan.cases.drawing import Occasion, Purpose
from anlan.cases.terms import State, VerificationKind
from anlan.cases.verification import Reading
from anlan.flows import secure_case as secure_flows
from anlan.flows.draw_verifiers import draw_again
from anlan.flows.second_check import confirm_closing, refute_closing
from anlan.flows.secure_case import secure_case, tell_unsafe
from anlan.flows.verify_case import fail_case, pass_by_sensor, pass_case
from anlan.staff.terms import Role
from anlan.store.models import (
    Area,
    Case,
    CaseEvent,
    DrawSeed,
    Membership,
    SecondCheck,
    Unit,
    User,
    Verification,
)
from anlan.store.readers.queue import work_page
from anlan.store.readers.staff import Acting, acting_for
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.pictures import picture
from tests.flows.walks import HOUR, ROAD, walked_to

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


def verifier(name: str, unit: Unit, area: Area) -> Acting:
    return member(name, unit, area, Role.VERIFIER)


def member(name: str, unit: Unit, area: Area, role: Role) -> Acting:
    user = User.objects.create(username=name)
    Membership.objects.create(
        user=user, unit=unit, unit_path=unit.path, role=role, area=area, area_path=area.path
    )
    return acting_for(user)


def numbers(*people: Acting) -> list[int]:
    return [membership.pk for person in people for membership in person.memberships]


def kept(case: Case) -> list[tuple[str, bool, str | None, str]]:
    rows = Verification.objects.filter(case=case).order_by("at")
    return [(each.kind, each.passed, each.unit and each.unit.code, each.role) for each in rows]


def readings(at: Any, value: float = 0.02) -> list[Reading]:
    return [Reading("leak-7", at, value, 0.0, 0.05)]


def test_a_failed_and_a_passed_check_on_site_are_both_kept_with_unit_role_and_photos(cast: Cast) -> None:
    case = walked_to(State.RECTIFIED, cast, NOON)
    failed = fail_case(
        acting_user=cast.bob, case_id=case.pk, version=case.version, now=LATER, reason="2 posts move"
    )
    done = ROAD[State.RECTIFIED](cast, failed, LATER + HOUR)
    shot = picture(LATER + 2 * HOUR)
    pass_case(
        acting_user=cast.bob,
        case_id=case.pk,
        version=done.version,
        now=LATER + 2 * HOUR,
        seen="fast",
        pictures=[shot],
    )

    on_site = VerificationKind.ON_SITE
    assert kept(case) == [(on_site, False, "water-1", "verifier"), (on_site, True, "water-1", "verifier")]
    last = Verification.objects.latest("at")
    assert (last.rectified_at, last.evidence) == (LATER + HOUR, {"photos": [str(shot.id)]})


def test_a_sensor_back_to_normal_verifies_and_the_system_closes(cast: Cast, settings: Any) -> None:
    settings.ANLAN_SECOND_CHECK_PERCENT = 0
    case = walked_to(State.RECTIFIED, cast, NOON)

    closed = pass_by_sensor(acting_user=None, case_id=case.pk, now=LATER, readings=readings(LATER))

    assert (closed.state, closed.closed_at) == (State.CLOSED, LATER)
    assert kept(case) == [(VerificationKind.SENSOR, True, None, "")]
    assert list(case.events.order_by("-id").values_list("step", "source")[:2]) == [
        ("close", "system"),
        ("pass", "sensor"),
    ]


@pytest.mark.parametrize(
    ("at", "value", "reason"),
    [
        (NOON, 0.02, "evidence_too_old"),
        (LATER, 0.2, "reading_not_normal"),
        (LATER, float("nan"), "reading_not_normal"),
    ],
)
def test_a_reading_that_proves_nothing_leaves_the_case_as_it_is(
    cast: Cast, at: Any, value: float, reason: str
) -> None:
    case = walked_to(State.RECTIFIED, cast, NOON)

    with pytest.raises(Refused, match=reason):
        pass_by_sensor(acting_user=None, case_id=case.pk, now=LATER, readings=readings(at, value))
    case.refresh_from_db()
    assert (case.state, kept(case)) == (State.RECTIFIED, [])


def test_only_a_verifier_who_was_drawn_may_verify_and_a_new_draw_needs_a_reason(
    cast: Cast, settings: Any
) -> None:
    settings.ANLAN_VERIFIER_POOL = 1
    both = {
        person.memberships[0].pk: person
        for person in (cast.bob, verifier("vera", cast.desk_1, cast.county_1))
    }
    verifier("walt", cast.committee_111, cast.county_1)  # below the responsible unit: never drawn
    case = walked_to(State.RECTIFIED, cast, NOON)
    [drawn] = case.drawn_verifiers
    other = next(person for number, person in both.items() if number != drawn)

    with pytest.raises(Refused, match="not_drawn"):
        fail_case(acting_user=other, case_id=case.pk, version=case.version, now=LATER, reason="no")
    with pytest.raises(Refused, match="reason_missing"):
        draw_again(acting_user=cast.carol, case_id=case.pk, version=case.version, now=LATER, reason=" ")
    again = draw_again(acting_user=cast.carol, case_id=case.pk, version=case.version, now=LATER, reason="ill")
    assert [draw.round for draw in case.draws.order_by("round")] == [1, 2]
    assert set(again.drawn_verifiers) <= set(both)


def test_one_person_has_verifiers_drawn_anew_once_for_a_rectification(cast: Cast, settings: Any) -> None:
    settings.ANLAN_VERIFIER_POOL = 1
    verifier("vera", cast.desk_1, cast.county_1)
    case = walked_to(State.RECTIFIED, cast, NOON)
    case = drawn_anew(cast.carol, case)

    with pytest.raises(Refused, match="redraw_by_another"):
        drawn_anew(cast.carol, case)
    for name in ("dora", "dana"):
        case = drawn_anew(member(name, cast.desk_1, cast.county_1, Role.DISPATCHER), case)
    with pytest.raises(Refused, match="redrawn_often"):
        drawn_anew(member("dina", cast.desk_1, cast.county_1, Role.DISPATCHER), case)
    assert case.draws.count() == 4


def test_who_was_drawn_and_left_may_always_be_drawn_anew(cast: Cast, settings: Any) -> None:
    settings.ANLAN_VERIFIER_POOL = 1
    case = drawn_anew(cast.carol, walked_to(State.RECTIFIED, cast, NOON))
    for name in ("vera", "vivi"):
        person = verifier(name, cast.desk_1, cast.county_1)
        User.objects.filter(memberships__in=case.drawn_verifiers).update(is_active=False)
        case = drawn_anew(cast.carol, case)
        assert case.drawn_verifiers == numbers(person)


def drawn_anew(desk: Acting, case: Case) -> Case:
    return draw_again(
        acting_user=desk, case_id=case.pk, version=case.version, now=LATER, reason="knows the place"
    )


def test_what_is_kept_of_a_draw_repeats_it_and_holds_nobody_of_the_unit(cast: Cast) -> None:
    verifier("walt", cast.committee_111, cast.county_1)
    vera = verifier("vera", cast.desk_1, cast.county_1)
    verifier("xena", cast.desk_2, cast.county_2)  # for another area
    case = walked_to(State.RECTIFIED, cast, NOON)
    draw = case.draws.get()

    assert draw.eligible == sorted(
        f"{p.memberships[0].unit_path}:{n}" for p in (cast.bob, vera) for n in numbers(p)
    )
    drawing.check(
        bytes(draw.seed.seed),
        Occasion(Purpose.VERIFIERS, case.pk, 1),
        eligible=draw.eligible,
        digest=draw.digest,
        committed=draw.commitment,
        result=draw.result,
        most=draw.most,
        unit_path=draw.unit_path,
    )


def closed_by_sensor(cast: Cast, settings: Any) -> Case:
    settings.ANLAN_SECOND_CHECK_PERCENT = 100
    case = walked_to(State.RECTIFIED, cast, NOON)
    return pass_by_sensor(acting_user=None, case_id=case.pk, now=LATER, readings=readings(LATER))


def test_a_second_look_that_agrees_leaves_the_case_closed(cast: Cast, settings: Any) -> None:
    case = closed_by_sensor(cast, settings)
    assert SecondCheck.objects.get().pool == numbers(cast.bob)

    confirm_closing(
        acting_user=cast.bob,
        case_id=case.pk,
        version=case.version,
        now=LATER + HOUR,
        seen="holds",
        pictures=[picture(LATER + HOUR)],
    )

    check = SecondCheck.objects.get()
    assert (check.done_at, check.verification and check.verification.passed) == (LATER + HOUR, True)
    case.refresh_from_db()
    assert case.state == State.CLOSED


def test_a_second_look_that_disagrees_opens_the_case_as_rework(cast: Cast, settings: Any) -> None:
    case = closed_by_sensor(cast, settings)

    again = refute_closing(
        acting_user=cast.bob, case_id=case.pk, version=case.version, now=LATER + HOUR, seen="it leaks"
    )

    assert (again.state, again.unit, again.reopen_count, again.rework_count, again.closed_at) == (
        State.REWORK,
        cast.committee_111,
        1,
        1,
        None,
    )
    with pytest.raises(Refused, match="no_second_check"):
        refute_closing(acting_user=cast.bob, case_id=case.pk, version=again.version, now=LATER, seen="still")


def test_an_interim_measure_has_its_own_limit_and_leaves_the_case_in_hand(cast: Cast) -> None:
    cast.open_water.interim_hours = 2
    cast.open_water.save()
    case = walked_to(State.DISPATCHED, cast, NOON)
    assert case.interim_due_at == NOON + 2 * HOUR + timedelta(hours=2)

    safe = secure_case(
        acting_user=cast.alice,
        case_id=case.pk,
        version=case.version,
        now=NOON + 3 * HOUR,
        done="cordoned off",
    )

    assert (safe.state, safe.interim_at) == (State.DISPATCHED, NOON + 3 * HOUR)
    event = case.events.latest("id")
    assert (event.step, event.reason) == ("interim", "cordoned off")
    with pytest.raises(Refused, match="interim_done"):
        secure_case(acting_user=cast.alice, case_id=case.pk, version=safe.version, now=LATER, done="again")


def test_without_a_limit_in_its_category_no_interim_measure_is_asked_for(cast: Cast) -> None:
    case = walked_to(State.DISPATCHED, cast, NOON)

    with pytest.raises(Refused, match="interim_not_asked"):
        secure_case(acting_user=cast.alice, case_id=case.pk, version=case.version, now=LATER, done="tape")


def test_a_place_that_is_not_made_safe_in_time_is_told_once(cast: Cast) -> None:
    cast.open_water.interim_hours = 2
    cast.open_water.save()
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    due = case.interim_due_at
    assert due is not None

    told = [tell_unsafe(acting_user=None, now=at) for at in (due - HOUR, due, due + timedelta(days=1))]

    assert told == [0, 1, 0]
    assert CaseEvent.objects.filter(case=case, step="interim_overdue").count() == 1


def test_a_case_at_which_telling_fails_holds_up_no_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.open_water.interim_hours = 2
    cast.open_water.save()
    broken, sound = (walked_to(State.IN_PROGRESS, cast, NOON) for _ in range(2))
    tell = secure_flows.tell_people

    def tell_but_one(event: CaseEvent) -> None:
        if event.case_id == broken.pk:
            raise ZeroDivisionError
        tell(event)

    with monkeypatch.context() as patch:
        patch.setattr(secure_flows, "tell_people", tell_but_one)
        with pytest.raises(ExceptionGroup):
            tell_unsafe(acting_user=None, now=LATER + 9 * HOUR)

    said = CaseEvent.objects.filter(step="interim_overdue")
    assert list(said.values_list("case_id", flat=True)) == [sound.pk]
    assert tell_unsafe(acting_user=None, now=LATER + 9 * HOUR) == 1


def test_the_seed_is_committed_to_before_anything_is_drawn() -> None:
    (seed,) = DrawSeed.objects.all()

    assert seed.commitment == drawing.commitment(bytes(seed.seed))


def test_who_was_drawn_at_the_desk_above_the_unit_finds_the_case_waiting(cast: Cast) -> None:
    vera = verifier("vera", cast.desk_1, cast.county_1)
    case = walked_to(State.RECTIFIED, cast, NOON)
    case.drawn_verifiers = numbers(vera)
    case.save()

    assert [row.pk for _, _, rows in work_page(vera, LATER).groups for row in rows] == [case.pk]
    assert work_page(cast.bob, LATER).total == 0
