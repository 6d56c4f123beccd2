"""/duty/warnings/templates/: what warnings begin with, by kind of device and colour, in versions."""

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

from anlan.base.errors import Refused
from anlan.edge.pages import labels
from anlan.edge.pages.device_words import in_language
from anlan.edge.pages.manage import managing
from anlan.edge.pages.refusals import refusal_text
from anlan.edge.pages.warning_words import CATEGORIES, CERTAINTIES, COLOURS, URGENCIES
from anlan.flows import warning_templates as flows
from anlan.sensing.terms import Colour
from anlan.sensing.warning_templates import FIELDS, Words, check_words, content_of, filled, words_of
from anlan.staff.terms import Action
from anlan.store.readers.staff import Acting
from anlan.store.readers.warning_templates import (
    InForce,
    kinds_of_devices,
    one_template,
    templates,
    versions_of,
)

ANY = "any"
EXAMPLE = {"place": "下塘", "area": "荻花村", "value": "3.2", "unit": "m", "threshold": "3", "time": "14:05"}
"""Facts of an alarm that a preview is filled with."""


def _text(label: Any, *, rows: int = 0, longest: int = 200, required: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget)


class TemplateForm(forms.Form):
    """The words of a template."""

    category = forms.ChoiceField(label=_("Kind of danger"), choices=lambda: labels.options(CATEGORIES))
    urgency = forms.ChoiceField(label=_("How urgent"), choices=lambda: labels.options(URGENCIES))
    certainty = forms.ChoiceField(label=_("How certain"), choices=lambda: labels.options(CERTAINTIES))
    hours = forms.IntegerField(label=_("Lasts for how many hours"), min_value=1, max_value=168)
    event_zh = _text(_("What happens, in Chinese"), longest=100, required=True)
    headline_zh = _text(_("Headline, in Chinese"), required=True)
    description_zh = _text(_("More, in Chinese"), rows=3, longest=4000)
    instruction_zh = _text(_("What people do, in Chinese"), rows=3, longest=4000)
    event_en = _text(_("What happens, in English"), longest=100)
    headline_en = _text(_("Headline, in English"))
    description_en = _text(_("More, in English"), rows=3, longest=4000)
    instruction_en = _text(_("What people do, in English"), rows=3, longest=4000)
    why = _text(_("Why"), longest=500)


@never_cache
@require_safe
@managing(Action.VIEW_ALARMS)
def all_templates(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The templates in force."""
    context = {
        "templates": [(each, _kind(each), COLOURS[each.colour], _address(each)) for each in templates()],
        "kinds": [(each.code, in_language(each.name_zh, each.name_en)) for each in kinds_of_devices()],
        "colours": [(key, f"{look.words} {look.level}") for key, look in COLOURS.items()],
        "may_change": acting.may_in_whole_city(Action.MANAGE_RULES),
    }
    return render(request, "warning/templates.html", context)


@never_cache
@require_safe
@managing(Action.VIEW_ALARMS)
def to_one(request: HttpRequest, acting: Acting) -> HttpResponse:
    """From the form of the list to the template of a kind and a colour."""
    kind, colour = request.GET.get("kind") or ANY, request.GET.get("colour", "")
    return redirect("warning_template_change", kind, colour if colour in set(Colour) else Colour.YELLOW)


@never_cache
@require_safe
@managing(Action.VIEW_ALARMS)
def show(request: HttpRequest, acting: Acting, kind: str, colour: str) -> HttpResponse:
    """One template, as an alarm would fill it, and its versions."""
    found = one_template(_code(kind), colour)
    context = {
        "title": _title(found),
        "look": COLOURS[colour],
        "words": found.words,
        "filled": filled(found.words, EXAMPLE),
        "built_in": found.version is None,
        "versions": [(each, words_of(each.content)) for each in versions_of(_code(kind), colour)],
        "change": reverse("warning_template_change", args=[kind, colour]),
        "may_change": acting.may_in_whole_city(Action.MANAGE_RULES),
        "now": timezone.now(),
    }
    return render(request, "warning/template.html", context)


@never_cache
@managing(Action.MANAGE_RULES)
def change(request: HttpRequest, acting: Acting, kind: str, colour: str) -> HttpResponse:
    """A new version: looked at as an alarm would fill it, then put in force."""
    if not acting.may_in_whole_city(Action.MANAGE_RULES):
        raise Refused("not_permitted", action=Action.MANAGE_RULES)
    found = one_template(_code(kind), colour)
    form = TemplateForm(request.POST or None, initial=content_of(found.words))
    preview = None
    if form.is_valid():
        words = Words(**{name: form.cleaned_data[name] for name in Words.__dataclass_fields__})
        try:
            check_words(words)
            if "keep" in request.POST:
                _keep(acting, kind, colour, words, form.cleaned_data["why"])
                return redirect("warning_template", kind, colour)
            preview = filled(words, EXAMPLE)
        except Refused as no:
            form.add_error(None, refusal_text(no))
    context = {
        "title": _title(found),
        "form": form,
        "preview": preview,
        "fields": ", ".join(f"{{{each}}}" for each in FIELDS),
        "back": reverse("warning_template", args=[kind, colour]),
    }
    return render(request, "warning/template_form.html", context, status=422 if form.errors else 200)


def _keep(acting: Acting, kind: str, colour: str, words: Words, why: str) -> None:
    flows.change_template(
        acting_user=acting,
        kind_code=_code(kind),
        colour=Colour(colour),
        words=words,
        why=why,
        now=timezone.now(),
    )


def _code(kind: str) -> str:
    return "" if kind == ANY else kind


def _kind(each: InForce) -> str:
    return in_language(each.kind.name_zh, each.kind.name_en) if each.kind else gettext("Any kind of alarm")


def _title(each: InForce) -> str:
    return f"{_kind(each)} · {COLOURS[each.colour].words}"


def _address(each: InForce) -> str:
    return reverse("warning_template", args=[each.kind.code if each.kind else ANY, each.colour])


urlpatterns = [
    path("warnings/templates/", all_templates, name="warning_templates"),
    path("warnings/templates/one/", to_one, name="warning_template_one"),
    path("warnings/templates/<str:kind>/<str:colour>/", show, name="warning_template"),
    path("warnings/templates/<str:kind>/<str:colour>/change/", change, name="warning_template_change"),
]
