"""Administrators of the city add kinds of hazards and change who answers for them, and by when."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.flows.staff_history import check_seen, keep, record, take_turns
from anlan.flows.starting_categories import begin_with_list
from anlan.staff.granting import check_reach
from anlan.staff.terms import Action, Spot
from anlan.store.models import Category, Unit
from anlan.store.readers.managed import city_path, touched_by_changing_category
from anlan.store.readers.staff import Acting

LIMITS = ("accept_hours", "dispatch_hours", "handle_hours", "verify_hours")
LONGEST_LIMIT = 8760


@dataclass(frozen=True)
class CategoryFacts:
    """A kind of hazard: names, who is responsible, by when."""

    name_zh: str
    name_en: str
    order: int
    severity: str
    unit_kind: str
    unit_level: str
    opens_when: str
    closes_when: str
    accept_hours: int
    dispatch_hours: int
    handle_hours: int
    verify_hours: int
    interim_hours: int = 0
    recurs_metres: int = 50
    recurs_days: int = 180
    active: bool = True


@transaction.atomic
def add_category(
    *, acting_user: Acting, code: str, parent_code: str, unit_code: str, facts: CategoryFacts, now: datetime
) -> Category:
    """Add a category of the first level (`parent_code` is "") or of the second.

    Raises NotFound, Refused("code_taken"), Refused("category_too_deep"), Refused("category_family_closed"),
    Refused("unit_closed"), Refused("limits_wrong").
    """
    take_turns()
    _check_may(acting_user)
    if Category.objects.filter(code=code).exists():
        raise Refused("code_taken", code=code)
    _check_limits(facts)
    parent = _family(parent_code)
    category = Category.objects.create(code=code, parent=parent, unit=_unit(unit_code), **vars(facts))
    record(acting_user.user, "added", f"category:{code}", {"name_zh": (None, facts.name_zh)}, now)
    return category


@transaction.atomic
def add_starting_categories(*, acting_user: Acting, now: datetime) -> None:
    """Take the list that a city may begin with. Raises NotFound, Refused("categories_there")."""
    take_turns()
    _check_may(acting_user)
    if Category.objects.exists():
        raise Refused("categories_there")
    begin_with_list(acting_user.user, now)


@transaction.atomic
def change_category(
    *, acting_user: Acting, code: str, unit_code: str, facts: CategoryFacts, seen: str | None, now: datetime
) -> Category:
    """Change a category; running stages keep the deadlines that they have.

    Raises NotFound, Conflict, Refused("category_has_active"), Refused("category_family_closed"),
    Refused("unit_closed"), Refused("limits_wrong").
    """
    take_turns()
    _check_may(acting_user)
    category = (
        Category.objects.select_for_update(of=("self",)).select_related("parent").filter(code=code).first()
    )
    if category is None:
        raise NotFound
    _check_limits(facts)
    _check_family(category, facts.active)
    check_seen(seen, touched_by_changing_category(category).mark)
    columns = vars(facts) | {"unit": _unit(unit_code)}
    keep(acting_user.user, "changed", f"category:{code}", category, columns, now)
    return category


def _check_may(acting: Acting) -> None:
    """Categories belong to the whole city."""
    check_reach(acting.memberships, Action.MANAGE_CATEGORIES, Spot(city_path()))


def _check_limits(facts: CategoryFacts) -> None:
    if not all(1 <= getattr(facts, name) <= LONGEST_LIMIT for name in LIMITS):
        raise Refused("limits_wrong")


def _check_family(category: Category, active: bool) -> None:
    """A family is closed after its categories, and opened before them."""
    below = category.children.filter(active=True).count()
    if below and not active:
        raise Refused("category_has_active", count=below)
    if active and category.parent is not None and not category.parent.active:
        raise Refused("category_family_closed")


def _family(code: str) -> Category | None:
    if not code:
        return None
    family = Category.objects.filter(code=code).first()
    if family is None:
        raise NotFound
    if family.parent_id is not None:
        raise Refused("category_too_deep")
    if not family.active:
        raise Refused("category_family_closed")
    return family


def _unit(code: str) -> Unit | None:
    """The unit that always answers, if one does."""
    if not code:
        return None
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise NotFound
    if not unit.active:
        raise Refused("unit_closed")
    return unit
