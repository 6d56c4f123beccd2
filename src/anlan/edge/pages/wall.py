"""/wall/: one screen for a city, a county, a township; live, and its map put together by the server."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.alarm_words import shown as alarm_shown
from anlan.edge.pages.warning_words import heard_shown, shown
from anlan.store.readers.wall import Clump, Usual, clumps, wall, wall_area

WIDE, HIGH = 100, 30


@never_cache
@login_required
@require_safe
def show(request: HttpRequest, code: str = "") -> HttpResponse:
    """The wall of an area."""
    now = timezone.now()
    seen = wall(acting_of(request), code, now)
    figures = [
        (gettext("Opened today"), seen.reported, _plot(seen.reported)),
        (gettext("Closed today"), seen.closed, _plot(seen.closed)),
    ]
    context = {
        "wall": seen,
        "alarms": [alarm_shown(each) for each in seen.alarms],
        "warnings": [shown(each) for each in seen.warnings],
        "others": [heard_shown(each) for each in seen.others],
        "figures": figures,
        "online": f"{100 * seen.online / seen.devices:.1f}%" if seen.devices else "",
        "now": now,
        "local": timezone.localtime(now),
        "zone": timezone.get_current_timezone_name(),
        "theme": "wall",
        "counts": reverse("wall_map", args=[seen.area.code]),
    }
    return render(request, "wall/wall.html", context)


def _plot(usual: Usual) -> tuple[str, str, str]:
    """The line of the days as an SVG path, and the band's top and height."""
    most = max(*usual.days, usual.now, usual.high, 1)
    days = [*usual.days, usual.now]
    points = [(WIDE * i / (len(days) - 1), HIGH - HIGH * n / most) for i, n in enumerate(days)]
    line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    top = HIGH - HIGH * usual.high / most
    return line, f"{top:.1f}", f"{HIGH * (usual.high - usual.low) / most:.1f}"


@never_cache
@login_required
@require_safe
def view(request: HttpRequest, code: str) -> JsonResponse:
    """Open cases and silent devices of a view of the map: squares with a count far out, places near in."""
    acting = acting_of(request)
    area = wall_area(acting, code)
    try:
        west, south, east, north = (float(part) for part in request.GET.get("bbox", "").split(","))
        zoom = min(max(float(request.GET.get("zoom", "")), 0), 22)
    except ValueError:
        return JsonResponse({"detail": gettext("The view needs bbox and zoom.")}, status=400)
    cell = 360 / 2**zoom / 16
    found = clumps(acting, area, (west, south, east, north), cell)
    return JsonResponse(
        {
            "cells": [_cell(each, cell) for each in found if each.n > 1],
            "points": [_point(each) for each in found if each.n == 1],
        }
    )


def _cell(each: Clump, cell: float) -> dict[str, object]:
    west, south = each.lng // cell * cell, each.lat // cell * cell
    ring = [(west, south), (west + cell, south), (west + cell, south + cell), (west, south + cell)]
    return {
        "id": f"{each.what}-{each.first}",
        "n": each.n,
        "ring": ring,
        "middle": (each.lng, each.lat),
    }


def _point(each: Clump) -> dict[str, object]:
    if each.what == "case":
        return {
            "address": reverse("case", args=[each.first]),
            "title": gettext("Open case"),
            "lng": each.lng,
            "lat": each.lat,
        }
    words = ngettext("%(n)s silent device", "%(n)s silent devices", 1) % {"n": 1}
    return {
        "address": reverse("devices") + "?heard=offline",
        "title": words,
        "lng": each.lng,
        "lat": each.lat,
    }


urlpatterns = [
    path("", show, name="wall"),
    path("<str:code>/", show, name="wall"),
    path("<str:code>/map.json", view, name="wall_map"),
]
