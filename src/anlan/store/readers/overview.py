"""How an area stands: open, late and closed cases by the areas below it, and by family of categories.

Every case that is in the total is in one line of each list, also one of which only the area itself is known,
one in an area that has ended, and one of a category that is no longer in use.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
from anlan.store.readers.staff import NOTHING, Acting, scope_q

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
    in_use: bool = True
    is_rest: bool = False  # what lies in the area itself and in none below it
    lng: float | None = None  # WGS-84, where to show it on a map
    lat: float | None = None
    name_en: str = ""  # of a family of categories; an area has its one name


@dataclass(frozen=True)
class Overview:
    """How an area stands now."""

    area: Area
    above: list[tuple[Area, bool]]
    """What it lies in, and whether this person may open each."""
    total: Line
    areas: Sequence[Line]
    categories: Sequence[Line]

    @property
    def has_map(self) -> bool:
        """Is there an area to show on a map?"""
        return any(line.lng is not None and line.lat is not None for line in self.areas)


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
    seen = _seen(acting)
    area = _area(seen, code)
    cases = Case.objects.filter(
        OPEN | Q(closed_at__gt=now - RECENT),
        scope_q(acting, Action.VIEW_OVERVIEW),
        area_path__startswith=area.path,
    )
    counted = _counted(cases, area.path.count(".") + 1, now)
    return Overview(
        area=area,
        above=_above(area, seen),
        total=_line(area.code, area.name, counted),
        areas=_by_area(area, counted),
        categories=_by_family(counted),
    )


def _by_area(area: Area, counted: Sequence[_Counted]) -> list[Line]:
    """A line for each area below in use and each other one that has cases; the rest comes last."""
    found = Q(in_use=True) | Q(code__in={each.child for each in counted})
    below = list(Area.objects.filter(found, parent=area).defer("boundary").order_by("code"))
    lines = [
        replace(
            _line(each.code, each.name, [one for one in counted if one.child == each.code]),
            in_use=each.in_use,
            lng=each.lng,
            lat=each.lat,
        )
        for each in below
    ]
    own = [one for one in counted if not one.child]
    if below and own:
        lines.append(replace(_line(area.code, area.name, own), is_rest=True))
    return lines


def _by_family(counted: Sequence[_Counted]) -> list[Line]:
    """A line for each family in use and each other one that has cases."""
    found = Q(active=True) | Q(code__in={each.family for each in counted})
    return [
        replace(
            _line(each.code, each.name_zh, [one for one in counted if one.family == each.code]),
            in_use=each.active,
            name_en=each.name_en,
        )
        for each in Category.objects.filter(found, parent=None).order_by("order", "code")
    ]


def _seen(acting: Acting) -> tuple[str, ...]:
    """The paths of the areas that this person may look over, with all that lies in them."""
    return tuple(
        membership.area_path
        for membership in acting.memberships
        if allowed_relations(Role(membership.role), Action.VIEW_OVERVIEW)
    )


def _above(area: Area, seen: tuple[str, ...]) -> list[tuple[Area, bool]]:
    above = Area.objects.filter(code__in=area.path.rstrip(".").split(".")[:-1]).defer("boundary")
    return [(each, each.path.startswith(seen)) for each in above.order_by("path")]


def _area(seen: tuple[str, ...], code: str) -> Area:
    theirs = NOTHING
    for path in seen:
        theirs |= Q(path__startswith=path)
    areas = Area.objects.filter(theirs).defer("boundary")
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


def _line(code: str, name: str, counted: Iterable[_Counted]) -> Line:
    counted = list(counted)
    return Line(
        code,
        name,
        open=sum(each.open for each in counted),
        late=sum(each.late for each in counted),
        parked=sum(each.parked for each in counted),
        closed=sum(each.closed for each in counted),
    )
