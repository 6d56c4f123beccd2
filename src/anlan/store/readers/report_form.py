"""What the form of a report offers: categories, areas, and which area a point or an address means."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import QuerySet, Value
from django.db.models.functions import Left, StrIndex

from anlan.cases.similar import similar
from anlan.places.address import meant
from anlan.places.terms import Crs, Level
from anlan.publishing.terms import PlaceRule
from anlan.store.models import Area, Case, Category, Site
from anlan.store.readers.boundaries import boundaries_mark
from anlan.store.readers.cases import nearest

if TYPE_CHECKING:
    from anlan.places.lookup import AreaIndex

MOST_FOUND = 12
"""Areas offered for a name."""


@dataclass(frozen=True)
class Kind:
    """A category in the picker; a family has kinds below it."""

    code: str
    name_zh: str
    name_en: str
    icon: str
    kinds: tuple["Kind", ...] = ()


@dataclass(frozen=True)
class Choice:
    """An area in the picker: its code, its own name, and the names from the county down."""

    code: str
    name: str
    whole_name: str
    path: str


@dataclass(frozen=True)
class SitePlace:
    """A place with a name that a form begins with; degrees in WGS-84, None where only the area is known."""

    code: str
    name: str
    area: Choice
    lng: float | None
    lat: float | None


@dataclass(frozen=True)
class Shown:
    """How others see a report of a kind in an area."""

    kind: Kind
    rule: PlaceRule
    area: Choice
    area_kind: str


@dataclass(frozen=True)
class Nearby:
    """An open case near a new one, as anybody may know it; metres are rounded."""

    name_zh: str
    name_en: str
    metres: int
    state: str


def families() -> list[Kind]:
    """The active categories, families with their kinds, in order; one query."""
    active = list(Category.objects.filter(active=True).order_by("order", "code"))
    below: dict[int, list[Kind]] = {}
    for category in active:
        if category.parent_id is not None:
            below.setdefault(category.parent_id, []).append(_kind(category))
    return [_kind(each, tuple(below.get(each.pk, ()))) for each in active if each.parent_id is None]


def _kind(category: Category, kinds: tuple[Kind, ...] = ()) -> Kind:
    return Kind(category.code, category.name_zh, category.name_en, category.icon, kinds)


def townships() -> dict[str, list[Choice]]:
    """The townships in use under the names of their counties, by code; one query."""
    found: dict[str, list[Choice]] = {}
    for area in _in_use().filter(level=Level.TOWNSHIP).order_by("code"):
        found.setdefault(area.parent.name if area.parent else "", []).append(_choice(area))
    return found


def villages(township_code: str) -> list[Choice]:
    """The villages in use of a township, by code; one query."""
    below = _in_use().filter(level=Level.VILLAGE, parent__code=township_code)
    return [_choice(area) for area in below.order_by("code")]


def area_choice(code: str) -> Choice | None:
    """The area in use with this code."""
    area = _in_use().filter(code=code).first()
    return None if area is None else _choice(area)


def site_place(code: str) -> SitePlace | None:
    """The place in use with this code, in an area in use."""
    areas = ("area__boundary", "area__parent__boundary", "area__parent__parent__boundary")
    found = Site.objects.filter(code=code, in_use=True, area__in_use=True)
    site = found.select_related("area__parent__parent").defer(*areas).first()
    if site is None:
        return None
    return SitePlace(site.code, site.name, _choice(site.area), site.lng, site.lat)


def shown_as(category_code: str, area_code: str) -> Shown | None:
    """How a report of this kind in this area is shown; None while either is not known. Two queries."""
    category = Category.objects.filter(code=category_code, active=True).first()
    area = _in_use().filter(code=area_code).first()
    if category is None or area is None:
        return None
    return Shown(_kind(category), PlaceRule(category.public_place), _choice(area), area.kind)


def whole_city() -> Choice | None:
    """The area above all others; None before there is one."""
    top = _in_use().filter(parent=None).order_by("code").first()
    return None if top is None else _choice(top)


def areas_meant(address: str, below: str = "") -> list[Choice]:
    """The areas that an address in words may mean, only those below the path `below`."""
    # every way to say a name begins with its first two signs
    named = (
        _in_use()
        .filter(parent__isnull=False, path__startswith=below)
        .alias(at=StrIndex(Value(address), Left("name", 2)))
        .filter(at__gt=0)[:500]
    )
    return [_choice(area) for area in meant(address, named)[:MOST_FOUND]]


def areas_like(words: str) -> list[Choice]:
    """The areas in use whose names begin with `words`, the larger ones first."""
    found = _in_use().filter(name__startswith=words, parent__isnull=False)
    return [_choice(area) for area in found.order_by("path")[:MOST_FOUND]]


def area_at(lng: float, lat: float, crs: Crs = Crs.WGS84) -> Choice | None:
    """The smallest area with a boundary in or near which a point lies."""
    # loaded here: numpy and shapely cost memory that a form without a point need not pay
    from anlan.places.coordinates import point_to_wgs84

    code, _confidence = _index(boundaries_mark()).code_of(*point_to_wgs84(lng, lat, crs))
    return None if code is None else area_choice(code)


@lru_cache(maxsize=1)
def _index(mark: str) -> "AreaIndex":
    """Where the areas of the lowest level that has boundaries lie; `mark` says when it must be read anew."""
    from anlan.places.boundary_files import multipolygon
    from anlan.places.lookup import AreaIndex

    bounded = Area.objects.filter(in_use=True, boundary__isnull=False)
    for level in reversed(Level):
        found = dict(bounded.filter(level=level).values_list("code", "boundary"))
        if found:
            return AreaIndex({code: multipolygon(bytes(shape or b"")) for code, shape in found.items()})
    return AreaIndex({})


def open_nearby(case_id: int) -> list[Nearby]:
    """Open cases of the same family near a case in place and time, nearest first, at most three."""
    case = Case.objects.select_related("category").get(pk=case_id)
    if case.lng is None or case.lat is None:
        return []
    by_id = {each.pk: each for each in nearest(Case.objects.select_related("category"), case)}
    near = similar(by_id.values(), case.lng, case.lat, case.opened_at)[:3]
    return [_nearby(by_id[each.case_id], each.metres) for each in near]


def _nearby(case: Case, metres: int) -> Nearby:
    kind = case.category
    return Nearby(kind.name_zh, kind.name_en, max(10, round(metres, -1)), case.state)


def _in_use() -> QuerySet[Area]:
    shapes = ("boundary", "parent__boundary", "parent__parent__boundary")
    return Area.objects.filter(in_use=True).select_related("parent__parent").defer(*shapes)


def _choice(area: Area) -> Choice:
    names, above = [area.name], area.parent
    while above is not None and above.parent_id is not None:
        names.append(above.name)
        above = above.parent
    return Choice(area.code, area.name, " ".join(reversed(names)), area.path)
