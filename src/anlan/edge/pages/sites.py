"""The list of sites, and one site."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.labels import SITE_KINDS
from anlan.edge.pages.site_labels import attribute_lines
from anlan.places.terms import SiteKind
from anlan.store.readers.choices import area_choices
from anlan.store.readers.sites import SiteFilters, cases_of_site, one_site, site_page

STATES = ("in_use", "closed")


def filters_of(query: QueryDict) -> SiteFilters:
    """The filters that an address asks for; what it does not understand is left out."""
    texts = {name: query.get(name, "").strip()[:100] for name in vars(SiteFilters())}
    texts["kind"] = texts["kind"] if texts["kind"] in set(SiteKind) else ""
    texts["state"] = texts["state"] if texts["state"] in STATES else ""
    return SiteFilters(**texts)


def address_of(filters: SiteFilters, after: str = "") -> str:
    """The query that shows the list with `filters`, going on after a code."""
    shown = vars(filters) | {"after": after}
    return "?" + urlencode({name: value for name, value in shown.items() if value})


@login_required
@require_safe
def all_sites(request: HttpRequest) -> HttpResponse:
    """Sites by filters that live in the address."""
    acting, filters = acting_of(request), filters_of(request.GET)
    page = site_page(acting, filters)
    context = {
        "page": page,
        "filters": filters,
        "filtered": filters != SiteFilters(),
        "kinds": [(kind.value, SITE_KINDS[kind]) for kind in SiteKind],
        "areas": area_choices(acting, filters.area),
        "last": page.first + len(page.sites) - 1,
        "newer": address_of(filters) if filters.after else "",
        "older": address_of(filters, page.next_after) if page.next_after else "",
    }
    return render(request, "site/sites.html", context)


@login_required
@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One site: facts, place, cases; the same 404 for one that is not there and one that is not theirs."""
    acting = acting_of(request)
    site = one_site(acting, code)
    context = {
        "site": site,
        "kind": SITE_KINDS[site.kind],
        "attributes": list(attribute_lines(site.attributes)),
        "here": cases_of_site(acting, site),
        "all_cases": f"{reverse('queue')}?{urlencode({'view': 'all', 'site': code})}",
        "now": timezone.now(),
    }
    return render(request, "site/site.html", context)


urlpatterns = [
    path("sites/", all_sites, name="sites"),
    path("sites/<str:code>/", show, name="site"),
]
