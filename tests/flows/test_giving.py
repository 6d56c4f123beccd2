"""Cell by cell: to which units the dispatchers of a township, a county and the city may give a case."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from anlan.base.errors import Refused
from anlan.cases.terms import State
from anlan.flows.case_tasks import give_task
from anlan.flows.dispatch_case import dispatch_case
from anlan.store.models import Case, Membership, Unit
from anlan.store.readers.cases import find_case
from anlan.store.readers.staff import Acting, acting_for
from tests.cast import UNITS, Cast
from tests.conftest import NOON
from tests.flows.walks import walked_to

LATER = NOON + timedelta(hours=9)

# The case lies in village_111. Rows: units. Columns: dispatchers of township_11, county_1, the city.
GRID = """
city_desk       yes yes yes
desk_1          yes yes yes
desk_2          no  no  yes
water_bureau_1  yes yes yes
office_11       yes yes yes
office_12       no  yes yes
office_21       no  no  yes
office_22       no  no  yes
fire_post_11    yes yes yes
committee_111   yes yes yes
committee_112   yes yes yes
committee_121   no  yes yes
committee_122   no  yes yes
committee_211   no  no  yes
committee_212   no  no  yes
committee_221   no  no  yes
committee_222   no  no  yes
"""
CELLS = {
    name: [word == "yes" for word in words] for name, *words in map(str.split, GRID.strip().splitlines())
}

type Give = Callable[[Acting, Case, str], object]


def dispatched(acting: Acting, case: Case, unit: str) -> object:
    found = {"case_id": case.pk, "version": case.version, "now": LATER}
    return dispatch_case(acting_user=acting, unit_code=unit, reason="because", **found)


def given(acting: Acting, case: Case, unit: str) -> object:
    found = {"case_id": case.pk, "version": case.version, "now": LATER}
    return give_task(acting_user=acting, unit_code=unit, what="检查", **found)


def allowed(give: Give, acting: Acting, case: Case, unit: str) -> bool:
    """Is the unit given its part? Nothing of it stays."""
    try:
        with transaction.atomic():
            give(acting, case, unit)
            transaction.set_rollback(True)
    except Refused as refusal:
        assert refusal.reason == "unit_elsewhere"
        return False
    return True


def test_the_grid_names_every_unit() -> None:
    assert set(CELLS) == set(UNITS)


@pytest.mark.parametrize(("give", "state"), [(dispatched, State.ACCEPTED), (given, State.IN_PROGRESS)])
@pytest.mark.parametrize("name", [unit for unit in CELLS if unit != "committee_111"])
def test_each_cell_is_as_the_grid_says(cast: Cast, give: Give, state: State, name: str) -> None:
    case = walked_to(state, cast, NOON)
    unit = getattr(cast, name).code

    assert [allowed(give, person, case, unit) for person in (cast.ivan, cast.carol, cast.liu)] == CELLS[name]


def test_a_refusal_names_the_area_whose_dispatchers_can_send_it(cast: Cast) -> None:
    case = walked_to(State.ACCEPTED, cast, NOON)

    for person, unit, area in ((cast.carol, "office-21", "澜川市"), (cast.ivan, "office-12", "望潮县")):
        with pytest.raises(Refused) as refusal:
            dispatched(person, case, unit)
        assert refusal.value.facts["area"] == area
    case.refresh_from_db()
    assert (case.state, case.unit) == (State.ACCEPTED, None)


def test_a_unit_elsewhere_that_the_rules_mean_is_given_the_case(cast: Cast) -> None:
    cast.open_water.unit = cast.office_21
    cast.open_water.save()
    case = walked_to(State.ACCEPTED, cast, NOON)

    assert allowed(dispatched, cast.carol, case, "office-21")
    assert not allowed(dispatched, cast.carol, case, "office-22")


def test_two_roles_reach_the_units_of_both_areas(cast: Cast) -> None:
    (role,) = cast.carol.memberships
    place = {"area": cast.township_21, "area_path": cast.township_21.path}
    unit = {"unit": role.unit, "unit_path": role.unit_path}
    Membership.objects.create(user=role.user, role=role.role, **unit, **place)
    case = walked_to(State.ACCEPTED, cast, NOON)

    both = acting_for(cast.carol.user)

    assert [allowed(dispatched, both, case, unit) for unit in ("office-21", "office-22")] == [True, False]


def test_what_the_desk_above_sends_is_seen_by_the_unit_elsewhere(cast: Cast) -> None:
    case = walked_to(State.ACCEPTED, cast, NOON)
    dispatched(cast.liu, case, "committee-211")
    cast.alice.memberships[0].unit, cast.alice.memberships[0].unit_path = (
        cast.committee_211,
        cast.committee_211.path,
    )

    assert find_case(cast.alice, case.pk) == case


@pytest.mark.parametrize("who", ["ivan", "carol", "liu"])
def test_the_page_offers_no_unit_that_the_flow_would_refuse(cast: Cast, who: str) -> None:
    case = walked_to(State.ACCEPTED, cast, NOON)
    client = Client()
    client.force_login(getattr(cast, who).user)

    page = client.get(f"/cases/{case.pk}/")
    offers = next(item for item in page.context["main"] if item.step == "dispatch")

    units = Unit.objects.filter(code__in=[code for code, _ in offers.form.fields["unit_code"].choices])
    assert units.exists()
    assert all(allowed(dispatched, getattr(cast, who), case, unit.code) for unit in units)
