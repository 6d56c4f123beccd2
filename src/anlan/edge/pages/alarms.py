"""/duty/: who is on duty, what is abnormal, and what is being done about it; /duty/alarms/ID/ says why."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from anlan.base.errors import Refused
from anlan.edge.pages import labels
from anlan.edge.pages.alarm_rule_forms import hazard_choices
from anlan.edge.pages.alarm_words import (
    CAUSES,
    DOING,
    HELD,
    LEVELS,
    STEPS,
    WAYS,
    WHY_NOT,
    measured,
    shown,
    unit_of,
)
from anlan.edge.pages.manage import Change, answer, managing
from anlan.edge.pages.manage_fields import area_field
from anlan.edge.pages.refusals import refusal_text
from anlan.edge.pages.staff_fields import name_field
from anlan.edge.pages.text_fields import plain
from anlan.flows import alarm_cases, alarm_steps
from anlan.sensing.alarms.terms import UNANSWERED, AlarmState, AlarmStep
from anlan.staff.terms import Action
from anlan.store.readers.alarms import (
    Ringing,
    count_open,
    nearby_sites,
    one_alarm,
    one_silence,
    open_alarms,
    silences_of,
)
from anlan.store.readers.duty import duty_rows
from anlan.store.readers.staff import Acting, scope_roots
from anlan.store.readers.warnings import warnings_from

DISTANCES = (500, 1000, 2000, 5000)
"""Within so many metres the page of an alarm shows places."""


@never_cache
@require_safe
@managing(Action.VIEW_ALARMS)
def duty(request: HttpRequest, acting: Acting) -> HttpResponse:
    """What is abnormal in this person's areas, unanswered first, with two taps to say "I see to it"."""
    now = timezone.now()
    roots = scope_roots(acting, Action.VIEW_ALARMS)
    context = {
        "alarms": [shown(each) for each in open_alarms(acting)],
        "total": count_open(acting),
        "on_duty": duty_rows(roots[0], now) if roots else [],
        "doing": DOING,
        "unanswered": UNANSWERED,
        "may_handle": acting.may_somewhere(Action.HANDLE_ALARM),
        "may_silence": acting.may_somewhere(Action.SILENCE_ALARM),
        "now": now,
    }
    return render(request, "alarm/duty.html", context)


@never_cache
@require_safe
@managing(Action.VIEW_ALARMS)
def show(request: HttpRequest, acting: Acting, alarm_id: int) -> HttpResponse:
    """One alarm: what was measured, by which rule, who was told and who was not, and why."""
    now = timezone.now()
    alarm = one_alarm(acting, alarm_id)
    asked = request.GET.get("within", "")
    within = int(asked) if asked in {str(each) for each in DISTANCES} else DISTANCES[0]
    context = {
        "each": shown(alarm),
        "events": [_event(event, unit_of(alarm)) for event in alarm.events.all()],
        "told": [_told(row) for row in alarm.told.all()],
        "held": [shown(other) for other in alarm.holds.all()],
        "held_why": HELD.get(alarm.held_why),
        "cause": CAUSES.get(alarm.cause),
        "nearby": _by_kind(nearby_sites(alarm, within)),
        "within": within,
        "distances": DISTANCES,
        "doing": DOING,
        "may_handle": acting.may(Action.HANDLE_ALARM, alarm),
        "may_silence": acting.may(Action.SILENCE_ALARM, alarm),
        "may_warn": acting.may(Action.DRAFT_WARNING, alarm),
        "warnings": warnings_from(acting, alarm.pk),
        "may_close": alarm.state in (AlarmState.ACKNOWLEDGED, AlarmState.CLEARED),
        "unanswered": alarm.state in UNANSWERED,
        "now": now,
    }
    return render(request, "alarm/alarm.html", context)


def _by_kind(near: list[tuple[Any, int]]) -> list[tuple[object, list[tuple[Any, int]]]]:
    """Places by their kind, kinds in the order in which their nearest place lies."""
    kinds: dict[str, list[tuple[Any, int]]] = {}
    for site, metres in near:
        kinds.setdefault(site.kind, []).append((site, metres))
    return [(labels.SITE_KINDS[kind], sites) for kind, sites in kinds.items()]


