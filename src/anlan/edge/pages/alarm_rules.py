"""/duty/rules/: what is abnormal, how good each rule is, what it would have found, and new versions of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from anlan.base.errors import NotFound, Refused
from anlan.edge.pages.alarm_rule_forms import RuleForm, WhyForm, initial_of
from anlan.edge.pages.alarm_rule_words import ABOUT, KINDS, MODES, in_words, severity_bars, unit_in_words
from anlan.edge.pages.alarm_words import measured
from anlan.edge.pages.device_words import in_language
from anlan.edge.pages.manage import Change, answer, managing
from anlan.edge.pages.refusals import refusal_text
from anlan.flows import manage_rules as flows
from anlan.flows.alarm_words import SEVERITIES
from anlan.flows.shadow_rules import run_beside, take_over
from anlan.flows.try_rule import Tried, try_rule
from anlan.sensing.rules.terms import RuleKind, RuleMode
from anlan.staff.terms import Action
from anlan.store.readers.rule_pairs import Pair, pair_of
from anlan.store.readers.rule_pairs import Side as Compared
from anlan.store.readers.rule_views import (
    RuleRow,
    found_by,
    measurables,
    one_rule,
    rule_rows,
    versions_of_rule,
)
from anlan.store.readers.staff import Acting


@never_cache
@require_safe
@managing(Action.VIEW_ALARMS)
def all_rules(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The list of rules, each with its precision beside it."""
    rows = [_shown(each) for each in rule_rows(timezone.now())]
    whole = acting.may_in_whole_city(Action.MANAGE_RULES)
    return render(request, "alarm/rules.html", {"rules": rows, "may_change": whole})


def _name_of(each: RuleRow) -> str:
    """The name of a rule; a copy bears that of the rule that it runs beside, and is told apart."""
    row = each.row
    name = in_language(row.name_zh, row.name_en)
    return name if row.beside is None else gettext("%(name)s (copy)") % {"name": name}


def _shown(each: RuleRow) -> dict[str, Any]:
    row = each.row
    kind, measured_by = row.device_kind, row.property
    return {
        "row": row,
        "name": _name_of(each),
        "about": f"{in_language(kind.name_zh, kind.name_en)} · "
        f"{in_language(measured_by.name_zh, measured_by.name_en)}",
        "mode": MODES[each.rule.mode],
        "kind": KINDS[each.rule.kind],
        "says": in_words(each.rule, row.property.unit),
        "precision": each.precision,
        "percent": None if each.precision.share is None else round(100 * each.precision.share),
        "found": each.found,
        "copy": getattr(row, "copy", None),
        "opens": row.opens_case and in_language(row.opens_case.name_zh, row.opens_case.name_en),
    }


