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
    west, south, east, north = max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)
    if not (west < east and south < north and zoom >= 0):  # what is no number is none of that
        return JsonResponse({"detail": gettext("The view needs bbox and zoom.")}, status=400)
    found = clumps(acting, area, (west, south, east, north), zoom)
    alone = [each.cases + each.silent == 1 for each in found.squares]
    return JsonResponse(
        {
            "cells": [
                _cell(each, found.cell) for each, one in zip(found.squares, alone, strict=True) if not one
            ],
            "points": [_point(each) for each, one in zip(found.squares, alone, strict=True) if one],
        }
    )


def _cell(each: Clump, cell: float) -> dict[str, object]:
    """A square with its counts in words: open cases, and below them devices that are silent."""
    across, up = each.lng // cell, each.lat // cell
    west, south = across * cell, up * cell
    ring = [(west, south), (west + cell, south), (west + cell, south + cell), (west, south + cell)]
    silent = gettext("%(n)s silent") % {"n": each.silent} if each.silent else ""
    return {
        "id": f"{across:.0f}.{up:.0f}",
        "n": each.cases + each.silent,
        "words": "\n".join(part for part in (str(each.cases or ""), silent) if part),
        "ring": ring,
        "middle": (west + cell / 2, south + cell / 2),
    }


def _point(each: Clump) -> dict[str, object]:
    if each.case is not None:
        return {
            "address": reverse("case", args=[each.case]),
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
