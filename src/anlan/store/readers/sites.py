"""Questions about sites: lists with filters, one site, its cases; each a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from anlan.base.errors import NotFound
from anlan.staff.terms import Action
from anlan.store.models import Area, Case, Site
from anlan.store.models.cases import OPEN
from anlan.store.readers.queue import visible
from anlan.store.readers.staff import Acting, scope_q

PAGE = 50
CASES_SHOWN = 20


@dataclass(frozen=True)
class SiteFilters:
    """What the address of a list of sites asks for; "" leaves a filter out."""

    words: str = ""  # part of a name, or a code
    kind: str = ""
    area: str = ""
    state: str = ""  # in_use, closed
    after: str = ""  # the code of the last row of the page before


@dataclass(frozen=True)
class SitePage:
    """One page of sites, how many there are in all, and the code to go on after ("" at the end).

    `first` is the place of its first one in the whole list.
    """

    sites: Sequence[Site]
    total: int
    next_after: str
    first: int


def visible_sites(acting: Acting) -> QuerySet[Site]:
    """Sites in the areas and units whose cases this person may see, or that they may edit."""
    return Site.objects.filter(scope_q(acting, Action.VIEW_CASE) | scope_q(acting, Action.EDIT_SITES))


def site_page(acting: Acting, filters: SiteFilters) -> SitePage:
    """Sites by their codes: at most four queries."""
    found = _narrowed(visible_sites(acting), filters)
    before = found.filter(code__lte=filters.after).count() if filters.after else 0
    rows = found.filter(code__gt=filters.after) if filters.after else found
    page = list(rows.select_related("area", "unit").defer("area__boundary").order_by("code")[: PAGE + 1])
    more = page[PAGE - 1].code if len(page) > PAGE else ""
    return SitePage(page[:PAGE], found.count(), more, before + 1)


def sites_to_print(acting: Acting, filters: SiteFilters, most: int) -> list[Site]:
    """The places in use that the filters mean, by area and code, one more than `most`. Two queries."""
    found = _narrowed(visible_sites(acting).filter(in_use=True), filters).select_related("area__parent")
    shapes = ("area__boundary", "area__parent__boundary")
    return list(found.defer(*shapes).order_by("area_path", "code")[: most + 1])


def count_to_print(acting: Acting, filters: SiteFilters) -> int:
    """How many that are. Two queries."""
    return _narrowed(visible_sites(acting).filter(in_use=True), filters).count()


def _narrowed(sites: QuerySet[Site], filters: SiteFilters) -> QuerySet[Site]:
    if filters.words:
        sites = sites.filter(Q(name__icontains=filters.words) | Q(code__istartswith=filters.words))
    if filters.kind:
        sites = sites.filter(kind=filters.kind)
    if filters.state:
        sites = sites.filter(in_use=filters.state == "in_use")
    if filters.area:
        path = Area.objects.filter(code=filters.area).values_list("path", flat=True).first()
        sites = sites.filter(area_path__startswith=path) if path else sites.none()
    return sites


def one_site(acting: Acting, code: str) -> Site:
    """A site with its area and unit. Raises NotFound."""
    found = visible_sites(acting).select_related("area", "unit").defer("area__boundary")
    site = found.filter(code=code).first()
    if site is None:
        raise NotFound
    return site


@dataclass(frozen=True)
class CasesHere:
    """The newest cases at a site that somebody may see, open ones first, and how many there are in all."""

    cases: Sequence[Case]
    total: int


def cases_of_site(acting: Acting, site: Site) -> CasesHere:
    """Up to CASES_SHOWN cases at a site. Three queries."""
    cases = visible(acting).filter(site=site).select_related("category", "area", "unit")
    cases = cases.defer("area__boundary")
    still_open = list(cases.filter(OPEN).order_by("-opened_at", "-pk")[:CASES_SHOWN])
    ended = list(cases.exclude(OPEN).order_by("-opened_at", "-pk")[:CASES_SHOWN])
    return CasesHere((still_open + ended)[:CASES_SHOWN], cases.count())
