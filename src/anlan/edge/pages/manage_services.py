"""/manage/categories/of/<code>/service/: what a category asks, in our own form and of other systems."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.base.errors import NotFound, Refused
from anlan.edge.pages import labels
from anlan.edge.pages.case_labels import category_name
from anlan.edge.pages.manage import Change, answer, managing
from anlan.edge.pages.questions import QuestionsForm, question, shown
from anlan.edge.pages.refusals import refusal_text
from anlan.edge.pages.staff_events import in_words
from anlan.edge.pages.staff_fields import name_field
from anlan.edge.pages.text_fields import PlainText
from anlan.flows import manage_services as flows
from anlan.publishing.open311.terms import LISTS, AttributeAsked, Datatype, ServiceType
from anlan.publishing.open311.value_lines import Values, as_lines, values_in
from anlan.staff.terms import Action
from anlan.store.readers.managed_lists import history_of, one_category
from anlan.store.readers.open311 import attributes_of
from anlan.store.readers.staff import Acting

TYPES: Mapping[str, Promise] = MappingProxyType(
    {
        ServiceType.REALTIME: _("at once (realtime)"),
        ServiceType.BATCH: _("later, by a token (batch)"),
        ServiceType.BLACKBOX: _("never (blackbox)"),
    }
)
DATATYPES: Mapping[str, Promise] = MappingProxyType(
    {
        Datatype.STRING: _("a few words (string)"),
        Datatype.TEXT: _("a longer text (text)"),
        Datatype.NUMBER: _("a number (number)"),
        Datatype.DATETIME: _("a day and time (datetime)"),
        Datatype.SINGLE: _("one of a list (singlevaluelist)"),
        Datatype.MULTI: _("several of a list (multivaluelist)"),
    }
)


class ServiceForm(forms.Form):
    """A category as a service of other systems."""

    kind = forms.ChoiceField(
        label=_("When a sender gets the number of its request"), choices=lambda: labels.options(TYPES)
    )
    keywords = PlainText(
        label=_("Other words by which it is found"),
        help_text=_("With commas. Both names are among them already."),
        max_length=200,
        required=False,
    )


class QuestionForm(forms.Form):
    """One question of a category."""

    zh = name_field(_("Question in Chinese"), longest=200)
    en = name_field(_("Question in English"), longest=200)
    datatype = forms.ChoiceField(label=_("Answered by"), choices=lambda: labels.options(DATATYPES))
    values = PlainText(
        label=_("What can be chosen"),
        help_text=_("For lists: a line each, with key, Chinese and English, such as: dark | 不亮 | Dark"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": None}),
    )
    datatype_description = PlainText(label=_("How to write the answer"), max_length=200, required=False)
    order = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=9999, initial=1)
    required = forms.BooleanField(label=_("Must be answered"), required=False)
    only_said = forms.BooleanField(label=_("It only says something and wants no answer"), required=False)

    def clean_values(self) -> Values:
        """The values of a list."""
        try:
            return values_in(self.cleaned_data["values"])
        except Refused as no:
            raise forms.ValidationError(refusal_text(no)) from None

    def clean(self) -> dict[str, Any]:
        """A list has values."""
        typed = super().clean() or self.cleaned_data
        if typed.get("datatype") in LISTS and "values" in typed and not typed["values"]:
            self.add_error("values", refusal_text(Refused("values_missing")))
        return typed

    def facts(self) -> flows.QuestionFacts:
        """What was typed, of a form that is valid."""
        typed = dict(self.cleaned_data)
        typed.pop("code", None)
        kinds: dict[str, Any] = {
            "datatype": Datatype(typed.pop("datatype")),
            "variable": not typed.pop("only_said"),
        }
        return flows.QuestionFacts(**typed, **kinds)


class NewQuestionForm(QuestionForm):
    """A question that is new."""

    field_order = ("code",)
    code = forms.RegexField(
        r"\A[A-Za-z0-9_-]{1,40}\Z",
        label=_("Code of the question"),
        help_text=_("Letters, digits, - and _; other systems send it, so it stays as it is."),
        error_messages={"invalid": _("Letters, digits, - and _ only, such as FAULT")},
    )


@managing(Action.MANAGE_CATEGORIES)
def show(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """A category as a service: facts, what it asks, how that looks."""
    category = one_category(acting, code)
    asked = attributes_of(code)
    family = category.parent or category
    facts = {
        "title": gettext("What %(name)s asks") % {"name": category_name(category, category.parent)},
        "category": category,
        "facts": [
            ("service_code", category.code),
            ("service_name", f"{category.name_zh} · {category.name_en}"),
            ("group", f"{family.name_zh} · {family.name_en}"),
            ("type", TYPES[category.open311_type]),
            ("keywords", category.open311_keywords),
            ("metadata", gettext("yes") if asked else gettext("no")),
        ],
        "asked": [(question(each), DATATYPES[each.datatype], each) for each in asked],
        "questions": shown(QuestionsForm(asked), asked),
        "events": in_words(history_of(flows.subject_of(code)), with_subject=False),
    }
    return render(request, "manage/service.html", facts)


@managing(Action.MANAGE_CATEGORIES)
def change(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """Change how a category is a service."""
    category = one_category(acting, code)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.change_service(acting_user=acting, code=code, now=timezone.now(), **typed)

    before = {"kind": category.open311_type, "keywords": category.open311_keywords}
    form = ServiceForm(request.POST or None, initial=before)
    title = gettext("Change %(name)s") % {"name": category_name(category)}
    return answer(request, Change(title, gettext("Save"), _back(code), form, act))


@managing(Action.MANAGE_CATEGORIES)
def add(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """Ask something more."""
    category = one_category(acting, code)
    form = NewQuestionForm(request.POST or None)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.add_question(
            acting_user=acting, code=code, question=typed["code"], facts=form.facts(), now=timezone.now()
        )

    title = gettext("Add a question to %(name)s") % {"name": category_name(category)}
    return answer(request, Change(title, gettext("Add"), _back(code), form, act))


@managing(Action.MANAGE_CATEGORIES)
def change_question(request: HttpRequest, acting: Acting, code: str, asked: str) -> HttpResponse:
    """Ask otherwise."""
    known = _one(acting, code, asked)
    form = QuestionForm(request.POST or None, initial=_before(known))

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.change_question(
            acting_user=acting, code=code, question=asked, facts=form.facts(), now=timezone.now()
        )

    title = gettext("Change %(name)s") % {"name": known.code}
    return answer(request, Change(title, gettext("Save"), _back(code), form, act))


@managing(Action.MANAGE_CATEGORIES)
def remove(request: HttpRequest, acting: Acting, code: str, asked: str) -> HttpResponse:
    """Ask this no more."""
    known = _one(acting, code, asked)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.remove_question(acting_user=acting, code=code, question=asked, now=timezone.now())

    title = gettext("Ask no more: %(name)s") % {"name": question(known)}
    return answer(request, Change(title, gettext("Ask no more"), _back(code), forms.Form(), act))


def _one(acting: Acting, code: str, asked: str) -> AttributeAsked:
    """One question of a category. Raises NotFound."""
    one_category(acting, code)
    found = next((each for each in attributes_of(code) if each.code == asked), None)
    if found is None:
        raise NotFound
    return found


def _before(asked: AttributeAsked) -> dict[str, Any]:
    names = ("zh", "en", "datatype", "datatype_description", "order", "required")
    said = {name: getattr(asked, name) for name in names}
    return said | {"values": as_lines(asked.values), "only_said": not asked.variable}


def _back(code: str) -> str:
    return reverse("manage_service", args=[code])


urlpatterns = [
    path("", show, name="manage_service"),
    path("change/", change, name="manage_service_change"),
    path("ask/", add, name="manage_question_add"),
    path("ask/<str:asked>/", change_question, name="manage_question"),
    path("ask/<str:asked>/remove/", remove, name="manage_question_remove"),
]
