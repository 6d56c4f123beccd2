"""What the form of a report offers: categories, areas, and which area a point or an address means."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Left, StrIndex

from anlan.cases.similar import similar
from anlan.places.address import meant
from anlan.places.terms import Crs, Level
from anlan.publishing.terms import PlaceRule
from anlan.store.models import Area, Case, Category, Site
from anlan.store.readers.boundaries import boundaries_mark
from anlan.store.readers.cases import nearest
from anlan.store.readers.prepared import Given, Prepared

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
    active = _ACTIVE()
    below: dict[int, list[Kind]] = {}
    for _pk, parent, code, zh, en, icon in active:
        if parent is not None:
            below.setdefault(parent, []).append(Kind(code, zh, en, icon))
    return [
        Kind(code, zh, en, icon, tuple(below.get(pk, ())))
        for pk, parent, code, zh, en, icon in active
        if parent is None
    ]


_ACTIVE = Prepared(
    lambda: (
        Category.objects.filter(active=True)
        .order_by("order", "code")
        .values_list("pk", "parent_id", "code", "name_zh", "name_en", "icon")
    )
)


def townships() -> dict[str, list[Choice]]:
    """The townships in use under the names of their counties, by code; one query."""
    found: dict[str, list[Choice]] = {}
    for county, *said in _TOWNSHIPS():
        found.setdefault(county or "", []).append(_choice(*said))
    return found


def villages(township_code: str) -> list[Choice]:
    """The villages in use of a township, by code; one query."""
    return [_choice(*said) for said in _VILLAGES(township=township_code)]


def area_choice(code: str) -> Choice | None:
    """The area in use with this code."""
    return next((_choice(*said) for said in _AREA(code=code)), None)


def site_place(code: str) -> SitePlace | None:
    """The place in use with this code, in an area in use."""
    found = Site.objects.filter(code=code, in_use=True, area__in_use=True)
    said = found.values_list("name", "lng", "lat", *(f"area__{each}" for each in _SAID)).first()
    if said is None:
        return None
    name, lng, lat, *area = said
    return SitePlace(code, name, _choice(*area), lng, lat)


def shown_as(category_code: str, area_code: str) -> Shown | None:
    """How a report of this kind in this area is shown; None while either is not known. Two queries."""
    if not category_code or not area_code:
        return None
    category = Category.objects.filter(code=category_code, active=True).first()
    area = _in_use().filter(code=area_code).values_list("kind", *_SAID).first()
    if category is None or area is None:
        return None
    kind, *said = area
    named = Kind(category.code, category.name_zh, category.name_en, category.icon)
    return Shown(named, PlaceRule(category.public_place), _choice(*said), kind)


def whole_city() -> Choice | None:
    """The area above all others; None before there is one."""
    top = _in_use().filter(parent=None).order_by("code").values_list(*_SAID).first()
    return None if top is None else _choice(*top)


def areas_meant(address: str, below: str = "") -> list[Choice]:
    """The areas that an address in words may mean, only those below the path `below`."""
    # every way to say a name begins with its first two signs
    named = (
        _in_use()
        .filter(parent__isnull=False, path__startswith=below)
        .alias(at=StrIndex(Value(address), Left("name", 2)))
        .filter(at__gt=0)
        .values_list(*_SAID)[:500]
    )
    return meant(address, [_choice(*said) for said in named])[:MOST_FOUND]


def areas_like(words: str) -> list[Choice]:
    """The areas in use whose names begin with `words`, the larger ones first."""
    found = _in_use().filter(name__startswith=words, parent__isnull=False)
    return [_choice(*said) for said in found.order_by("path").values_list(*_SAID)[:MOST_FOUND]]


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
    if not _POINT(case=case_id):
        return []
    case = Case.objects.select_related("category").get(pk=case_id)
    assert case.lng is not None and case.lat is not None
    by_id = {each.pk: each for each in nearest(Case.objects.select_related("category"), case)}
    near = similar(by_id.values(), case.lng, case.lat, case.opened_at)[:3]
    return [_nearby(by_id[each.case_id], each.metres) for each in near]


_POINT = Prepared(
    lambda: Case.objects.filter(pk=Given("case"), lng__isnull=False, lat__isnull=False).values_list("pk")
)


def _nearby(case: Case, metres: int) -> Nearby:
    kind = case.category
    return Nearby(kind.name_zh, kind.name_en, max(10, round(metres, -1)), case.state)


def _in_use() -> QuerySet[Area]:
    return Area.objects.filter(in_use=True)


_SAID = ("code", "path", "name", *(f"{'parent__' * above}name" for above in range(1, len(Level))))
"""Columns of which a choice is made: all names up to that of the city."""

_TOWNSHIPS = Prepared(
    lambda: _in_use().filter(level=Level.TOWNSHIP).order_by("code").values_list("parent__name", *_SAID)
)
_VILLAGES = Prepared(
    lambda: (
        _in_use()
        .filter(level=Level.VILLAGE, parent__code=Given("township", CharField()))
        .order_by("code")
        .values_list(*_SAID)
    )
)
_AREA = Prepared(lambda: _in_use().filter(code=Given("code", CharField())).values_list(*_SAID))


def _choice(code: str, path: str, name: str, *above: str | None) -> Choice:
    """Of the names above, the last one is the city's, which goes without saying."""
    known = [each for each in above if each is not None]
    return Choice(code, name, " ".join(reversed([name, *known[:-1]])), path)