def _event(event: Any, unit: str) -> tuple[datetime, object, str, str]:
    """When, what, by whom, with what words or figures."""
    by = event.actor.get_full_name() or event.actor.username if event.actor else ""
    said = event.note or (measured(event.values, unit) if event.step != AlarmStep.ESCALATE else "")
    return event.at, STEPS[event.step], by, said


def _told(row: Any) -> tuple[datetime, object, str, object, object, str]:
    """When, which level, who, which way, why not, and whether it left."""
    who = row.user.get_full_name() or row.user.username if row.user else ""
    why = WHY_NOT.get(row.why_not, "")
    if row.silence is not None:
        why = gettext("a silence holds: %(reason)s") % {"reason": row.silence.reason}
    left = "" if row.why_not else "sent" if row.sent_at else "dead" if row.dead_at else "waiting"
    return row.at, LEVELS[row.level], who, WAYS.get(row.way, ""), why, left


@never_cache
@require_POST
@managing(Action.HANDLE_ALARM)
def acknowledge(request: HttpRequest, acting: Acting, alarm_id: int) -> HttpResponse:
    """Two taps: "I see to it", and how."""
    back = request.POST.get("back", "")
    doing = plain(request.POST.get("words", "").strip() or request.POST.get("doing", ""))
    try:
        alarm_steps.acknowledge(acting_user=acting, alarm_id=alarm_id, doing=doing, now=timezone.now())
    except Refused as no:
        context = {"said": refusal_text(no), "words": doing, "each": shown(one_alarm(acting, alarm_id))}
        return render(request, "alarm/refused.html", context | {"doing": DOING}, status=422)
    return redirect("duty") if back == "duty" else redirect("alarm", alarm_id)


