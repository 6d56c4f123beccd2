"""/duty/warnings/: warnings to people written, signed, issued, updated, called off; drills."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from anlan.base.errors import NotFound
from anlan.edge.pages import labels, warning_templates
from anlan.edge.pages.manage import Change, answer, managing
from anlan.edge.pages.manage_fields import area_field
from anlan.edge.pages.staff_fields import name_field
from anlan.edge.pages.warning_words import (
    CATEGORIES,
    CERTAINTIES,
    COLOURS,
    STATUSES,
    STEPS,
    URGENCIES,
    WAYS,
    shown,
)
from anlan.flows import issue_warnings, tell_warnings
from anlan.flows.issue_warnings import WarningFacts
from anlan.sensing.terms import MessageKind, MessageStatus, WarningState
from anlan.sensing.warning_shapes import around
from anlan.sensing.warning_states import TWO_PERSONS
from anlan.sensing.warning_templates import content_of, filled
from anlan.staff.terms import Action
from anlan.store.readers.staff import Acting
from anlan.store.readers.warned import how_told
from anlan.store.readers.warning_templates import (
    alarm_to_warn_of,
    areas_around,
    facts_of,
    template_of,
)
from anlan.store.readers.warnings import Written, drill_over, my_drills, my_warnings, one_warning


def _time_field(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(label=label, widget=forms.DateTimeInput({"type": "datetime-local"}))


def _words(label: Any, *, required: bool = False, rows: int = 0, longest: int = 200) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, required=required, max_length=longest, widget=widget)


class WarningForm(forms.Form):
    """A warning as it may be written."""

    status = forms.ChoiceField(
        label=_("Is it meant?"),
        choices=lambda: labels.options(STATUSES),
        initial=MessageStatus.EXERCISE,
    )
    typed_status = forms.CharField(
        label=_("Type the status"),
        max_length=20,
        help_text=_("Exercise, Actual or Test, as above: so that nothing leaves by accident."),
    )
    colour = forms.ChoiceField(
        label=_("Colour"),
        choices=lambda: [(key, f"{look.words} {look.level}") for key, look in COLOURS.items()],
        initial="yellow",
        help_text=_("Red and orange need the signature of a second person."),
    )
    category = forms.ChoiceField(label=_("Kind of danger"), choices=lambda: labels.options(CATEGORIES))
    urgency = forms.ChoiceField(
        label=_("How urgent"), choices=lambda: labels.options(URGENCIES), initial="Expected"
    )
    certainty = forms.ChoiceField(
        label=_("How certain"), choices=lambda: labels.options(CERTAINTIES), initial="Likely"
    )
    event_zh = _words(_("What happens, in Chinese"), required=True, longest=100)
    headline_zh = _words(_("Headline, in Chinese"), required=True)
    description_zh = _words(_("More, in Chinese"), rows=3, longest=4000)
    instruction_zh = _words(_("What people do, in Chinese"), rows=3, longest=4000)
    event_en = _words(_("What happens, in English"), longest=100)
    headline_en = _words(_("Headline, in English"))
    description_en = _words(_("More, in English"), rows=3, longest=4000)
    instruction_en = _words(_("What people do, in English"), rows=3, longest=4000)
    shape = forms.CharField(
        label=_("Corners of a smaller shape"),
        required=False,
        max_length=4000,
        help_text=_("latitude,longitude of each corner, with spaces between them; empty: the whole area."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    onset = _time_field(_("Begins"))
    expires = _time_field(_("Ends"))

    def __init__(self, acting: Acting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"] = area_field(acting, Action.DRAFT_WARNING)
        self.order_fields(("status", "typed_status", "area_code", "shape", "colour"))


class TypedForm(forms.Form):
    """The status, typed once more by who issues."""

    typed_status = forms.CharField(label=_("Type the status"), max_length=20)


class WhyForm(forms.Form):
    """Why."""

    why = name_field(_("Why"), longest=500)


class DrillForm(forms.Form):
    """Where a drill runs, and what is practised."""

    words = name_field(_("What is practised"), longest=200)

    def __init__(self, acting: Acting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"] = area_field(acting, Action.SIGN_WARNING)


@never_cache
@require_safe
@managing(Action.DRAFT_WARNING)
def all_warnings(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The messages of this person's areas, and the drills that run there."""
    found = [shown(each) for each in my_warnings(acting)]
    context = {"warnings": found, "drills": my_drills(acting), "now": timezone.now()}
    return render(request, "warning/warnings.html", context)


