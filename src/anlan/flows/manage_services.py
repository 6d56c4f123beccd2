"""Administrators of the city say what a category asks, here and of other systems, as an Open311 service."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.flows.staff_history import keep, record, take_turns
from anlan.publishing.open311.terms import LISTS, Datatype
from anlan.publishing.open311.value_lines import Values, as_lines
from anlan.staff.granting import check_reach
from anlan.staff.terms import Action, Spot
from anlan.store.models import Category, ServiceAttribute
from anlan.store.readers.managed import city_path
from anlan.store.readers.staff import Acting

MOST = 30
"""Questions of a category: nobody answers more."""


@dataclass(frozen=True)
class QuestionFacts:
    """One question; `values` are (key, Chinese, English), of lists alone."""

    datatype: Datatype
    zh: str
    en: str
    required: bool = False
    variable: bool = True
    order: int = 1
    datatype_description: str = ""
    values: Values = ()


@transaction.atomic
def change_service(*, acting_user: Acting, code: str, kind: str, keywords: str, now: datetime) -> None:
    """Change how ids come back and by which words it is found. Raises NotFound, Refused("not_permitted")."""
    category = _locked(acting_user, code)
    columns = {"open311_type": kind, "open311_keywords": keywords}
    keep(acting_user.user, "changed", subject_of(code), category, columns, now)


@transaction.atomic
def add_question(
    *, acting_user: Acting, code: str, question: str, facts: QuestionFacts, now: datetime
) -> None:
    """Ask something more, under a code of its own.

    Raises NotFound, Refused("not_permitted", "code_taken", "questions_too_many", "values_missing").
    """
    category = _locked(acting_user, code)
    known = ServiceAttribute.objects.filter(category=category)
    if known.filter(code=question).exists():
        raise Refused("code_taken", code=question)
    if known.count() >= MOST:
        raise Refused("questions_too_many", most=MOST)
    row = ServiceAttribute.objects.create(category=category, code=question, **_columns(facts))
    record(acting_user.user, "changed", subject_of(code), {f"ask {question}": (None, _said(row))}, now)


@transaction.atomic
def change_question(
    *, acting_user: Acting, code: str, question: str, facts: QuestionFacts, now: datetime
) -> None:
    """Ask otherwise; answers that were given keep the words of their question.

    Raises NotFound, Refused("not_permitted", "values_missing").
    """
    row = _question(_locked(acting_user, code), question)
    before = _said(row)
    for name, value in _columns(facts).items():
        setattr(row, name, value)
    row.save()
    if _said(row) != before:
        record(acting_user.user, "changed", subject_of(code), {f"ask {question}": (before, _said(row))}, now)


@transaction.atomic
def remove_question(*, acting_user: Acting, code: str, question: str, now: datetime) -> None:
    """Ask this no more; answers stay with their reports. Raises NotFound, Refused("not_permitted")."""
    row = _question(_locked(acting_user, code), question)
    record(acting_user.user, "changed", subject_of(code), {f"ask {question}": (_said(row), None)}, now)
    row.delete()


def subject_of(code: str) -> str:
    """What history calls the category."""
    return f"category:{code}"


def _locked(acting: Acting, code: str) -> Category:
    take_turns()
    check_reach(acting.memberships, Action.MANAGE_CATEGORIES, Spot(city_path()))
    category = Category.objects.select_for_update(of=("self",)).filter(code=code).first()
    if category is None:
        raise NotFound
    return category


def _question(category: Category, code: str) -> ServiceAttribute:
    row = ServiceAttribute.objects.filter(category=category, code=code).first()
    if row is None:
        raise NotFound
    return row


def _columns(facts: QuestionFacts) -> Mapping[str, Any]:
    is_list = facts.datatype in LISTS
    if is_list and not facts.values:
        raise Refused("values_missing")
    return {
        "datatype": facts.datatype,
        "description_zh": facts.zh,
        "description_en": facts.en,
        "required": facts.required and facts.variable,
        "variable": facts.variable,
        "order": facts.order,
        "datatype_description": facts.datatype_description,
        "values": [list(each) for each in facts.values] if is_list else [],
    }


def _said(row: ServiceAttribute) -> str:
    """A question as history keeps it."""
    marks = [mark for mark, is_so in (("required", row.required), ("shown", not row.variable)) if is_so]
    values = as_lines(row.values).replace("\n", "; ")
    parts = (f"{row.order}.", row.datatype, *marks, row.description_zh, row.description_en, values)
    return " ".join(filter(None, parts))
