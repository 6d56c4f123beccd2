"""/kit: every component in every state, for whoever builds a page. Only there in a demonstration."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from anlan.edge.pages.map_areas import feature_collection
from anlan.edge.pages.photo_field import PhotosField
from anlan.edge.pages.states import STATE_LOOKS
from anlan.places.terms import Level
from anlan.store.readers.boundaries import Outline

NOON = datetime(2026, 10, 14, 1, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DEADLINES = (
    {"since": NOON - 20 * HOUR, "near_at": NOON + 40 * HOUR, "at": NOON + 72 * HOUR, "stage": "handle"},
    {"since": NOON - 5 * HOUR, "near_at": NOON - HOUR, "at": NOON + HOUR * 5 / 6, "stage": "dispatch"},
    {"since": NOON - 2 * HOUR, "near_at": NOON - HOUR, "at": NOON - HOUR * 7 / 12, "stage": "accept"},
)

PLACES = [(121.3, 28.6, "ok"), (121.42, 28.7, "amber"), (121.6, 28.65, "red"), (121.55, 28.8, "stop")]


class KitForm(forms.Form):
    """Every control, two of them filled in wrongly."""

    kind = forms.ChoiceField(
        label="Category",
        choices=[("w", "Water"), ("f", "Fire")],
        widget=forms.RadioSelect,
        help_text="The closest",
    )
    words = forms.CharField(
        label="What you saw", widget=forms.Textarea, help_text="What is wrong and how large"
    )
    photos = PhotosField(label="Photos", required=False, help_text="Up to 4")
    lng = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    day = forms.DateField(label="Review date", error_messages={"invalid": "A day such as 2026-11-02"})
    phone = forms.CharField(label="Mobile", required=False, help_text="For this report only")


@require_GET
def kit(request: HttpRequest) -> HttpResponse:
    """Draw the kit."""
    if not settings.ANLAN_SYNTHETIC:
        raise Http404
    facts = {
        "states": [*STATE_LOOKS],
        "deadlines": DEADLINES,
        "noon": NOON,
        "hour_later": NOON + HOUR,
        "form": KitForm({"kind": "w", "words": "", "day": "tomorrow"}),
        "places": PLACES,
        "pager": {"first": 1, "last": 10, "total": 14, "newer": "", "older": "?after=x"},
        "facts": [("Site", "Lower pond"), ("Unit", "Village committee"), ("Empty", "")],
        "member_label": "County desk, dispatcher",
        "area_switcher": SimpleNamespace(
            name="Liubu",
            above="Wangchao",
            allowed="",
            search_url="/kit",
            links=[{"name": "Dihua", "url": "#", "count": 21}, {"name": "Dutou", "url": "#", "count": None}],
        ),
    }
    return render(request, "kit.html", facts)


@require_GET
def kit_areas(request: HttpRequest) -> JsonResponse:
    """Two made-up areas for the map of the kit."""
    return JsonResponse(
        feature_collection([_made_up("Wangchao", 121.2, 28.4), _made_up("Liubu", 121.5, 28.5)])
    )


def _made_up(name: str, x: float, y: float) -> Outline:
    import shapely  # only a process that draws a map needs it

    ring = [(x, y), (x + 0.3, y + 0.05), (x + 0.28, y + 0.4), (x + 0.02, y + 0.35)]
    return Outline(name, name, Level.COUNTY, shapely.MultiPolygon([shapely.Polygon(ring)]).wkb)


urlpatterns = [path("kit", kit, name="kit"), path("kit/areas.geojson", kit_areas, name="kit_areas")]
