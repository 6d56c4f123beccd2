"""Areas by name or code, and one area with what lies in it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.labels import LEVELS
from anlan.store.readers.area_tree import area_page, find_areas


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Areas whose name or code fits what was typed."""
    words = request.GET.get("words", "").strip()[:100]
    found = find_areas(acting_of(request), words)
    return render(request, "area/areas.html", {"found": found, "words": words, "levels": LEVELS})


@login_required
@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One area: what it lies in, what lies in it, sites and open cases."""
    page = area_page(acting_of(request), code)
    level = LEVELS[page.line.area.level]
    context = {"page": page, "area": page.line.area, "level": level, "now": timezone.now()}
    return render(request, "area/area.html", context)


urlpatterns = [
    path("areas/", search, name="areas"),
    path("areas/<str:code>/", show, name="area"),
]
