"""What the filters of lists offer: categories, areas and units as plain values, for this person alone."""

from typing import NamedTuple

from django.db.models import Q

from anlan.store.models import Area, Category, Unit
from anlan.store.readers.queue import in_order_of_families
from anlan.store.readers.staff import Acting

MOST = 300


class Choice(NamedTuple):
    """A code and a name to choose by."""

    code: str
    name: str


class CategoryChoice(NamedTuple):
    """A category, with the family it belongs to."""

    code: str
    name_zh: str
    name_en: str
    family_zh: str | None
    family_en: str | None


class Choices(NamedTuple):
    """What the filters of a queue offer to this person."""

    categories: list[CategoryChoice]
    areas: list[Choice]
    units: list[Choice]


def choices(acting: Acting, area_code: str) -> Choices:
    """Categories; areas below the chosen one, or below this person's own; units that work there.

    Three queries, four with an area chosen.
    """
    areas = _areas(acting, area_code)
    units = Unit.objects.filter(area__in=[pk for pk, _, _ in areas], active=True).order_by("path")
    names = ("code", "name_zh", "name_en", "parent__name_zh", "parent__name_en")
    categories = in_order_of_families(Category.objects.filter(active=True)).values_list(*names)
    return Choices(
        categories=list(map(CategoryChoice._make, categories)),
        areas=[Choice(code, name) for _, code, name in areas],
        units=list(map(Choice._make, units.values_list("code", "name")[:MOST])),
    )


def area_choices(acting: Acting, area_code: str) -> list[Choice]:
    """The areas alone: one query, two with an area chosen."""
    return [Choice(code, name) for _, code, name in _areas(acting, area_code)]


def _areas(acting: Acting, area_code: str) -> list[tuple[int, str, str]]:
    """Id, code and name; by ids, so that an index answers."""
    roots = [membership.area_id for membership in acting.memberships]
    if area_code:
        roots = list(Area.objects.filter(code=area_code).values_list("pk", flat=True)) or roots
    found = Area.objects.filter(Q(parent__in=roots) | Q(pk__in=roots)).order_by("path")
    return list(found.values_list("pk", "code", "name")[:MOST])
