"""Places to which hazards come back, the most often first."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from anlan.staff.terms import Action
from anlan.store.models import Area, Category, ReturningPlace
from anlan.store.readers.staff import Acting, scope_q

PAGE = 50
_LARGEST = 2**31


@dataclass(frozen=True)
class PlaceFilters:
    """What the address of the list asks for; "" leaves a filter out."""

    category: str = ""  # a family
    area: str = ""
    after: str = ""  # "returns,id" of the last row of the page before


@dataclass(frozen=True)
class PlacesPage:
    """One page of places, how many there are in all, and the cursor to go on after ("" at the end)."""

    places: Sequence[ReturningPlace]
    total: int
    next_after: str


def places_page(acting: Acting, filters: PlaceFilters) -> PlacesPage:
    """Places with at least one return whose cases this person may see; two queries, one more for an area.

    A place shows where its first case lay, so only those who may see cases of that area see it.
    """
    found = _narrowed(
        ReturningPlace.objects.filter(scope_q(acting, Action.VIEW_CASE, unit=None), returns__gt=0), filters
    )
    rows = found.select_related("first", "family", "area__parent")
    rows = rows.defer("area__boundary", "area__parent__boundary", "first__words")
    page = list(_after(rows, filters.after).order_by("-returns", "-id")[: PAGE + 1])
    last = page[PAGE - 1] if len(page) > PAGE else None
    return PlacesPage(page[:PAGE], found.count(), f"{last.returns},{last.pk}" if last else "")


def families() -> list[Category]:
    """The families of categories, in their order."""
    return list(Category.objects.filter(parent=None).order_by("order", "code"))


def _narrowed(places: QuerySet[ReturningPlace], filters: PlaceFilters) -> QuerySet[ReturningPlace]:
    if filters.category:
        places = places.filter(family__code=filters.category)
    if filters.area:
        path = Area.objects.filter(code=filters.area).values_list("path", flat=True).first()
        places = places.filter(area_path__startswith=path) if path else places.none()
    return places


def _after(places: QuerySet[ReturningPlace], cursor: str) -> QuerySet[ReturningPlace]:
    """What comes after a cursor; all for one that is none."""
    returns, _, number = cursor.partition(",")
    known = returns.isascii() and returns.isdigit() and number.isascii() and number.isdigit()
    if not known or int(returns[:12]) >= _LARGEST or len(number) > 18:
        return places
    return places.filter(Q(returns__lt=int(returns)) | Q(returns=int(returns), pk__lt=int(number)))
