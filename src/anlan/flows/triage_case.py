"""The desk looks at a new case: is it a hazard, how bad, which kind?"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.base.errors import Refused
from anlan.cases.terms import Severity, Step
from anlan.flows import case_steps
from anlan.staff.terms import Action
from anlan.store.models import Case, Category
from anlan.store.readers.routing import hazard_of, suggestion_for
from anlan.store.readers.staff import Acting


@transaction.atomic
def accept_case(
    *,
    acting_user: Acting,
    case_id: int,
    version: int,
    now: datetime,
    severity: Severity,
    category_code: str = "",
) -> Case:
    """Accept a new case with its severity, and under another category when one is given.

    Raises Refused, NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.TRIAGE)
    category = _category(category_code) if category_code else case.category
    changes = {"severity": severity} | ({"category": category} if category != case.category else {})
    case.route_reason = _route(case, category, severity, now)
    case_steps.take(case, Step.ACCEPT, actor=actor, now=now, columns=changes)
    return case


@transaction.atomic
def reject_case(*, acting_user: Acting, case_id: int, version: int, now: datetime, reason: str) -> Case:
    """Say that a report is no hazard of this city, and why.

    Raises Refused, NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.TRIAGE)
    case_steps.take(case, Step.REJECT, actor=actor, now=now, reason=reason)
    return case


def _route(case: Case, category: Category, severity: Severity, now: datetime) -> dict[str, Any]:
    """What the rules say of the case as the desk sees it."""
    family = category.parent.code if category.parent else ""
    hazard = replace(hazard_of(case), category=category.code, family=family, severity=severity)
    suggestion = suggestion_for(hazard, category, now)
    return suggestion.reason if suggestion else {}


def _category(code: str) -> Category:
    category = Category.objects.filter(code=code, active=True).first()
    if category is None:
        raise Refused("category_unknown", code=code)
    return category
