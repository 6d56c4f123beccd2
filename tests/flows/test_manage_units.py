"""Units: their tree, and what moves with them."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.rules import Rule, Target
from anlan.cases.terms import State
from anlan.flows.case_tasks import give_task
from anlan.flows.hand_over import hand_over
from anlan.flows.manage_units import UnitFacts, add_unit, change_unit, close_unit, move_unit, open_unit
from anlan.store.models import Case, CaseTask, Membership, Responsibility, Site, StaffEvent, Unit, User
from anlan.store.readers.managed import touched_by_closing_unit, touched_by_moving_unit
from anlan.store.readers.staff import acting_for
from tests.cast import Cast, build_cast
from tests.conftest import NOON
from tests.examples import examples
from tests.flows.test_manage_routing import in_force
from tests.flows.walks import walked_to

FACTS = UnitFacts(name="荻花村微型消防站", kind="post", phone="0576-0000119")


def add(acting, code: str = "fire-111", parent: str = "office-11", area: str = "990101001201") -> Unit:
    return add_unit(acting_user=acting, code=code, facts=FACTS, parent_code=parent, area_code=area, now=NOON)


def move(acting, code: str, parent: str, area: str, seen: str | None = None) -> Unit:
    return move_unit(acting_user=acting, code=code, parent_code=parent, area_code=area, seen=seen, now=NOON)


def test_a_new_unit_stands_below_its_parent(cast: Cast) -> None:
    unit = add(cast.mia)

    assert (unit.path, unit.area_path) == ("desk.desk-1.office-11.fire-111.", cast.village_111.path)
    assert StaffEvent.objects.get().subject == "unit:fire-111"


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"parent": "office-21"}, NotFound),  # a unit of the other county
        ({"parent": "no-such"}, NotFound),
        ({"parent": ""}, NotFound),  # a root reaches the whole city
        ({"area": "990102001001"}, NotFound),
        ({"area": "990101002"}, Refused),  # inside the county, but not inside the parent's township
        ({"code": "Fire.111"}, Refused),
        ({"code": "office-11"}, Refused),
    ],
)
def test_a_unit_that_does_not_fit_is_not_added(cast: Cast, facts: dict[str, str], error: type) -> None:
    with pytest.raises(error):
        add(cast.mia, **facts)

    assert Unit.objects.count() == 17


def test_moving_a_unit_moves_all_that_hangs_on_it(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    seen = touched_by_moving_unit(cast.office_11).mark

    move(cast.mia, "office-11", "water-1", "990101001", seen)

    new = "desk.desk-1.water-1.office-11."
    assert set(
        Unit.objects.filter(code__in=["office-11", "fire-11", "committee-111"]).values_list("path", flat=True)
    ) == {
        new,
        f"{new}fire-11.",
        f"{new}committee-111.",
    }
    assert Membership.objects.get(user__username="alice").unit_path == f"{new}committee-111."
    assert Case.objects.get(pk=case.pk).unit_path == f"{new}committee-111."
    assert Site.objects.get(code="pond-111").unit_path == f"{new}committee-111."
    assert Unit.objects.get(code="office-12").path == "desk.desk-1.office-12."
    assert acting_for(cast.alice.user).memberships[0].unit_path == f"{new}committee-111."


@pytest.mark.parametrize(
    ("code", "parent", "area", "reason"),
    [
        ("office-11", "committee-111", "990101001", "unit_below_itself"),
        ("office-11", "office-11", "990101001", "unit_below_itself"),
        ("office-11", "office-12", "990101001", "unit_outside_parent"),
        ("office-11", "desk-1", "990101002", "unit_outside_parent"),  # units below it work elsewhere
    ],
)
def test_a_move_that_does_not_fit_is_refused(
    cast: Cast, code: str, parent: str, area: str, reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        move(cast.mia, code, parent, area)

    assert Unit.objects.get(code="office-11").path == "desk.desk-1.office-11."


@pytest.mark.parametrize(
    ("code", "parent"), [("office-21", "desk-1"), ("office-11", "desk-2"), ("office-11", "")]
)
def test_no_unit_moves_over_the_border_of_what_one_administers(cast: Cast, code: str, parent: str) -> None:
    with pytest.raises(NotFound):
        move(cast.mia, code, parent, "990101001")


def test_a_path_that_grows_too_long_is_refused(cast: Cast) -> None:
    parent = "committee-111"
    with pytest.raises(Refused, match="tree_too_deep"):
        for depth in range(8):
            parent = add(cast.mia, code=f"{depth}" + "x" * 30, parent=parent).code


class PathsStayWhole(TestCase):
    """However units move, every path is that of the parent and the own code."""

    @settings(deadline=None, max_examples=examples(10), suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.integers(0, 16), st.integers(-1, 16)), max_size=8))
    def test_after_any_moves_all_paths_agree(self, moves: list[tuple[int, int]]) -> None:
        cast = build_cast()
        Unit.objects.update(area=cast.city, area_path=cast.city.path)
        codes = list(Unit.objects.order_by("id").values_list("code", flat=True))
        for unit, parent in moves:
            try:
                move(cast.grace, codes[unit], "" if parent < 0 else codes[parent], cast.city.code)
            except Refused:
                continue
        for unit in Unit.objects.select_related("parent"):
            assert unit.path == f"{unit.parent.path if unit.parent else ''}{unit.code}."
        for row in [*Membership.objects.select_related("unit"), *Site.objects.filter(unit__isnull=False)]:
            assert row.unit_path == row.unit.path


def test_the_work_of_a_dissolved_unit_goes_to_its_successor_with_its_history(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    other = walked_to(State.IN_PROGRESS, cast, NOON)
    Case.objects.filter(pk=other.pk).update(unit=cast.office_11, unit_path=cast.office_11.path)
    task = give_task(
        acting_user=cast.carol, case_id=other.pk, version=3, now=NOON, unit_code="committee-111", what="x"
    )
    Responsibility.objects.create(area=cast.village_111, category=cast.water, unit=cast.committee_111)
    touched = touched_by_closing_unit(cast.committee_111)
    assert touched.mark == (
        "members_lose_access=2,open_cases_follow=1,open_tasks_follow=1,sites_follow=1,"
        "categories_follow=0,named_follow=1,rules_follow=0"
    )

    call = {
        "acting_user": cast.mia,
        "code": "committee-111",
        "seen": touched.mark,
        "now": NOON + timedelta(days=1),
    }
    with pytest.raises(Refused, match="successor_needed"):
        close_unit(**call)
    close_unit(successor_code="committee-112", **call)

    assert acting_for(cast.alice.user).memberships == ()
    rows = (Case.objects.get(pk=case.pk), CaseTask.objects.get(pk=task.pk), Site.objects.get(code="pond-111"))
    assert {(row.unit, row.unit_path) for row in rows} == {(cast.committee_112, cast.committee_112.path)}
    assert Responsibility.objects.get().unit == cast.committee_112
    assert Unit.objects.get(code="committee-111").successor == cast.committee_112
    event = case.events.last()
    assert (event.step, event.changes) == ("unit_dissolved", {"unit": ["荻花村村委会", "渡头村村委会"]})
    assert other.events.last().changes["task_unit"] == ["荻花村村委会", "渡头村村委会"]


def test_rules_that_name_a_dissolved_unit_lead_to_its_successor(cast: Cast) -> None:
    in_force(cast, Rule(Target(unit="fire-11")))

    close_unit(acting_user=cast.mia, code="fire-11", seen=None, now=NOON, successor_code="office-12")

    reason = walked_to(State.NEW, cast, NOON).route_reason
    assert (reason["unit"], reason["followed"]) == ("office-12", "fire-11")


@pytest.mark.parametrize(
    ("successor", "reason"), [("fire-11", "successor_is_itself"), ("committee-122", "unit_closed")]
)
def test_a_unit_is_followed_by_another_that_acts(cast: Cast, successor: str, reason: str) -> None:
    close_unit(acting_user=cast.mia, code="committee-122", seen=None, now=NOON)

    with pytest.raises(Refused, match=reason):
        close_unit(acting_user=cast.mia, code="fire-11", seen=None, now=NOON, successor_code=successor)


def test_a_unit_above_active_units_is_not_closed(cast: Cast) -> None:
    with pytest.raises(Refused, match="unit_has_units") as refusal:
        close_unit(acting_user=cast.mia, code="office-11", seen=None, now=NOON)

    assert refusal.value.facts == {"count": 3}


def test_a_unit_that_changed_since_it_was_shown_is_not_closed(cast: Cast) -> None:
    with pytest.raises(Conflict):
        close_unit(acting_user=cast.mia, code="committee-111", seen="members_lose_access=0", now=NOON)


def test_a_closed_unit_is_opened_after_the_one_above_it(cast: Cast) -> None:
    for code in ("committee-121", "committee-122", "office-12"):
        close_unit(acting_user=cast.mia, code=code, seen=None, now=NOON)

    with pytest.raises(Refused, match="unit_closed"):
        open_unit(acting_user=cast.mia, code="committee-121", now=NOON)
    open_unit(acting_user=cast.mia, code="office-12", now=NOON)
    assert open_unit(acting_user=cast.mia, code="committee-121", now=NOON).active


def test_a_change_is_kept_with_before_and_after(cast: Cast) -> None:
    facts = UnitFacts(name="荻花村村民委员会", kind="village_committee")

    change_unit(acting_user=cast.mia, code="committee-111", facts=facts, now=NOON)
    change_unit(acting_user=cast.mia, code="committee-111", facts=facts, now=NOON)

    assert [event.changes for event in StaffEvent.objects.all()] == [
        {"name": ["荻花村村委会", "荻花村村民委员会"]}
    ]


@pytest.mark.parametrize("flow", [close_unit, open_unit])
@pytest.mark.parametrize("code", ["committee-211", "no-such"])
def test_units_elsewhere_and_unknown_units_look_alike(cast: Cast, flow, code: str) -> None:
    with pytest.raises(NotFound):
        flow(acting_user=cast.mia, code=code, now=NOON, **({"seen": None} if flow is close_unit else {}))


def test_when_all_who_were_drawn_belong_to_the_successor_others_are_drawn_and_told(cast: Cast) -> None:
    user = User.objects.create(username="vera")
    inside = Membership.objects.create(
        user=user,
        role="verifier",
        unit=cast.office_11,
        unit_path=cast.office_11.path,
        area=cast.township_11,
        area_path=cast.township_11.path,
    )
    case = walked_to(State.RECTIFIED, cast, NOON)
    Case.objects.filter(pk=case.pk).update(drawn_verifiers=[inside.pk])
    for held in Membership.objects.filter(unit=cast.committee_111):
        held.delete()
    hand_over(cast.committee_111, cast.office_11, cast.grace, NOON)

    case.refresh_from_db()
    assert (case.unit, case.drawn_verifiers) == (cast.office_11, [cast.bob.memberships[0].pk])
    assert case.events.latest("id").step == "drawn_again"
    assert [draw.round for draw in case.draws.order_by("round")] == [1, 2]