@never_cache
@managing(Action.DRAFT_WARNING)
def show(request: HttpRequest, acting: Acting, warning_id: int) -> HttpResponse:
    """One message, its history, and what may be done with it now."""
    warning = one_warning(acting, warning_id)
    after = [each for each in warning.followers.all() if each.state != WarningState.DROPPED]
    context = {
        "each": shown(warning),
        "events": [(event.at, STEPS[event.step], event.note) for event in warning.events.all()],
        "after": after[0] if after else None,
        "two_persons": warning.colour in TWO_PERSONS,
        "in_force": warning.state == WarningState.ISSUED and warning.kind != MessageKind.CANCEL,
        "urgency": URGENCIES[warning.urgency],
        "certainty": CERTAINTIES[warning.certainty],
        "drill": drill_over(warning.area_path),
        "told": [(WAYS[each.way], each) for each in how_told(acting, warning_id)],
        "may_send": acting.may(Action.SIGN_WARNING, warning),
        "now": timezone.now(),
    }
    return render(request, "warning/warning.html", context)


@never_cache
@managing(Action.DRAFT_WARNING)
def write(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Write a new message; ?alarm=ID begins with what that alarm says."""
    asked = request.GET.get("alarm", "")
    if not asked:
        return _written(request, acting, None, 0, gettext("Write a warning"))
    if not (asked.isdecimal() and len(asked) < 19):
        raise NotFound
    alarm = alarm_to_warn_of(acting, int(asked))
    form = WarningForm(acting, request.POST or None, initial=_facts_from(acting, alarm))

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        facts, now = WarningFacts(**typed), timezone.now()
        return redirect(
            "warning",
            issue_warnings.draft_warning(acting_user=acting, facts=facts, now=now, alarm_id=alarm.pk).pk,
        )

    back = reverse("alarm", args=[alarm.pk])
    title = gettext("Write a warning from the alarm")
    return answer(request, Change(title=title, button=gettext("Keep"), back=back, form=form, act=act))


def _facts_from(acting: Acting, alarm: Any) -> dict[str, Any]:
    """What the form begins with: the words for this kind and colour, filled; a shape around the place.

    The shape lies in the area of who writes; without one the warning is for the smallest area around.
    """
    begins = timezone.now()
    words = filled(template_of(alarm).words, facts_of(alarm))
    areas = areas_around(acting, alarm)
    shape = _shape_around(alarm.site or alarm.device, areas[0])
    area = areas[0] if shape else areas[-1]
    return content_of(words) | {
        "colour": alarm.severity,
        "area_code": f"{area.name} ({area.code})",
        "shape": _typed(shape),
        "onset": begins,
        "expires": begins + timedelta(hours=words.hours),
    }


@never_cache
@managing(Action.DRAFT_WARNING)
def change(request: HttpRequest, acting: Acting, warning_id: int) -> HttpResponse:
    """Correct a draft."""
    return _written(request, acting, one_warning(acting, warning_id), 0, gettext("Correct the warning"))


@never_cache
@managing(Action.DRAFT_WARNING)
def update(request: HttpRequest, acting: Acting, warning_id: int) -> HttpResponse:
    """Write the message that takes the place of an issued one."""
    before = one_warning(acting, warning_id)
    return _written(request, acting, before, before.pk, gettext("Update the warning"))


def _written(
    request: HttpRequest, acting: Acting, before: Written | None, follows: int, title: str
) -> HttpResponse:
    form = WarningForm(acting, request.POST or None, initial=_facts_of(before) if before else None)

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        facts, now = WarningFacts(**typed), timezone.now()
        if before is not None and not follows:
            saved = issue_warnings.change_warning(
                acting_user=acting, warning_id=before.pk, facts=facts, now=now
            )
        else:
            saved = issue_warnings.draft_warning(acting_user=acting, facts=facts, now=now, follows=follows)
        return redirect("warning", saved.pk)

    back = reverse("warning", args=[before.pk]) if before else reverse("warnings")
    return answer(request, Change(title=title, button=gettext("Keep"), back=back, form=form, act=act))


def _facts_of(warning: Written) -> dict[str, Any]:
    facts = {name: getattr(warning, name) for name in ("status", *issue_warnings.COPIED)}
    area = f"{warning.area.name} ({warning.area.code})"
    return facts | {"area_code": area, "shape": _typed(warning.polygon)}


def _shape_around(placed: Any, area: Any) -> list[list[float]]:
    """A shape around a site or a device; [] where its point or the boundary of the area is not known."""
    if placed is None or placed.lng is None or placed.lat is None:
        return []
    return around(placed.lng, placed.lat, bytes(area.boundary) if area.boundary else None)


def _typed(polygon: list[list[float]]) -> str:
    """A shape as the form has it."""
    return " ".join(f"{lat},{lng}" for lat, lng in polygon)


@never_cache
@managing(Action.DRAFT_WARNING)
def step(request: HttpRequest, acting: Acting, warning_id: int, name: str) -> HttpResponse:
    """Hand in, sign and issue, send back, call off, throw away."""
    if name not in FORMS:
        raise NotFound
    one_warning(acting, warning_id)
    title, button, form = FORMS[name]

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        saved = FLOWS[name](acting_user=acting, warning_id=warning_id, now=timezone.now(), **typed)
        return redirect("warning", saved.pk)

    back = reverse("warning", args=[warning_id])
    return answer(
        request,
        Change(
            title=str(title),
            button=str(button),
            back=back,
            form=form(request.POST or None),
            act=act,
            says=SAYS.get(name, ""),
        ),
    )


FORMS: dict[str, tuple[Any, Any, type[forms.Form]]] = {
    "hand-in": (_("Hand in to a second person"), _("Hand in"), forms.Form),
    "issue": (_("Issue the message"), _("Issue"), TypedForm),
    "send-back": (_("Send back"), _("Send back"), WhyForm),
    "cancel": (_("Call the warning off"), _("Write the all clear"), WhyForm),
    "drop": (_("Throw the message away"), _("Throw away"), forms.Form),
}
SAYS = {
    "hand-in": _("Nothing leaves yet: somebody else reads it, and signs it or sends it back with a reason."),
    "drop": _("It was sent to nobody. Its words stay on file, but it can be issued no more."),
}
"What a step means, where nothing is typed."
FLOWS: dict[str, Any] = {
    "hand-in": issue_warnings.hand_in,
    "issue": issue_warnings.issue_warning,
    "send-back": issue_warnings.send_back,
    "cancel": issue_warnings.draft_cancel,
    "drop": issue_warnings.drop_warning,
}


@require_POST
@managing(Action.SIGN_WARNING)
def send_again(request: HttpRequest, acting: Acting, warning_id: int) -> HttpResponse:
    """What could not be sent leaves again."""
    count = tell_warnings.send_again(acting_user=acting, warning_id=warning_id, now=timezone.now())
    said = ngettext("%(n)d message leaves again.", "%(n)d messages leave again.", count)
    messages.success(request, said % {"n": count})
    return redirect("warning", warning_id)


@never_cache
@managing(Action.SIGN_WARNING)
def begin_drill(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Begin a drill."""

    def act(typed: dict[str, Any], seen: str | None) -> None:
        issue_warnings.begin_drill(acting_user=acting, now=timezone.now(), **typed)

    form = DrillForm(acting, request.POST or None)
    return answer(
        request,
        Change(
            title=gettext("Begin a drill"),
            button=gettext("Begin"),
            back=reverse("warnings"),
            form=form,
            act=act,
        ),
    )


@never_cache
@managing(Action.SIGN_WARNING)
def end_drill(request: HttpRequest, acting: Acting, drill_id: int) -> HttpResponse:
    """End a drill."""
    if drill_id not in [each.pk for each in my_drills(acting)]:
        raise NotFound

    def act(typed: dict[str, Any], seen: str | None) -> None:
        issue_warnings.end_drill(acting_user=acting, drill_id=drill_id, now=timezone.now())

    return answer(
        request,
        Change(
            title=gettext("End the drill"),
            button=gettext("End"),
            back=reverse("warnings"),
            form=forms.Form(request.POST or None),
            act=act,
            says=gettext("Its own warnings end with it. From then on warnings can leave as the real thing."),
        ),
    )


urlpatterns = [
    *warning_templates.urlpatterns,
    path("warnings/", all_warnings, name="warnings"),
    path("warnings/new/", write, name="warning_new"),
    path("warnings/<int:warning_id>/", show, name="warning"),
    path("warnings/<int:warning_id>/change/", change, name="warning_change"),
    path("warnings/<int:warning_id>/update/", update, name="warning_update"),
    path("warnings/<int:warning_id>/again/", send_again, name="warning_again"),
    path("warnings/<int:warning_id>/<str:name>/", step, name="warning_step"),
    path("drills/begin/", begin_drill, name="drill_begin"),
    path("drills/<int:drill_id>/end/", end_drill, name="drill_end"),
]
