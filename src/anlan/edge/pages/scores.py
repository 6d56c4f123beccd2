"""Scores of areas and units, what each index means, and several in one number."""

from collections.abc import Mapping
from fractions import Fraction

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from anlan.base.errors import Refused
from anlan.cases.indices import FORMULAS, Better, Guard, Index
from anlan.edge.pages import labels
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.refusals import refusal_text
from anlan.outcomes.composites import Composed, Composite, compose, composite_for
from anlan.outcomes.score_definitions import DEFINITIONS, definition_for
from anlan.staff.terms import Action, Spot
from anlan.store.readers.score_lines import share_of
from anlan.store.readers.scores import (
    ScorePage,
    area_scores,
    first_scores,
    month_wanted,
    unit_scores,
    unit_shares,
)


@login_required
@require_safe
def first(request: HttpRequest) -> HttpResponse:
    """The figures of this person's own area or unit."""
    kind, code = first_scores(acting_of(request))
    return redirect(f"{kind}_scores", code)


@login_required
@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    """The figures of an area, and league tables beside funnel plots for one index."""
    index = request.GET.get("index", Index.ON_TIME)
    page = area_scores(acting_of(request), code, month_wanted(request.GET.get("month", "")), index)
    chosen = index if index in set(Index) else Index.ON_TIME
    context = {"page": page, "index": chosen, "indices": _choices(page), "roles": labels.ROLES}
    return render(request, "score/area.html" if page else "score/none.html", context)


def _choices(page: ScorePage | None) -> list[tuple[str, str]]:
    return [(line.definition.index, line.definition.name) for line in page.lines] if page else []


@login_required
@require_safe
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """The figures of a unit, each with the way to its cases."""
    acting = acting_of(request)
    page = unit_scores(acting, code, month_wanted(request.GET.get("month", "")))
    if page is None:
        return render(request, "score/none.html", {})
    place = Spot(page.subject.area_path, page.subject.path)  # type: ignore[union-attr]
    context = {"page": page, "may_appeal": acting.may(Action.APPEAL, place)}
    return render(request, "score/unit.html", context)


@login_required
@require_safe
def definitions(request: HttpRequest) -> HttpResponse:
    """Each index in words, its versions and since when."""
    rows = [(kind, [each for each in DEFINITIONS if each.index in set(kind)]) for kind in (Index, Guard)]
    return render(request, "score/definitions.html", {"indices": rows[0][1], "guards": rows[1][1]})


@login_required
@require_safe
def composite(request: HttpRequest, code: str) -> HttpResponse:
    """Units of an area by name with the composite, in force or by weights that somebody tries."""
    page = area_scores(acting_of(request), code, month_wanted(request.GET.get("month", "")), Index.ON_TIME)
    if page is None:
        return render(request, "score/none.html", {})
    in_force = composite_for(page.run.month)
    weights = {each: request.GET.get(f"w_{each}", "").strip()[:20] for each in Index if _weighable(each)}
    tried = any(weights.values())
    problem, used = "", in_force
    try:
        used = _composite(weights, in_force) if tried else in_force
    except Refused as refusal:
        problem = refusal_text(refusal)
    shown = weights if tried else {each: f"{float(w):g}" for each, w in in_force.weights.items()}
    context = {
        "page": page,
        "composite": used,
        "tried": tried and not problem,
        "problem": problem,
        "fields": [
            (each, definition_for(each, page.run.month).name, shown.get(each, "")) for each in weights
        ],
        "whole": compose(used, {i: share_of(line.score) for i, line in zip(Index, page.lines, strict=True)}),
        "rows": [] if problem else _rows(page, used),
    }
    return render(request, "score/composite.html", context, status=422 if problem else 200)


def _weighable(index: Index) -> bool:
    return FORMULAS[index].better is not Better.NEITHER


def _composite(weights: Mapping[Index, str], in_force: Composite) -> Composite:
    try:
        given = {each: Fraction(words) for each, words in weights.items() if words}
    except (ValueError, ZeroDivisionError):
        raise Refused("weight_not_a_number") from None
    return Composite(in_force.version, in_force.effective, given)


def _rows(page: ScorePage, used: Composite) -> list[tuple[str, str, Composed | None]]:
    units = unit_shares(page.run, page.subject.path)
    return [(code, name, compose(used, shares)) for code, name, shares in units]
