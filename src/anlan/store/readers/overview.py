"""How an area stands: open, late and closed cases by the areas below it, and by family of categories."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce

from anlan.base.errors import NotFound
from anlan.cases.terms import State
from anlan.staff.permissions import allowed_relations
from anlan.staff.terms import Action, Role
from anlan.store.models import Area, Case, Category
from anlan.store.models.cases import OPEN
from anlan.store.readers.staff import Acting, scope_q

RECENT = timedelta(days=30)
NAMES = ("open", "late", "parked", "closed")


@dataclass(frozen=True)
class Line:
    """Counts of one area or family of categories; `closed` is of the last 30 days."""

    code: str
    name: str
    open: int
    late: int
    parked: int
    closed: int


@dataclass(frozen=True)
class Overview:
    """How an area stands now."""

    area: Area
    above: list[Area]
    total: Line
    areas: list[Line]
    categories: list[Line]


class _Counted(NamedTuple):
    """Counts of one family of categories in one area below."""

    child: str
    family: str
    open: int
    late: int
    parked: int
    closed: int


def overview(acting: Acting, code: str, now: datetime) -> Overview:
    """How the area with `code` stands, or this person's own area when it is "".

    Raises NotFound for an area that is not theirs to see.
    """
    area = _area(acting, code)
    cases = Case.objects.filter(
        OPEN | Q(closed_at__gt=now - RECENT),
        scope_q(acting, Action.VIEW_OVERVIEW),
        area_path__startswith=area.path,
    )
    counted = _counted(cases, area.path.count(".") + 1, now)
    below = Area.objects.filter(parent=area, in_use=True).defer("boundary").order_by("code")
    families = Category.objects.filter(parent=None, active=True).order_by("order", "code")
    return Overview(
        area=area,
        above=list(
            Area.objects.filter(code__in=area.path.rstrip(".").split(".")[:-1])
            .defer("boundary")
            .order_by("path")
        ),
        total=_line(area.code, area.name, counted),
        areas=[
            _line(each.code, each.name, [one for one in counted if one.child == each.code]) for each in below
        ],
        categories=[
            _line(each.code, each.name_zh, [one for one in counted if one.family == each.code])
            for each in families
        ],
    )


def _area(acting: Acting, code: str) -> Area:
    seen = Q(pk__in=[])
    for membership in acting.memberships:
        if allowed_relations(Role(membership.role), Action.VIEW_OVERVIEW):
            seen |= Q(path__startswith=membership.area_path)
    areas = Area.objects.filter(seen).defer("boundary")
    area = (areas.filter(code=code) if code else areas.order_by("path")).first()
    if area is None:
        raise NotFound
    return area


def _counts(now: datetime) -> dict[str, Count]:
    return {
        "open": Count("pk", filter=OPEN),
        "late": Count("pk", filter=OPEN & Q(due_at__lte=now) & ~Q(state=State.PARKED)),
        "parked": Count("pk", filter=Q(state=State.PARKED)),
        "closed": Count("pk", filter=Q(state=State.CLOSED, closed_at__gt=now - RECENT)),
    }


def _counted(cases: QuerySet[Case], depth: int, now: datetime) -> list[_Counted]:
    """The counts of each area at a depth of the tree and family together: the cases are looked at once."""
    child = Func("area_path", Value("."), Value(depth), function="split_part", output_field=TextField())
    family = Coalesce("category__parent__code", "category__code")
    grouped = cases.order_by().values(child=child, family=family).annotate(**_counts(now))
    return list(map(_Counted._make, grouped.values_list("child", "family", *NAMES)))


def _line(code: str, name: str, counted: list[_Counted]) -> Line:
    return Line(
        code,
        name,
        open=sum(each.open for each in counted),
        late=sum(each.late for each in counted),
        parked=sum(each.parked for each in counted),
        closed=sum(each.closed for each in counted),
    )
