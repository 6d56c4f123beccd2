"""Administrators name the unit that answers for a category in an area."""

from datetime import datetime

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.flows.staff_history import record, take_turns
from anlan.places.terms import Level
from anlan.staff.granting import check_reach
from anlan.staff.terms import Action, Spot
from anlan.store.models import Area, Category, Responsibility, Unit
from anlan.store.readers.staff import Acting


@transaction.atomic
def name_responsible(
    *, acting_user: Acting, area_code: str, category_code: str, unit_code: str, now: datetime
) -> Responsibility | None:
    """Name the unit that answers for a category, or for all of a family, in an area; nobody for "".

    Raises NotFound, Refused("area_ended", "level_not_named", "unit_closed").
    """
    take_turns()
    area = Area.objects.filter(code=area_code).first()
    category = Category.objects.filter(code=category_code, active=True).first()
    if area is None or category is None:
        raise NotFound
    check_reach(acting_user.memberships, Action.NAME_RESPONSIBLE, Spot(area.path))
    if not area.in_use:
        raise Refused("area_ended")
    if area.level == Level.VILLAGE:
        raise Refused("level_not_named")
    unit = _unit(unit_code)
    named = Responsibility.objects.select_related("unit").filter(area=area, category=category).first()
    before = named.unit if named else None
    if before == unit:
        return named
    if unit is None:
        Responsibility.objects.filter(area=area, category=category).delete()
        named = None
    else:
        named, _ = Responsibility.objects.update_or_create(
            area=area, category=category, defaults={"unit": unit}
        )
    record(acting_user.user, "named", f"named:{area_code}/{category_code}", {"unit": (before, unit)}, now)
    return named


def _unit(code: str) -> Unit | None:
    if not code:
        return None
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise NotFound
    if not unit.active:
        raise Refused("unit_closed")
    return unit
