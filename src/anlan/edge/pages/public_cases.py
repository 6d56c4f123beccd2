"""The public side: cases as list and map, one case, a place, an area; only what `PublicCase` holds."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from anlan.cases.terms import PhotoStage
from anlan.edge.pages import public_words
from anlan.edge.pages.kept_pages import kept_for_a_moment
from anlan.edge.pages.month_chart import chart_of
from anlan.edge.pages.public_filters import OPEN_WORD, Asked, asked_by
from anlan.publishing.history import history_of, months_up_to
from anlan.publishing.map_views import View, middle
from anlan.publishing.places import FINEST, outline
from anlan.publishing.progress import PublicStep
from anlan.publishing.public_states import OPEN
from anlan.publishing.terms import PlaceRule, PublicState
from anlan.store.readers.public_areas import PublicKind, areas_below, areas_named, extent_of, site_with
from anlan.store.readers.public_cases import (
    PAGE,
    PublicFilters,
    PublicRow,
    public_case,
    public_cases,
    public_way,
)
from anlan.store.readers.public_map import (
    InView,
    count_listed,
    counts_in_view,
    months_of,
    places_in_view,
)
from anlan.store.readers.public_photos import photos_shown

STATES = (OPEN_WORD, *(each for each in PublicState if each is not PublicState.JOINED))


@require_safe
@kept_for_a_moment()
def all_cases(request: HttpRequest) -> HttpResponse:
    """The list, with filters that live in the address, and a map of the same cases."""
    words = request.GET.get("words", "").strip()[:60]
    if words:
        found = areas_named(words)
        if len(found) == 1:
            return redirect(f"{reverse('public_cases')}?{asked_by(request.GET).query(area=found[0][0])}")
        return render(request, "public/which_area.html", {"words": words, "found": found})
    asked = asked_by(request.GET)
    return render(request, "public/cases.html", _list_context(asked, request.GET))


def _list_context(asked: Asked, query: QueryDict) -> dict[str, Any]:
    after = after_of(query.get("after", ""))
    rows = public_cases(asked.filters, after, PAGE + 1)
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    total = count_listed(asked.filters)
    return {
        "asked": asked,
        "rows": [row_of(each) for each in rows[:PAGE]],
        "total": total,
        "area": asked.area,
        "areas": _areas_offered(asked),
        "kinds": [(each.code, _indented(each)) for each in asked.kinds],
        "states": [(each, public_words.PUBLIC_STATES[each]) for each in STATES],
        "counts": f"{reverse('public_map')}?{asked.query()}",
        "bounds": _bounds(asked.area.code if asked.area else ""),
        "newer": f"?{asked.query()}" if after else "",
        "older": f"?{asked.query(after=mark_of(last.opened_at, last.pk))}" if last else "",
        "chips": _chips(asked),
        "feed": f"{reverse('public_feed')}?{asked.query()}",
        "follow": f"{reverse('follow_news')}?{asked.query(state='', since='', until='')}",
        "may_follow": bool(asked.typed.keys() & {"area", "category", "site"}),
    }


def _areas_offered(asked: Asked) -> list[tuple[str, str]]:
    """The area chosen, those above it, and those right below it."""
    if asked.area is None:
        return areas_below("")
    own = [*asked.area.above, (asked.area.code, asked.area.name)]
    return [*own, *((code, f"　{name}") for code, name in areas_below(asked.area.code))]


def _bounds(code: str) -> str:
    found = extent_of(code) if code else None
    return ",".join(f"{each:.4f}" for each in found) if found else ""


def _chips(asked: Asked) -> list[tuple[str, str]]:
    """What is chosen, each with the address without it."""
    names = {each.code: _name(each) for each in asked.kinds}
    said = {
        "area": asked.area.name if asked.area else "",
        "category": names.get(asked.typed.get("category", ""), ""),
        "state": public_words.PUBLIC_STATES.get(asked.typed.get("state", ""), ""),
        "since": asked.typed.get("since", ""),
        "until": asked.typed.get("until", ""),
        "site": asked.typed.get("site", ""),
    }
    return [(str(words), f"?{asked.query(**{name: ''})}") for name, words in said.items() if words]


def _name(kind: PublicKind) -> str:
    return kind.name_en if get_language() == "en" else kind.name_zh


def _indented(kind: PublicKind) -> str:
    return f"　{_name(kind)}" if kind.family else _name(kind)


def after_of(word: str) -> tuple[datetime, int] | None:
    """The place in the list that a mark names; None for any other word."""
    at, _dot, pk = word.partition("_")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, int(pk)) if moment.tzinfo and 0 < int(pk) < 2**62 else None
    except (ValueError, OverflowError):
        return None


def mark_of(opened_at: datetime, pk: int) -> str:
    """The mark of a place in a list, for an address."""
    return f"{opened_at.isoformat()}_{pk}"


def row_of(case: PublicRow) -> dict[str, Any]:
    """One case in words."""
    return {
        "case": case,
        "title": title_of(case),
        "category": kind_of(case),
        "place": public_words.PLACES[case.place_rule],
        "state": case.case.state,
    }


def kind_of(case: PublicRow) -> str:
    """Its category in the language of the page."""
    return case.category.name_en if get_language() == "en" else case.category.name_zh


def title_of(case: PublicRow) -> str:
    """What a case is called: its kind and where it is; a site has a name of its own."""
    where = case.site.name if case.site is not None else case.area.name
    return f"{kind_of(case)} · {where}"


@require_safe
@gzip_page  # what it says is public, and nothing that somebody sent is in it
@cache_control(public=True, max_age=30)
@kept_for_a_moment()
def map_counts(request: HttpRequest) -> HttpResponse:
    """What a map shows of the cases that the filters mean: counts by cell, near in single places."""
    asked, view = asked_by(request.GET), _view(request.GET)
    near = places_in_view(asked.filters, view) if view.is_near else None
    seen = counts_in_view(asked.filters, view) if near is None else _seen_near(near)
    return JsonResponse(
        {
            "total": count_listed(asked.filters),
            "resolution": seen.resolution,
            "placeless": seen.counts.get(0, 0) if seen.is_whole else None,
            "cells": [_cell(cell, n) for cell, n in seen.counts.items() if cell],
            "points": [_point(each) for each in near or () if each.place_rule == PlaceRule.EXACT],
        },
        json_dumps_params={"ensure_ascii": False, "separators": (",", ":")},
    )


def _seen_near(near: list[PublicRow]) -> InView:
    """Of cases shown one by one, those whose place is a cell."""
    cells = (each.cell for each in near if each.place_rule == PlaceRule.CELL and each.cell is not None)
    return InView(dict(Counter(cells)), FINEST, is_whole=False)


def _cell(cell: int, n: int) -> dict[str, Any]:
    return {"id": f"{cell:x}", "n": n, "ring": outline(cell), "middle": middle(cell)}


def _point(case: PublicRow) -> dict[str, Any]:
    address = reverse("public_case", args=[case.pk])
    return {"address": address, "title": kind_of(case), "lng": case.lng, "lat": case.lat}


def _view(query: QueryDict) -> View:
    """The view that an address asks for; one that is not understood is the whole world from afar."""
    try:
        west, south, east, north = (float(each) for each in query.get("bbox", "").split(","))
        zoom = float(query.get("zoom", "0"))
    except ValueError:
        return View(-180, -90, 180, 90, 0)
    inside = -180 <= west < east <= 180 and -90 <= south < north <= 90 and 0 <= zoom <= 24
    return View(west, south, east, north, zoom) if inside else View(-180, -90, 180, 90, 0)


@require_safe
@kept_for_a_moment()
def one_case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case: what it is, where it stands, what was done."""
    case = public_case(case_id)
    is_done = case.state == PublicState.DONE
    stages = [PhotoStage.BEFORE, PhotoStage.AFTER] if is_done else [PhotoStage.BEFORE]
    context = row_of(case) | {
        "is_done": is_done,
        "done_words": case.done_words if is_done else "",
        "photos": [(public_words.STAGES[each.photo.stage], each) for each in photos_shown(case.pk, stages)],
        "now_words": public_words.NOW[case.case.state],
        "lines": [_line(step) for step in public_way(case)],
        "cell": outline(case.cell) if case.place_rule == PlaceRule.CELL and case.cell else None,
        "feed": reverse("public_case_feed", args=[case.pk]),
        "now": timezone.now(),
    }
    return render(request, "public/case.html", context)