@never_cache
@require_safe
@managing(Action.VIEW_ALARMS)
def show(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """One rule: what it says, how good it is, its versions, and what it found last."""
    each = one_rule(code, timezone.now())
    unit = each.row.property.unit
    context = {
        "each": _shown(each),
        "versions": [(row, in_words(rule, unit), MODES[rule.mode]) for row, rule in versions_of_rule(code)],
        "findings": [
            _finding(firing, unit_in_words(each.rule.kind, unit)) for firing in found_by(acting, code)
        ],
        "may_change": acting.may_in_whole_city(Action.MANAGE_RULES),
        "pair": _beside(pair_of(acting, each.row, timezone.now())),
        "now": timezone.now(),
    }
    return render(request, "alarm/rule.html", context)


def _beside(pair: Pair | None) -> dict[str, Any] | None:
    if pair is None:
        return None
    sides = [(gettext("In force"), pair.live), (gettext("In its shadow"), pair.copy)]
    return {"pair": pair, "sides": [(words, side, _stretches(side)) for words, side in sides]}


def _stretches(side: Compared) -> list[dict[str, Any]]:
    return [
        {"one": each, "severity": SEVERITIES[each.worst], "bars": severity_bars(each.worst)}
        for each in side.shown
    ]


def _finding(firing: Any, unit: str) -> dict[str, Any]:
    site = firing.site.name if firing.site else ""
    device = firing.device
    return {
        "at": firing.at,
        "severity": SEVERITIES[firing.severity],
        "bars": severity_bars(firing.severity),
        "place": site or (device.title or device.name if device else ""),
        "device": device.name if device else "",
        "measured": measured(firing.values, unit),
        "only_shown": firing.shadow or firing.advice,
        "late": bool(firing.values.get("late")),
        "version": firing.version.version,
    }


@never_cache
@managing(Action.MANAGE_RULES)
def add(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Add a rule: first how it judges, then what."""
    _whole_city(acting)
    kind = request.GET.get("kind", "")
    if kind not in set(RuleKind):
        kinds = [(each.value, KINDS[each], ABOUT[each]) for each in RuleKind]
        return render(request, "alarm/rule_kinds.html", {"kinds": kinds})
    form = RuleForm(RuleKind(kind), measurables(), request.POST or None)
    return _change(request, acting, form, gettext("Add a rule"), reverse("alarm_rules"), "", beside=False)


@never_cache
@managing(Action.MANAGE_RULES)
def change(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """A new version of a rule."""
    _whole_city(acting)
    each = one_rule(code, timezone.now())
    form = RuleForm(
        RuleKind(each.row.kind), [], request.POST or None, initial=initial_of(each.row, each.rule)
    )
    title = gettext("A new version of %(name)s") % {"name": _name_of(each)}
    back, live = reverse("alarm_rule", args=[code]), each.row.mode == RuleMode.LIVE
    return _change(request, acting, form, title, back, code, beside=live)


def _change(
    request: HttpRequest,
    acting: Acting,
    form: RuleForm,
    title: str,
    back: str,
    code: str,
    *,
    beside: bool,
) -> HttpResponse:
    """Show the form; try what it says on stored readings; put it in force."""
    tried: Tried | None = None
    status = 200
    if request.method == "POST":
        status = 422
        if "try" in request.POST and "why" in form.fields:
            form.fields["why"].required = False  # nothing is written
        if form.is_valid():
            try:
                if "try" in request.POST:
                    tried, status = _tried(acting, form, code), 200
                elif "beside" in request.POST:
                    return redirect("alarm_rule", _run_beside(acting, form, code))
                else:
                    return redirect("alarm_rule", _kept(acting, form, code))
            except Refused as no:
                if no.reason == "not_permitted":
                    raise
                form.add_error(None, refusal_text(no))
    context = {
        "form": form,
        "title": title,
        "back": back,
        "tried": tried and _trial(tried),
        "about": ABOUT[form.kind],
        "beside": beside,
    }
    return render(request, "alarm/rule_form.html", context, status=status)


def _tried(acting: Acting, form: RuleForm, code: str) -> Tried:
    rule = form.rule(code, *_judged(form, code))
    return try_rule(acting_user=acting, rule=rule, days=form.cleaned_data["days"], now=timezone.now())


def _trial(tried: Tried) -> dict[str, Any]:
    fired = [
        (each.at, each.place, SEVERITIES[each.severity], severity_bars(each.severity), f"{each.measured:.4g}")
        for each in tried.fired
    ]
    return {"tried": tried, "fired": fired}


def _kept(acting: Acting, form: RuleForm, code: str) -> str:
    rule, now = form.rule(code, *_judged(form, code)), timezone.now()
    if not code:
        flows.add_rule(acting_user=acting, names=form.names(), rule=rule, now=now)
    else:
        typed = form.cleaned_data
        flows.change_rule(
            acting_user=acting, names=form.names(), rule=rule, why=typed["why"], now=now, since=typed["since"]
        )
    return rule.code


def _run_beside(acting: Acting, form: RuleForm, code: str) -> str:
    rule = form.rule(code, *_judged(form, code))
    why = form.cleaned_data["why"]
    return run_beside(acting_user=acting, rule=rule, why=why, now=timezone.now()).code


@never_cache
@managing(Action.MANAGE_RULES)
def put_in_force(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """A copy takes the place of the rule that it ran beside."""
    _whole_city(acting)
    row = one_rule(code, timezone.now()).row
    if row.beside is None:
        raise NotFound
    live = row.beside.code

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        take_over(acting_user=acting, code=code, why=typed["why"], now=timezone.now())
        return redirect("alarm_rule", live)

    name = in_language(row.beside.name_zh, row.beside.name_en)
    title = gettext("Put the copy of %(name)s in force") % {"name": name}
    form = WhyForm(request.POST or None)
    back = reverse("alarm_rule", args=[code])
    return answer(request, Change(title=title, button=gettext("Put in force"), back=back, form=form, act=act))


def _judged(form: RuleForm, code: str) -> tuple[str, str]:
    """The kind of device and the property."""
    if code:
        row = one_rule(code, timezone.now()).row
        return row.device_kind.code, row.property.code
    kind, _space, measured_ = form.cleaned_data["measured"].partition(" ")
    return kind, measured_


def _whole_city(acting: Acting) -> None:
    if not acting.may_in_whole_city(Action.MANAGE_RULES):
        raise Refused("not_permitted", action=Action.MANAGE_RULES)


urlpatterns = [
    path("rules/", all_rules, name="alarm_rules"),
    path("rules/add/", add, name="alarm_rule_add"),
    path("rules/of/<str:code>/", show, name="alarm_rule"),
    path("rules/of/<str:code>/change/", change, name="alarm_rule_change"),
    path("rules/of/<str:code>/put-in-force/", put_in_force, name="alarm_rule_put_in_force"),
]
