"""The list of places that come back."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.case_labels import category_name
from anlan.store.readers.choices import area_choices
from anlan.store.readers.places_back import PlaceFilters, families, places_page


def filters_of(query: QueryDict) -> PlaceFilters:
    """The filters that an address asks for."""
    return PlaceFilters(**{name: query.get(name, "").strip()[:60] for name in vars(PlaceFilters())})


def address_of(filters: PlaceFilters, after: str = "") -> str:
    """The query that shows the list with `filters`, going on after a cursor."""
    shown = vars(filters) | {"after": after}
    return "?" + urlencode({name: value for name, value in shown.items() if value})


@login_required
@require_safe
def places_back(request: HttpRequest) -> HttpResponse:
    """Places to which a hazard came back, by filters that live in the address."""
    acting, filters = acting_of(request), filters_of(request.GET)
    page = places_page(acting, filters)
    context = {
        "page": page,
        "filters": filters,
        "filtered": filters != PlaceFilters(after=filters.after),
        "families": [(family.code, category_name(family)) for family in families()],
        "areas": area_choices(acting, filters.area),
        "newer": address_of(filters) if filters.after else "",
        "older": address_of(filters, page.next_after) if page.next_after else "",
        "now": timezone.now(),
    }
    return render(request, "proof/places.html", context)


urlpatterns = [path("places-that-come-back/", places_back, name="places_back")]
