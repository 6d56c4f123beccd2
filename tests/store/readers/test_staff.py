"""The door for staff: who is acting, and that the database keeps exactly what the rules allow."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from anlan.base.errors import NotFound
from anlan.places.terms import SiteKind
from anlan.staff.permissions import may
from anlan.staff.terms import Action, Role
from anlan.store.models import Area, Case, Category, Membership, Site, Unit, User
from anlan.store.readers.prepared import Prepared
from anlan.store.readers.staff import (
    Acting,
    acting_for,
    case_scope_q,
    given_scope,
    highest,
    in_scope,
    may_reach,
    scope_q,
)
from tests.cast import Cast
from tests.conftest import NOON
from tests.examples import examples

# Few codes, some of them the beginning of others and some with the signs of LIKE: trees that nearly meet.
CODES = st.sampled_from(["1", "11", "12", "1_", "%", "\\"])
PATHS = st.lists(CODES, min_size=1, max_size=4).map(lambda codes: "".join(f"{code}." for code in codes))
UNIT_PATHS = st.just("") | PATHS
MEMBERSHIPS = st.lists(
    st.builds(Membership, role=st.sampled_from(Role), unit_path=PATHS, area_path=PATHS), max_size=4
)


class ScopeAgreesWithTheTable(TestCase):
    """A property with the database: one set of things, stored once an example."""

    @settings(deadline=None, max_examples=examples(30), suppress_health_check=list(HealthCheck))
    @given(MEMBERSHIPS, st.lists(st.tuples(PATHS, UNIT_PATHS), min_size=1, max_size=8))
    def test_a_query_keeps_what_the_rules_allow_and_nothing_else(
        self, memberships: list[Membership], places: list[tuple[str, str]]
    ) -> None:
        area = Area.objects.create(code="1", name="anywhere", level="city", path="1.")
        things = Site.objects.bulk_create(
            Site(code=str(n), kind=SiteKind.POND, name="pond", area=area, area_path=where, unit_path=whose)
            for n, (where, whose) in enumerate(places)
        )
        acting = Acting(User(), tuple(memberships))

        for action in Action:
            kept = set(Site.objects.filter(scope_q(acting, action)).values_list("code", flat=True))
            assert kept == {thing.code for thing in things if may(memberships, action, thing)}, action


REACH = st.none() | st.lists(PATHS, min_size=1, max_size=2)


class EveryWayToACaseAgrees(TestCase):
    """A query, a prepared query, and the rule for a case that was read."""

    @settings(deadline=None, max_examples=examples(15), suppress_health_check=list(HealthCheck))
    @given(MEMBERSHIPS, st.lists(st.tuples(PATHS, UNIT_PATHS, REACH), min_size=1, max_size=6))
    def test_a_case_is_reached_by_all_of_them_or_by_none(
        self, memberships: list[Membership], places: list[tuple[str, str, list[str] | None]]
    ) -> None:
        area = Area.objects.create(code="1", name="anywhere", level="city", path="1.")
        kind = Category.objects.create(code="pond", name_zh="水塘", name_en="pond")
        like = {"title": "t", "category": kind, "area": area, "stage_since": NOON, "opened_at": NOON}
        cases = Case.objects.bulk_create(
            Case(**like, area_path=where, unit_path=whose, task_reach=reach) for where, whose, reach in places
        )
        acting = Acting(User(), tuple(memberships))

        for action in (Action.VIEW_CASE, Action.VIEW_EVIDENCE):
            kept = set(Case.objects.filter(case_scope_q(acting, action)).values_list("pk", flat=True))
            assert {pk for (pk,) in IN_SCOPE(**given_scope(acting, action))} == kept, action
            assert {case.pk for case in cases if may_reach(acting, action, case)} == kept, action


IN_SCOPE = Prepared(lambda: Case.objects.filter(in_scope()).values_list("pk"))


@given(st.lists(PATHS, max_size=8))
def test_the_highest_paths_cover_all_paths_and_not_each_other(paths: list[str]) -> None:
    roots = highest(paths)

    assert all(any(path.startswith(root) for root in roots) for path in paths)
    assert not any(
        one.startswith(other) for n, one in enumerate(roots) for m, other in enumerate(roots) if n != m
    )
    assert set(roots) <= set(paths)


def test_a_member_is_read_in_one_query_with_units_and_areas(cast: Cast, django_assert_num_queries) -> None:
    user = User.objects.get(username="carol")

    with django_assert_num_queries(1):
        acting = acting_for(user)
        said = [(each.role, each.unit.name, each.area.name) for each in acting.memberships]

    assert said == [("dispatcher", "望潮县指挥中心", "望潮县")]


@pytest.mark.django_db
def test_anybody_without_an_account_is_not_found() -> None:
    with pytest.raises(NotFound):
        acting_for(AnonymousUser())


def test_an_account_that_was_closed_is_not_found(cast: Cast) -> None:
    cast.carol.user.is_active = False

    with pytest.raises(NotFound):
        acting_for(cast.carol.user)


def test_a_unit_that_no_longer_acts_gives_its_members_nothing(cast: Cast) -> None:
    Unit.objects.filter(pk=cast.desk_1.pk).update(active=False)

    assert acting_for(cast.carol.user).memberships == ()


def test_without_memberships_nothing_is_seen_and_nothing_is_asked(
    cast: Cast, django_assert_num_queries
) -> None:
    with django_assert_num_queries(0):
        assert list(Site.objects.filter(scope_q(cast.nobody, Action.VIEW_CASE))) == []


def test_columns_of_another_table_can_be_named(cast: Cast) -> None:
    units = Unit.objects.filter(scope_q(cast.ivan, Action.VIEW_CASE, unit=None))
    by_area = Unit.objects.filter(scope_q(cast.ivan, Action.VIEW_CASE, area="area__path", unit="path"))

    assert (
        set(units)
        == set(by_area)
        == set(Unit.objects.filter(Q(area_path__startswith="990100.990101.990101001.")))
    )


@pytest.mark.parametrize(
    ("name", "action", "somewhere"),
    [
        ("grace", Action.MANAGE_UNITS, True),
        ("carol", Action.MANAGE_UNITS, False),
        ("nobody", Action.VIEW_CASE, False),
    ],
)
def test_a_page_is_offered_only_to_whom_it_can_serve(
    cast: Cast, name: str, action: Action, somewhere: bool
) -> None:
    assert getattr(cast, name).may_somewhere(action) is somewhere