def _line(step: PublicStep) -> dict[str, Any]:
    return {
        "at": step.at,
        "words": public_words.HAPPENED_TO_IT[step.step],
        "state": step.state,
        "who": public_words.UNIT_KINDS.get(step.unit_kind, ""),
    }


@require_safe
@kept_for_a_moment()
def area(request: HttpRequest, code: str) -> HttpResponse:
    """An area: its history in figures, and what is open in it."""
    asked = asked_by(QueryDict(f"area={code}", mutable=False))
    if asked.area is None:
        return render(request, "404.html", status=404)
    return _history(request, asked, asked.area.name, PublicFilters(area_path=asked.area.path))


@require_safe
@kept_for_a_moment()
def site(request: HttpRequest, code: str) -> HttpResponse:
    """A place with a name: what was reported there."""
    found = site_with(code)
    asked = asked_by(QueryDict(f"site={code}", mutable=False))
    return _history(request, asked, found.name, PublicFilters(site=found.pk))


def _history(request: HttpRequest, asked: Asked, name: str, filters: PublicFilters) -> HttpResponse:
    today = timezone.localdate()
    history = history_of(months_of(filters, months_up_to(today)[0]), today)
    context = _list_context(asked, request.GET) | {
        "name": name,
        "history": history,
        "today": today,
        "chart": chart_of(history),
        "months": [
            (each, asked.query(since=f"{each.first:%Y-%m}", until=f"{each.first:%Y-%m}"))
            for each in reversed(history.months)
        ],
        "open_now": count_listed(replace(filters, states=tuple(OPEN))),
        "below": areas_below(asked.area.code) if asked.area else [],
    }
    return render(request, "public/place.html", context)


urlpatterns = [
    path("public/cases/", all_cases, name="public_cases"),
    path("public/map.json", map_counts, name="public_map"),
    path("public/cases/<int:case_id>/", one_case, name="public_case"),
    path("public/areas/<str:code>/", area, name="public_area"),
    path("public/sites/<str:code>/", site, name="public_site"),
]
