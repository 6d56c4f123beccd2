"""What the filters of lists offer: categories, areas and units as plain values, for this person alone."""

from typing import NamedTuple

from django.db.models import BooleanField, CharField, Q, QuerySet
from django.db.models.expressions import RawSQL

from anlan.store.models import Area, Category, Unit
from anlan.store.readers.gathered import Gathered, any_of
from anlan.store.readers.prepared import Given, Prepared
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

    One query, two with an area chosen.
    """
    found = _OFFERED(roots=_roots(acting, area_code))
    return Choices(
        categories=list(map(CategoryChoice._make, found["categories"])),
        areas=list(map(Choice._make, found["areas"])),
        units=list(map(Choice._make, found["units"])),
    )


def area_choices(acting: Acting, area_code: str) -> list[Choice]:
    """The areas alone: one query, two with an area chosen."""
    return list(map(Choice._make, _AREAS(roots=_roots(acting, area_code))))


def _roots(acting: Acting, area_code: str) -> list[int]:
    """The ids of the areas under which areas are offered."""
    own = [membership.area_id for membership in acting.memberships]
    return [pk for (pk,) in _WITH_CODE(code=area_code)] or own if area_code else own


def _areas() -> QuerySet[Area]:
    """The areas in the given ones and right below them; by ids, so that an index answers."""
    below, own = any_of("store_area.parent_id", "roots"), any_of("store_area.id", "roots")
    return Area.objects.filter(Q(below) | Q(own)).order_by("path")[:MOST]


_WORK_THERE = RawSQL(
    "store_unit.area_id IN (SELECT id FROM store_area WHERE parent_id = ANY(%s) OR id = ANY(%s) "
    f"ORDER BY path LIMIT {MOST})",
    (Given("roots"), Given("roots")),
    output_field=BooleanField(),
)


_WITH_CODE = Prepared(lambda: Area.objects.filter(code=Given("code", CharField())).values_list("pk"))
_AREAS = Prepared(lambda: _areas().values_list("code", "name"))
_OFFERED = Gathered(
    categories=lambda: in_order_of_families(Category.objects.filter(active=True)).values_list(
        "code", "name_zh", "name_en", "parent__name_zh", "parent__name_en"
    ),
    areas=lambda: _areas().values_list("code", "name"),
    units=lambda: (
        Unit.objects.filter(_WORK_THERE, active=True).order_by("path").values_list("code", "name")[:MOST]
    ),
)
