"""What the public reads: cases that wait for it, and one case with its words as they came."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from anlan.base.errors import Refused
from anlan.edge.pages import public_cases
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.text_fields import PlainText
from anlan.flows.moderate import LONGEST, clear_words, hide_case, look_at, show_case, withhold_words
from anlan.publishing.terms import ModerationStep, PlaceRule
from anlan.staff.terms import Action
from anlan.store.readers.moderation import VIEWS, moderated_case, moderation_page, moderations_of
from anlan.store.readers.staff import Acting

VIEW_WORDS: Mapping[str, Promise] = MappingProxyType(
    {"waiting": _("Waiting"), "cleared": _("Cleared"), "hidden": _("Hidden")}
)
STEP_WORDS: Mapping[str, Promise] = MappingProxyType(
    {
        ModerationStep.LOOKED: _("Words looked at"),
        ModerationStep.CLEARED: _("Words cleared"),
        ModerationStep.WITHHELD: _("Words taken back"),
        ModerationStep.HIDDEN: _("Hidden from the public"),
        ModerationStep.SHOWN: _("Shown again"),
    }
)
REFUSALS: Mapping[str, Promise] = MappingProxyType(
    {
        "words_missing": _("Write what the public shall read, or hide the case."),
        "words_too_long": _("Up to %(most)s characters."),
        "reason_missing": _("Say why"),
        "kind_never_shown": _("Cases of this kind are never shown."),
    }
)


class WordsForm(forms.Form):
    """What the public will read."""

    words = PlainText(
        label=_("What the public reads"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": None}),
        help_text=_("Names, phone numbers, plates and the like are covered already. Look for more."),
        error_messages={"required": _("Write what the public shall read, or hide the case.")},
    )
    with_address = forms.BooleanField(label=_("Show the address too"), required=False)


class ReasonForm(forms.Form):
    """Why."""

    reason = PlainText(label=_("Why"), max_length=500, error_messages={"required": _("Say why")})


@login_required
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Cases by view, the oldest first."""
    acting = _moderator(request)
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "waiting"
    page = moderation_page(acting, view, public_cases.after_of(request.GET.get("after", "")))
    context = {
        "page": page,
        "rows": [public_cases.row_of(each) for each in page.cases],
        "view": view,
        "views": [(name, words) for name, words in VIEW_WORDS.items()],
        "older": "?" + urlencode({"view": view, "after": public_cases.mark_of(*page.next_after)})
        if page.next_after
        else "",
        "now": timezone.now(),
    }
    return render(request, "moderation/list.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case: its words as they came, and what the public shall read."""
    acting = _moderator(request)
    moderated_case(acting, case_id)
    if request.method == "POST":
        wrong = _decided(request, acting, case_id)
        if wrong is None:
            return redirect("moderation")
        return _page(request, acting, case_id, wrong)
    return _page(request, acting, case_id, {})


def _decided(request: HttpRequest, acting: Acting, case_id: int) -> dict[str, forms.Form] | None:
    """Do what the button says; the form that must be put right, None when it was done."""
    act, now = request.POST.get("act", ""), timezone.now()
    common: dict[str, Any] = {"acting_user": acting, "case_id": case_id, "now": now}
    form: forms.Form = WordsForm(request.POST) if act == "clear" else ReasonForm(request.POST)
    try:
        if act == "show":
            show_case(**common)
        elif not form.is_valid():
            return {act: form}
        elif act == "clear":
            clear_words(**common, **form.cleaned_data)
        elif act == "withhold":
            withhold_words(**common, **form.cleaned_data)
        else:
            hide_case(**common, **form.cleaned_data)
    except Refused as no:
        form.add_error(None, str(REFUSALS[no.reason]) % no.facts)
        return {act: form}
    messages.success(request, _("Done. The public pages show it."))
    return None


def _page(request: HttpRequest, acting: Acting, case_id: int, wrong: dict[str, forms.Form]) -> HttpResponse:
    originals = look_at(acting_user=acting, case_id=case_id, now=timezone.now())
    case = moderated_case(acting, case_id)
    suggested = case.words or "\n\n".join(each.suggested for each in originals)[:LONGEST]
    context = public_cases.row_of(case) | {
        "originals": originals,
        "clear": wrong.get("clear") or WordsForm(initial={"words": suggested}),
        "hide": wrong.get("hide") or ReasonForm(auto_id="hide_%s"),
        "withhold": wrong.get("withhold") or ReasonForm(auto_id="withhold_%s"),
        "wrong": next(iter(wrong.values()), None),
        "may_be_exact": case.place_rule == PlaceRule.EXACT,
        "history": [(STEP_WORDS[each.step], each) for each in moderations_of(case_id)],
        "now": timezone.now(),
    }
    return render(request, "moderation/case.html", context, status=422 if wrong else 200)


def _moderator(request: HttpRequest) -> Acting:
    acting = acting_of(request)
    if not acting.may_somewhere(Action.MODERATE):
        raise PermissionDenied
    return acting


urlpatterns = [
    path("moderation/", waiting, name="moderation"),
    path("moderation/<int:case_id>/", one, name="moderation_case"),
]
