"""Sheets of QR codes for places: chosen by area and kind, printed, put up where people see them."""

from dataclasses import replace
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anlan.base.errors import Refused
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.labels import SITE_KINDS
from anlan.edge.pages.sites import address_of, filters_of
from anlan.edge.pages.whole_addresses import whole_address
from anlan.places.terms import SiteKind
from anlan.publishing.site_sheets import Card, Words, cards_of
from anlan.store.readers.choices import area_choices
from anlan.store.readers.sites import SiteFilters, count_to_print, one_site, sites_to_print

MOST = 400
"""Cards in one file: 50 sheets."""


@login_required
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Which places get a card, and how many that are."""
    acting, filters = acting_of(request), _filters(request)
    count = count_to_print(acting, filters)
    context = {
        "filters": filters,
        "kinds": [(kind.value, SITE_KINDS[kind]) for kind in SiteKind],
        "areas": area_choices(acting, filters.area),
        "count": count,
        "sheets": -(-count // 8),
        "most": MOST,
        "file": reverse("site_codes_pdf") + address_of(filters),
    }
    return render(request, "site/codes.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """The cards as PDF: of one place, or of those that the filters mean."""
    acting, code = acting_of(request), request.GET.get("site", "")[:64]
    sites = [one_site(acting, code)] if code else sites_to_print(acting, _filters(request), MOST)
    if len(sites) > MOST:
        raise Refused("too_many_labels", most=MOST)
    words = Words(
        _("Codes of sites"), _("A hazard here? Scan and report it"), _("In danger call 119 · 120 · 110")
    )
    cards = [Card(site.code, site.name, _place(site.area), _address(request, site.code)) for site in sites]
    answer = HttpResponse(cards_of(cards, words), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="site-codes.pdf"'
    return answer


def _place(area: object) -> str:
    above = getattr(area, "parent", None)
    names = [above.name] if above is not None and above.parent_id is not None else []
    return " ".join([*names, area.name])  # type: ignore[attr-defined]


def _address(request: HttpRequest, code: str) -> str:
    return whole_address(request, f"{reverse('report')}?{urlencode({'site': code})}")


def _filters(request: HttpRequest) -> SiteFilters:
    """Those of the list of places; a card is for a place in use."""
    return replace(filters_of(request.GET), state="", after="")


urlpatterns = [
    path("sites/codes/", choose, name="site_codes"),
    path("sites/codes.pdf", sheet, name="site_codes_pdf"),
]
