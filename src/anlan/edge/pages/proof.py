"""What is done about the proof of a case, a page each: making safe, a second look, splits, draws."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from anlan.base.errors import Conflict, Refused
from anlan.edge.pages import case_labels, extension_forms
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.case_forms import WORDS, ReasonForm, StepForm
from anlan.edge.pages.photo_field import PhotosField
from anlan.edge.pages.refusals import refusal_text
from anlan.flows import (
    check_case,
    draw_verifiers,
    extend_stage,
    join_cases,
    link_recurrence,
    second_check,
    secure_case,
    verify_by_sensor,
)
from anlan.staff.terms import Action
from anlan.store.readers.cases import find_case, missed_events
from anlan.store.readers.proof import checked_draws, commitments, series_near
from anlan.store.readers.staff import Acting


class SecureForm(StepForm):
    """An interim measure."""

    done = forms.CharField(
        label=_("What was done to make it safe"),
        help_text=_("Such as cordoned off, power cut, water drained."),
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    pictures = PhotosField(label=_("Photos of the place now"), required=False)


class CheckForm(StepForm):
    """What the first look at a report found."""

    found = forms.CharField(
        label=_("What you found"),
        help_text=_("By telephone, by photo or on site, such as: seen on site, 3 m of railing are missing."),
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SecondCheckForm(StepForm):
    """What a second look found."""

    gone = forms.ChoiceField(
        label=_("Is the hazard gone?"),
        choices=[("yes", _("The hazard is gone")), ("no", _("The hazard is still there"))],
        widget=forms.RadioSelect,
    )
    seen = forms.CharField(
        label=_("What you saw on site"), max_length=WORDS, widget=forms.Textarea(attrs={"rows": 3})
    )
    pictures = PhotosField(
        label=_("Your photos"), required=False, help_text=_("When it is gone, at least one, taken now.")
    )


class WatchForm(StepForm):
    """Which sensor, and between which values nothing is wrong."""

    series_id = forms.TypedChoiceField(
        label=_("Sensor"), coerce=int, help_text=_("Those at the site of the case, or in its area.")
    )
    lowest = forms.FloatField(label=_("Normal from"), required=False)
    highest = forms.FloatField(label=_("Normal up to"), required=False)


WATCH = _("Let a sensor watch the case")
WATCH_LEAD = _(
    "When the unit has rectified and the sensor has then stayed normal for half an hour, the case is "
    "verified and closed. Some such cases are looked at once more."
)


class SplitForm(StepForm):
    """Which reports are another hazard."""

    report_ids = forms.TypedMultipleChoiceField(
        label=_("Reports that are another hazard"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label=_("Note"), max_length=WORDS, required=False)
    sure = forms.CharField(required=False, widget=forms.HiddenInput)


class UndoForm(StepForm):
    """A note with what is taken back."""

    reason = forms.CharField(label=_("Note"), max_length=WORDS, required=False)


@dataclass(frozen=True)
class Act:
    """A page with one form: title, what it says first, the button, who may, and the flow."""

    title: Promise
    lead: Promise
    button: Promise
    done: Promise
    form: type[StepForm]
    action: Action
    flow: Callable[..., Any]


def _second(gone: str, **facts: Any) -> Any:
    flow = second_check.confirm_closing if gone == "yes" else second_check.refute_closing
    return flow(**facts)


ACTS: Mapping[str, Act] = {
    "check-report": Act(
        _("Check the report"),
        _("Is it there, and is it a hazard? The case stays new; accepting or rejecting it comes next."),
        _("Keep what you found"),
        _("Kept with the case."),
        CheckForm,
        Action.TRIAGE,
        check_case.check_case,
    ),
    "interim": Act(
        _("Make it safe first"),
        _("The full rectification follows; until then nobody may come to harm."),
        _("Report as made safe"),
        _("Kept: the place is safe for now."),
        SecureForm,
        Action.HANDLE,
        secure_case.secure_case,
    ),
    "more-time": Act(
        _("Ask for more time"),
        _("Nothing moves until somebody else grants it. The end that was promised stays on file."),
        _("Send the request"),
        _("Asked. The desk will answer."),
        extension_forms.AskForm,
        Action.HANDLE,
        extend_stage.ask_for_time,
    ),
    "answer-time": Act(
        _("The unit asks for more time"),
        _("If you grant it, the end moves by so much; the old end stays in the history."),
        _("Send the answer"),
        _("Answered."),
        extension_forms.AnswerForm,
        Action.PARK,
        extension_forms.answer,
    ),
    "second-check": Act(
        _("Second check"),
        _("A sensor or a reporter's word closed this case. You were drawn to look at the place once more."),
        _("Send what you saw"),
        _("Kept with the case."),
        SecondCheckForm,
        Action.VERIFY,
        _second,
    ),
    "draw-again": Act(
        _("Draw verifiers anew"),
        _(
            "The draw before stays on file, and so does your reason. Nobody chooses who is drawn, and nobody "
            "asks twice for one rectification. The scores count such cases."
        ),
        _("Draw anew"),
        _("Drawn anew."),
        ReasonForm,
        Action.DISPATCH,
        draw_verifiers.draw_again,
    ),
    "no-return": Act(
        _("No return of the earlier case"),
        _("The link is taken back, and the place counts one return less."),
        _("Take the link back"),
        _("The link is taken back."),
        ReasonForm,
        Action.TRIAGE,
        link_recurrence.undo_recurrence,
    ),
    "undo-split": Act(
        _("Undo the split"),
        _("Its reports, with their photos, return to the case they came from. This case ends, joined to it."),
        _("Undo the split"),
        _("The split is undone."),
        UndoForm,
        Action.TRIAGE,
        join_cases.undo_split,
    ),
}
"""By the last part of the address."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, case_id: int, name: str) -> HttpResponse:
    """One of ACTS: the form, or what came of it; a refusal shows the form with all that was typed."""
    doing = ACTS[name]
    acting, case = _may(request, case_id, doing.action)
    form = doing.form(request.POST.copy() or None, request.FILES or None, initial={"version": case.version})
    if form.is_valid() and did(doing.flow, form, acting, case_id) is not None:
        messages.success(request, str(doing.done))
        return redirect("case", case_id)
    context = {"case": case, "form": form, "title": doing.title, "lead": doing.lead, "button": doing.button}
    return render(request, "proof/act.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: HttpRequest, case_id: int) -> HttpResponse:
    """Choose reports, see what the split would do, split."""
    acting, case = _may(request, case_id, Action.TRIAGE)
    reports = list(case.reports.order_by("received_at", "pk"))
    form = SplitForm(request.POST.copy() or None, initial={"version": case.version})
    form.fields["report_ids"].choices = [(each.pk, each.words) for each in reports]  # type: ignore[attr-defined]
    sure = bool(request.POST.get("sure"))
    if form.is_valid() and sure:
        facts = {name: value for name, value in form.cleaned_data.items() if name != "sure"}
        made = did(join_cases.split_case, form, acting, case_id, facts)
        if made is not None:
            messages.success(request, gettext("Split. This is the new case."))
            return redirect("case", made.pk)
    chosen = form.cleaned_data["report_ids"] if form.is_valid() else []
    context = {
        "case": case,
        "form": form,
        "chosen": [each for each in reports if each.pk in chosen],
        "staying": [each for each in reports if each.pk not in chosen],
        "preview": bool(chosen),
        "now": timezone.now(),
    }
    return render(request, "proof/split.html", context, status=422 if form.is_bound and not chosen else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def watch(request: HttpRequest, case_id: int) -> HttpResponse:
    """Say which sensor shows that the hazard is gone."""
    acting, case = _may(request, case_id, Action.DISPATCH)
    form = WatchForm(request.POST.copy() or None, initial={"version": case.version})
    form.fields["series_id"].choices = [  # type: ignore[attr-defined]
        (each.pk, f"{each.device.title or each.device.name} · {each.property.code} ({each.property.unit})")
        for each in series_near(case)
    ]
    if form.is_valid() and did(verify_by_sensor.watch_case, form, acting, case_id) is not None:
        messages.success(request, gettext("Kept: this sensor watches the case."))
        return redirect("case", case_id)
    context = {"case": case, "form": form, "title": WATCH, "lead": WATCH_LEAD, "button": WATCH}
    return render(request, "proof/act.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
def draws(request: HttpRequest, case_id: int) -> HttpResponse:
    """For auditors: every draw for a case, repeated before their eyes."""
    _acting, case = _may(request, case_id, Action.VIEW_AUDIT)
    rows = [(each, each.wrong and refusal_text(Refused(each.wrong))) for each in checked_draws(case_id)]
    return render(request, "proof/draws.html", {"case": case, "rows": rows, "now": timezone.now()})


@require_safe
def how_drawn(request: HttpRequest) -> HttpResponse:
    """For everybody: how verifiers are drawn, and what the city committed itself to."""
    return render(request, "proof/how_drawn.html", {"seeds": commitments(), "now": timezone.now()})


def _may(request: HttpRequest, case_id: int, action: Action) -> tuple[Acting, Any]:
    """Who is acting, and the case; raises NotFound, Refused("not_permitted")."""
    acting = acting_of(request)
    case = find_case(acting, case_id)
    if not acting.may(action, case):
        raise Refused("not_permitted", action=action)
    return acting, case


def did(
    flow: Callable[..., Any],
    form: StepForm,
    acting: Acting,
    case_id: int,
    facts: Mapping[str, Any] | None = None,
) -> Any:
    """What the flow makes of what was typed, or of `facts`; None, and the form says why not."""
    said = form.cleaned_data if facts is None else facts
    try:
        return flow(acting_user=acting, case_id=case_id, now=timezone.now(), **said)
    except Refused as refusal:
        form.add_error(None, refusal_text(refusal))
    except Conflict as conflict:
        missed = missed_events(acting, case_id, conflict.missed)
        form.add_error(None, case_labels.changed_meanwhile([event.step for event in missed]))
        form.data["version"] = form.cleaned_data["version"] + conflict.missed  # type: ignore[index]
    return None


urlpatterns = [
    *(
        path(f"cases/<int:case_id>/{name}/", act, {"name": name}, name=name.replace("-", "_"))
        for name in ACTS
    ),
    path("cases/<int:case_id>/watch/", watch, name="watch"),
    path("cases/<int:case_id>/split/", split, name="split"),
    path("cases/<int:case_id>/draws/", draws, name="draws"),
    path("how-verifiers-are-drawn", how_drawn, name="how_drawn"),
]
