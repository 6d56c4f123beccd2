"""/duty/rosters/: who is on duty when; /duty/policies/: after how many minutes which level hears."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from anlan.base.errors import NotFound, Refused
from anlan.edge.pages.alarm_rule_words import severity_bars
from anlan.edge.pages.alarm_words import LEVELS
from anlan.edge.pages.manage import Change, answer, managing
from anlan.edge.pages.manage_fields import area_field
from anlan.edge.pages.staff_fields import name_field
from anlan.flows import duty_rosters as flows
from anlan.flows.alarm_words import SEVERITIES
from anlan.sensing.alarms.terms import DutyLevel
from anlan.sensing.terms import Colour
from anlan.staff.terms import Action
from anlan.store.readers.alarms import minutes_for
from anlan.store.readers.rosters import one_shift, shifts_of
from anlan.store.readers.staff import Acting

MOST_MINUTES = 7 * 24 * 60


def _moment(label: Any) -> forms.DateTimeField:
    shown = forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=shown)


class ShiftForm(forms.Form):
    """Who is on duty for an area from when to when."""

    user = name_field(_("User name of who is on duty"), longest=150)
    begins = _moment(_("From"))
    ends = _moment(_("Until"))
    stand_in = forms.CharField(label=_("User name of who stands in"), required=False, max_length=150)
    phone = forms.CharField(
        label=_("Phone of the duty desk"),
        required=False,
        max_length=32,
        help_text=_("Never a private number."),
    )

    def __init__(self, acting: Acting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"] = area_field(acting, Action.MANAGE_ROSTERS)
        self.order_fields(("area_code",))


class StandInForm(forms.Form):
    """Who stands in."""

    stand_in = forms.CharField(
        label=_("User name of who stands in"),
        required=False,
        max_length=150,
        help_text=_("Left empty: nobody."),
    )


class PolicyForm(forms.Form):
    """After how many minutes without an answer which level hears."""

    township = forms.IntegerField(label=_("Township, after minutes"), min_value=0, max_value=MOST_MINUTES)
    county = forms.IntegerField(
        label=_("County, after minutes"), required=False, min_value=0, max_value=MOST_MINUTES
    )
    city = forms.IntegerField(
        label=_("City, after minutes"), required=False, min_value=0, max_value=MOST_MINUTES
    )
    why = forms.CharField(label=_("Why"), max_length=500)

    def minutes(self) -> dict[DutyLevel, int]:
        """The levels that hear."""
        typed = self.cleaned_data
        names = {DutyLevel.TOWNSHIP: "township", DutyLevel.COUNTY: "county", DutyLevel.CITY: "city"}
        return {level: typed[name] for level, name in names.items() if typed[name] is not None}


@never_cache
@require_safe
@managing(Action.VIEW_ALARMS)
def rosters(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Who is on duty in this person's areas now and in the days to come, and how alarms rise."""
    now = timezone.now()
    context = {
        "shifts": shifts_of(acting, now),
        "policies": [_policy(colour) for colour in Colour],
        "levels": [LEVELS[level] for level in (DutyLevel.TOWNSHIP, DutyLevel.COUNTY, DutyLevel.CITY)],
        "may_roster": acting.may_somewhere(Action.MANAGE_ROSTERS),
        "may_rule": acting.may_in_whole_city(Action.MANAGE_RULES),
        "now": now,
    }
    return render(request, "alarm/rosters.html", context)


def _policy(colour: Colour) -> dict[str, Any]:
    minutes = minutes_for(colour, timezone.now())
    waits = [minutes.get(level) for level in (DutyLevel.TOWNSHIP, DutyLevel.COUNTY, DutyLevel.CITY)]
    return {
        "colour": colour.value,
        "name": SEVERITIES[colour],
        "bars": severity_bars(colour),
        "waits": waits,
    }


@never_cache
@managing(Action.MANAGE_ROSTERS)
def add(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Put somebody on the roster."""

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        flows.add_shift(acting_user=acting, shift=flows.OnShift(**typed), now=timezone.now())
        return redirect("rosters")

    title = gettext("Put somebody on the roster")
    form = ShiftForm(acting, request.POST or None)
    return answer(
        request, Change(title=title, button=gettext("Add"), back=reverse("rosters"), form=form, act=act)
    )


@never_cache
@managing(Action.MANAGE_ROSTERS)
def stand_in(request: HttpRequest, acting: Acting, shift_id: int) -> HttpResponse:
    """Say who stands in."""
    shift = one_shift(acting, shift_id)

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        flows.set_stand_in(acting_user=acting, shift_id=shift_id, now=timezone.now(), **typed)
        return redirect("rosters")

    known = {"stand_in": shift.stand_in.username if shift.stand_in else ""}
    form = StandInForm(request.POST or None, initial=known)
    title = gettext("Who stands in")
    return answer(
        request, Change(title=title, button=gettext("Save"), back=reverse("rosters"), form=form, act=act)
    )


@never_cache
@managing(Action.MANAGE_ROSTERS)
def end(request: HttpRequest, acting: Acting, shift_id: int) -> HttpResponse:
    """End a shift, or take away one to come."""
    one_shift(acting, shift_id)

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        flows.end_shift(acting_user=acting, shift_id=shift_id, now=timezone.now())
        return redirect("rosters")

    form = forms.Form(request.POST or None)
    title = gettext("End the shift")
    says = gettext(
        "This person hears of no more alarms by it. Without a roster all dispatchers of the level do."
    )
    change = Change(title, gettext("End"), reverse("rosters"), form, act, says=says)
    return answer(request, change)


@never_cache
@managing(Action.MANAGE_RULES)
def policy(request: HttpRequest, acting: Acting, severity: str) -> HttpResponse:
    """Change after how many minutes which level hears of one severity."""
    if severity not in set(Colour):
        raise NotFound
    if not acting.may_in_whole_city(Action.MANAGE_RULES):
        raise Refused("not_permitted", action=Action.MANAGE_RULES)
    colour = Colour(severity)
    minutes = minutes_for(colour, timezone.now())
    known = {
        "township": minutes.get(DutyLevel.TOWNSHIP),
        "county": minutes.get(DutyLevel.COUNTY),
        "city": minutes.get(DutyLevel.CITY),
    }
    form = PolicyForm(request.POST or None, initial=known)

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        flows.set_policy(
            acting_user=acting,
            severity=colour,
            minutes=form.minutes(),
            why=typed["why"],
            now=timezone.now(),
        )
        return redirect("rosters")

    title = gettext("Who hears of %(severity)s alarms, and when") % {"severity": SEVERITIES[colour]}
    return answer(
        request,
        Change(title=title, button=gettext("Put in force"), back=reverse("rosters"), form=form, act=act),
    )


urlpatterns = [
    path("rosters/", rosters, name="rosters"),
    path("rosters/add/", add, name="roster_add"),
    path("rosters/<int:shift_id>/stand-in/", stand_in, name="roster_stand_in"),
    path("rosters/<int:shift_id>/end/", end, name="roster_end"),
    path("policies/<str:severity>/", policy, name="alarm_policy"),
]
