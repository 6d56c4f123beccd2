"""Categories: two levels, one city, limits that hold for what comes next."""

from dataclasses import replace

import pytest

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.terms import State
from anlan.flows.manage_categories import CategoryFacts, add_category, change_category
from anlan.store.models import Case, Category, StaffEvent
from anlan.store.readers.managed import touched_by_changing_category
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import walked_to

FACTS = CategoryFacts(
    name_zh="临水防护",
    name_en="Unfenced water",
    order=3,
    severity="moderate",
    unit_kind="village_committee",
    unit_level="village",
    opens_when="",
    closes_when="",
    accept_hours=1,
    dispatch_hours=2,
    handle_hours=72,
    verify_hours=48,
)


def add(
    acting, code: str = "ice", parent: str = "water", unit: str = "", facts: CategoryFacts = FACTS
) -> Category:
    return add_category(
        acting_user=acting, code=code, parent_code=parent, unit_code=unit, facts=facts, now=NOON
    )


def change(
    acting, code: str = "open_water", facts: CategoryFacts = FACTS, unit: str = "", seen: str | None = None
) -> Category:
    return change_category(acting_user=acting, code=code, unit_code=unit, facts=facts, seen=seen, now=NOON)


def test_a_new_category_stands_in_its_family(cast: Cast) -> None:
    assert add(cast.grace).parent == cast.water


def test_running_stages_keep_their_deadlines_when_limits_change(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, NOON)
    seen = touched_by_changing_category(cast.open_water).mark

    change(cast.grace, seen=seen)

    assert seen == "open_cases_keep_deadlines=1"
    assert Case.objects.get(pk=case.pk).due_at == case.due_at
    assert StaffEvent.objects.get().changes == {"handle_hours": [120, 72]}


@pytest.mark.parametrize("name", ["mia", "carol", "liu", "frank", "nobody"])
def test_only_who_administers_the_city_changes_categories(cast: Cast, name: str) -> None:
    with pytest.raises(NotFound):
        add(getattr(cast, name))
    with pytest.raises(NotFound):
        change(getattr(cast, name))


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"parent": "open_water"}, "category_too_deep"),
        ({"code": "water"}, "code_taken"),
        ({"facts": replace(FACTS, handle_hours=0)}, "limits_wrong"),
        ({"facts": replace(FACTS, accept_hours=8761)}, "limits_wrong"),
    ],
)
def test_a_category_that_does_not_fit_is_not_added(cast: Cast, facts: dict, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        add(cast.grace, **facts)

    assert Category.objects.count() == 8


def test_a_family_is_closed_after_its_categories(cast: Cast) -> None:
    with pytest.raises(Refused, match="category_has_active") as refusal:
        change(cast.grace, "water", replace(FACTS, active=False))

    assert refusal.value.facts == {"count": 2}


def test_a_category_is_opened_after_its_family(cast: Cast) -> None:
    Category.objects.filter(code__in=["road", "junction"]).update(active=False)

    with pytest.raises(Refused, match="category_family_closed"):
        change(cast.grace, "junction")


def test_a_category_that_changed_since_it_was_shown_is_not_changed(cast: Cast) -> None:
    with pytest.raises(Conflict):
        change(cast.grace, seen="open_cases_keep_deadlines=7")