class CloseForm(forms.Form):
    """What it was."""

    cause = forms.ChoiceField(label=_("What was it?"), choices=lambda: labels.options(CAUSES))
    false_alarm = forms.TypedChoiceField(
        label=_("Was it a false alarm?"),
        choices=(("", _("Choose")), ("no", _("No, it was real")), ("yes", _("Yes, it was false"))),
        coerce=lambda said: said == "yes",
        help_text=_("The answers show how good a rule is."),
    )
    note = forms.CharField(
        label=_("In your words"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )


class CaseForm(forms.Form):
    """What kind of hazard the case of an alarm is."""

    category_code = forms.ChoiceField(label=_("Category"), choices=hazard_choices)


class MuteForm(forms.Form):
    """Why one alarm is quiet until it is resolved."""

    reason = name_field(_("Why"), longest=500)


class SilenceForm(forms.Form):
    """Quiet about the alarms of an area, or of one device, site or rule in it."""

    reason = name_field(_("Why"), longest=500)
    hours = forms.IntegerField(
        label=_("For how many hours"), min_value=1, max_value=168, initial=2, help_text=_("At most 168.")
    )
    device = forms.CharField(label=_("Only this device"), required=False, max_length=64)
    site = forms.CharField(label=_("Only this site, by its code"), required=False, max_length=64)
    rule = forms.CharField(label=_("Only this rule, by its code"), required=False, max_length=64)

    def __init__(self, acting: Acting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"] = area_field(acting, Action.SILENCE_ALARM)
        self.order_fields(("area_code", "hours", "reason"))


@never_cache
@managing(Action.HANDLE_ALARM)
def close(request: HttpRequest, acting: Acting, alarm_id: int) -> HttpResponse:
    """Say what it was, and whether it was a false alarm."""
    one_alarm(acting, alarm_id, Action.HANDLE_ALARM)

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        alarm_steps.close_alarm(acting_user=acting, alarm_id=alarm_id, now=timezone.now(), **typed)
        return redirect("alarm", alarm_id)

    form = CloseForm(request.POST or None)
    back = reverse("alarm", args=[alarm_id])
    change = Change(
        title=gettext("Close the alarm"), button=gettext("Close the alarm"), back=back, form=form, act=act
    )
    return answer(request, change)


@never_cache
@managing(Action.HANDLE_ALARM)
def make_case(request: HttpRequest, acting: Acting, alarm_id: int) -> HttpResponse:
    """Make a case of an alarm."""
    one_alarm(acting, alarm_id, Action.HANDLE_ALARM)

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        alarm_cases.make_case(acting_user=acting, alarm_id=alarm_id, now=timezone.now(), **typed)
        return redirect("alarm", alarm_id)

    title = gettext("Make a case of the alarm")
    back = reverse("alarm", args=[alarm_id])
    form = CaseForm(request.POST or None)
    return answer(
        request, Change(title=title, button=gettext("Make a case of it"), back=back, form=form, act=act)
    )


@never_cache
@managing(Action.SILENCE_ALARM)
def mute(request: HttpRequest, acting: Acting, alarm_id: int) -> HttpResponse:
    """Quiet about one alarm until it is resolved."""
    alarm = one_alarm(acting, alarm_id, Action.SILENCE_ALARM)

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        asked = alarm_steps.Asked(_code(alarm), typed["reason"], timezone.now(), None, alarm_id=alarm.pk)
        alarm_steps.silence_alarms(acting_user=acting, asked=asked, now=timezone.now())
        return redirect("alarm", alarm_id)

    form = MuteForm(request.POST or None)
    back = reverse("alarm", args=[alarm_id])
    title = gettext("Mute the alarm until it is resolved")
    return answer(request, Change(title=title, button=gettext("Mute"), back=back, form=form, act=act))


def _code(alarm: Ringing) -> str:
    """The code of the area in which an alarm lies."""
    return str(alarm.area_path.rstrip(".").rpartition(".")[2])


@never_cache
@require_safe
@managing(Action.VIEW_ALARMS)
def silences(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Silences in force and to come."""
    now = timezone.now()
    context = {
        "silences": silences_of(acting, now),
        "may_silence": acting.may_somewhere(Action.SILENCE_ALARM),
        "now": now,
    }
    return render(request, "alarm/silences.html", context)


@never_cache
@managing(Action.SILENCE_ALARM)
def silence(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Ask for quiet."""

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        now = timezone.now()
        ends = now + timedelta(hours=typed.pop("hours"))
        asked = alarm_steps.Asked(**typed, begins=now, ends=ends)
        alarm_steps.silence_alarms(acting_user=acting, asked=asked, now=now)
        return redirect("silences")

    form = SilenceForm(acting, request.POST or None)
    title = gettext("Silence alarms")
    return answer(
        request,
        Change(title=title, button=gettext("Silence alarms"), back=reverse("silences"), form=form, act=act),
    )


@never_cache
@managing(Action.SILENCE_ALARM)
def end_silence(request: HttpRequest, acting: Acting, silence_id: int) -> HttpResponse:
    """End a silence before its time."""
    one_silence(acting, silence_id)

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        alarm_steps.end_silence(acting_user=acting, silence_id=silence_id, now=timezone.now())
        return redirect("silences")

    change = Change(
        title=gettext("End the silence"),
        button=gettext("End"),
        back=reverse("silences"),
        form=forms.Form(request.POST or None),
        act=act,
        says=gettext("From now on its alarms are told again; one that nobody answered is told at once."),
    )
    return answer(request, change)


urlpatterns = [
    path("", duty, name="duty"),
    path("alarms/<int:alarm_id>/", show, name="alarm"),
    path("alarms/<int:alarm_id>/acknowledge/", acknowledge, name="alarm_acknowledge"),
    path("alarms/<int:alarm_id>/close/", close, name="alarm_close"),
    path("alarms/<int:alarm_id>/case/", make_case, name="alarm_case"),
    path("alarms/<int:alarm_id>/mute/", mute, name="alarm_mute"),
    path("silences/", silences, name="silences"),
    path("silences/new/", silence, name="silence_new"),
    path("silences/<int:silence_id>/end/", end_silence, name="silence_end"),
]
