"""/open-data/: what everybody may fetch and use, how fresh it is, and how; public cases as GeoJSON.

Nothing is here that the public pages do not show: cases come from `PublicCase`, places as exactly as their
kind allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from anlan.edge.pages.kept_pages import kept_for_a_moment
from anlan.edge.pages.public_cases import after_of, kind_of, mark_of
from anlan.edge.pages.public_filters import asked_by
from anlan.edge.pages.whole_addresses import whole_address
from anlan.publishing.places import outline
from anlan.publishing.terms import PlaceRule, PublicState
from anlan.store.readers.public_cases import PublicRow, public_cases

AT_ONCE = 1000
"""Cases of one answer."""


@dataclass(frozen=True)
class DataSet:
    """Something that can be fetched: what it is, how fresh, and an address for each form it has."""

    name: Promise
    what: Promise
    fresh: Promise
    forms: Sequence[tuple[str, str, str]]
    """What the form is called, the name of its address, and a query."""


SETS: Sequence[DataSet] = (
    DataSet(
        _("Public cases"),
        _(
            "Kind, area, place as exactly as its kind allows, state and dates of every case that the public "
            "pages show; words only after a person cleared them."
        ),
        _("A case that changes is new here within a minute."),
        (
            ("CSV", "open311_bulk", ""),
            ("GeoJSON", "public_geojson", ""),
            ("Atom", "public_feed", ""),
        ),
    ),
    DataSet(
        _("Open311 interface (GeoReport v2)"),
        _("Kinds of hazards, what each asks, cases and their steps; with a key, other systems can report."),
        _("At once."),
        (
            ("discovery", "open311_discovery_json", ""),
            ("services", "open311_services_json", ""),
            ("requests", "open311_requests_json", "status=open"),
            ("OpenAPI", "open311_openapi", ""),
        ),
    ),
    DataSet(
        _("Warnings"),
        _("What is in force, each as a CAP 1.2 message, and an Atom feed of them."),
        _("At once."),
        (("Atom + CAP", "warnings_feed", ""),),
    ),
    DataSet(
        _("Boundaries of areas"),
        _("Counties and townships with name, code and a point for the name, in WGS-84, simplified to 30 m."),
        _("When boundaries change."),
        (("GeoJSON", "map_areas", ""),),
    ),
    DataSet(
        _("Register of cameras"),
        _("Every camera: where, whose, what for, by which right. No picture is there, for none comes in."),
        _("At once."),
        (("HTML", "cameras", ""),),
    ),
)


@require_safe
@kept_for_a_moment()
def open_data(request: HttpRequest) -> HttpResponse:
    """The page."""
    sets = [
        (each, [(name, _address(request, route, query)) for name, route, query in each.forms])
        for each in SETS
    ]
    example = _address(request, "public_geojson", "state=open&since=2026-01")
    facts = {"sets": sets, "example": example, "licence": settings.ANLAN_DATA_LICENCE, "at_once": AT_ONCE}
    return render(request, "public/open_data.html", facts)


def _address(request: HttpRequest, route: str, query: str) -> str:
    return whole_address(request, reverse(route)) + (f"?{query}" if query else "")


@require_safe
@gzip_page  # what it says is public, and nothing that somebody sent is in it
@cache_control(public=True, max_age=60)
@kept_for_a_moment()
def geojson(request: HttpRequest) -> HttpResponse:
    """Public cases as GeoJSON (RFC 7946) by the filters of their list, the newest first, a part at a time."""
    asked = asked_by(request.GET)
    rows = public_cases(asked.filters, after_of(request.GET.get("after", "")), AT_ONCE + 1)
    shown = rows[:AT_ONCE]
    collection: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [_feature(request, each) for each in shown],
    }
    if len(rows) > AT_ONCE:
        following = urlencode(asked.typed | {"after": mark_of(shown[-1].opened_at, shown[-1].pk)})
        collection["next"] = _address(request, "public_geojson", following)
    return JsonResponse(
        collection, json_dumps_params={"ensure_ascii": False}, content_type="application/geo+json"
    )


def _feature(request: HttpRequest, case: PublicRow) -> dict[str, Any]:
    facts = {
        "kind": kind_of(case),
        "kind_code": case.category.code,
        "area": case.area.name,
        "area_code": case.area.code,
        "state": case.state,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "place": case.place_rule,
        "words": case.words,
        "done": case.done_words if case.state == PublicState.DONE else "",
        "page": whole_address(request, reverse("public_case", args=[case.pk])),
    }
    return {"type": "Feature", "id": case.pk, "geometry": _geometry(case), "properties": facts}


def _geometry(case: PublicRow) -> dict[str, Any] | None:
    """A point where the place may be exact, its cell where it may not, else nothing: no point is made up."""
    if case.place_rule == PlaceRule.EXACT and case.lng is not None:
        return {"type": "Point", "coordinates": [case.lng, case.lat]}
    if case.place_rule == PlaceRule.CELL and case.cell is not None:
        return {"type": "Polygon", "coordinates": [outline(case.cell)]}
    return None


urlpatterns = [
    path("open-data/", open_data, name="open_data"),
    path("public/cases.geojson", geojson, name="public_geojson"),
]
