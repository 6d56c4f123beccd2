"""Administrators of the city say how long each stage of a category's cases may take."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.flows.staff_history import check_seen, record, take_turns
from anlan.staff.granting import check_reach
from anlan.staff.terms import Action, Spot
from anlan.store.models import Category, StageLimit
from anlan.store.readers.managed import city_path, touched_by_changing_category
from anlan.store.readers.staff import Acting

LONGEST = 8760


@dataclass(frozen=True)
class LimitFacts:
    """A limit: `severity` "" is any, `amount` 0 is none, `amber_percent` of its time make it near its end."""

    stage: str
    severity: str
    amount: int
    unit: str
    amber_percent: int = 67


@transaction.atomic
def set_limit(*, acting_user: Acting, code: str, facts: LimitFacts, seen: str | None, now: datetime) -> None:
    """Set or take away one limit of a category; running stages keep the ends that they have.

    Raises NotFound, Conflict, Refused("limit_out_of_range").
    """
    take_turns()
    check_reach(acting_user.memberships, Action.MANAGE_CATEGORIES, Spot(city_path()))
    category = Category.objects.filter(code=code).first()
    if category is None:
        raise NotFound
    if not (0 <= facts.amount <= LONGEST and 1 <= facts.amber_percent <= 100):
        raise Refused("limit_out_of_range", amount=facts.amount, most=LONGEST)
    check_seen(seen, touched_by_changing_category(category).mark)
    place: dict[str, Any] = {"category": category, "stage": facts.stage, "severity": facts.severity}
    before = StageLimit.objects.filter(**place).first()
    said = _said(before) if before else None
    after = _write(place, facts)
    if said != after:
        name = f"limit {facts.stage} {facts.severity}".strip()
        record(acting_user.user, "changed", f"category:{code}", {name: (said, after)}, now)


def _write(place: dict[str, Any], facts: LimitFacts) -> str | None:
    """Bring the row to the facts; what it says then, None where it is gone."""
    if not facts.amount:
        StageLimit.objects.filter(**place).delete()
        return None
    what = {"amount": facts.amount, "unit": facts.unit, "amber_percent": facts.amber_percent}
    limit, _ = StageLimit.objects.update_or_create(defaults=what, **place)
    return _said(limit)


def _said(limit: StageLimit) -> str:
    return f"{limit.amount} {limit.unit}, {limit.amber_percent} %"
