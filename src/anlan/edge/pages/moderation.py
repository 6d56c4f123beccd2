"""What the public reads: cases that wait for it, and one case with its words as they came."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anlan.base.errors import NotFound, Refused
from anlan.edge.pages import public_cases
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.moderated_photos import COMPLAINTS, boxes_in, photo_rows
from anlan.edge.pages.text_fields import PlainText
from anlan.flows.cover_photo import clear_photo, hide_photo, hold_photos
from anlan.flows.moderate import (
    LONGEST,
    Original,
    Source,
    clear_words,
    hide_case,
    look_at,
    show_case,
    withhold_words,
)
from anlan.publishing.terms import ModerationStep, PlaceRule
from anlan.staff.terms import Action
from anlan.store.readers.held import waiting_count
from anlan.store.readers.moderation import VIEWS, moderated_case, moderation_page, moderations_of
from anlan.store.readers.public_cases import PublicRow
from anlan.store.readers.public_photos import complaints_of, looks_at
from anlan.store.readers.staff import Acting

VIEW_WORDS: Mapping[str, Promise] = MappingProxyType(
    {
        "waiting": _("Words waiting"),
        "reported": _("Photos reported"),
        "photos": _("Photos waiting"),
        "cleared": _("Cleared"),
        "hidden": _("Hidden"),
    }
)
STEP_WORDS: Mapping[str, Promise] = MappingProxyType(
    {
        ModerationStep.CLEARED: _("Words cleared"),
        ModerationStep.WITHHELD: _("Words taken back"),
        ModerationStep.HIDDEN: _("Hidden from the public"),
        ModerationStep.SHOWN: _("Shown again"),
        ModerationStep.PHOTO_CLEARED: _("Photo covered and cleared"),
        ModerationStep.PHOTO_HIDDEN: _("Photo hidden from the public"),
    }
)
REFUSALS: Mapping[str, Promise] = MappingProxyType(
    {
        "words_missing": _("Write what the public shall read, or hide the case."),
        "words_too_long": _("Up to %(most)s characters."),
        "reason_missing": _("Say why"),
        "kind_never_shown": _("Cases of this kind are never shown."),
        "covers_missing": _("Faces and plates are still being looked for. Try again in a minute."),
        "disk_full": _("There is no room on the disk of the city. Tell whoever runs it; try again later."),
        "cover_failed": _("This photo could not be covered. It stays hidden from the public."),
        "boxes_wrong": _("A box needs four numbers from 0 to 100."),
    }
)
SOURCE_WORDS: Mapping[str, Promise] = MappingProxyType(
    {
        Source.REPORT: _("A report"),
        Source.ANSWERS: _("Answers to what the kind asks"),
        Source.ADDITION: _("Added later by a reporter"),
        Source.DONE: _("What the unit says was done"),
    }
)


class WordsForm(forms.Form):
    """What the public will read; one of the two is enough."""

    words = PlainText(
        label=_("What was reported"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": None}),
        help_text=_("Names, phone numbers, plates and the like are covered already. Look for more."),
    )
    done = PlainText(
        label=_("What was done"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": None}),
        help_text=_("The public reads it once the case is closed. Without the names of people."),
    )
    with_address = forms.BooleanField(label=_("Show the address too"), required=False)


class ReasonForm(forms.Form):
    """Why."""

    reason = PlainText(label=_("Why"), max_length=500, error_messages={"required": _("Say why")})


@login_required
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Cases by view, the oldest first."""
    acting = moderator(request)
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "waiting"
    page = moderation_page(acting, view, public_cases.after_of(request.GET.get("after", "")))
    context = {
        "page": page,
        "rows": [public_cases.row_of(each) for each in page.cases],
        "view": view,
        "held": waiting_count(acting),
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
    acting = moderator(request)
    moderated_case(acting, case_id)
    if request.method == "POST":
        wrong = _decided(request, acting, case_id)
        if wrong is None:
            return redirect("moderation")
        return _page(request, acting, case_id, wrong)
    return _page(request, acting, case_id, {})


ACTS = ("clear", "withhold", "hide", "show")
"""What the buttons of a case say."""


def _decided(request: HttpRequest, acting: Acting, case_id: int) -> dict[str, forms.Form] | None:
    """Do what the button says; the form that must be put right, None when it was done."""
    act, now = request.POST.get("act", ""), timezone.now()
    if act not in ACTS:
        raise NotFound
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
    now = timezone.now()
    originals = look_at(acting_user=acting, case_id=case_id, now=now)
    hold_photos(acting_user=acting, case_id=case_id)
    case = moderated_case(acting, case_id)
    context = public_cases.row_of(case) | {
        "originals": [(SOURCE_WORDS[each.source], each) for each in originals],
        "clear": wrong.get("clear") or WordsForm(initial=_suggested(case, originals)),
        "photos": photo_rows(case_id, dict.fromkeys(wrong, request.POST)),
        "complaints": [(COMPLAINTS[each.reason], each) for each in complaints_of(case_id)],
        "looks": looks_at(case_id),
        "hide": wrong.get("hide") or ReasonForm(auto_id="hide_%s"),
        "withhold": wrong.get("withhold") or ReasonForm(auto_id="withhold_%s"),
        "wrong": next(iter(wrong.values()), None),
        "wrong_at": next(iter(wrong), ""),
        "may_be_exact": case.place_rule == PlaceRule.EXACT,
        "history": [(STEP_WORDS[each.step], each) for each in moderations_of(case_id)],
        "now": now,
    }
    return render(request, "moderation/case.html", context, status=422 if wrong else 200)


def _suggested(case: PublicRow, originals: Sequence[Original]) -> dict[str, str]:
    """What was cleared and nothing came since, else everything that was said, covered."""
    if case.waiting_since is None and (case.words or case.done_words):
        return {"words": case.words, "done": case.done_words}
    said = [each.suggested for each in originals if each.source != Source.DONE]
    done = [each.suggested for each in originals if each.source == Source.DONE]
    return {"words": "\n\n".join(said), "done": "\n\n".join(done)}


@login_required
@require_POST
def one_photo(request: HttpRequest, case_id: int, photo_id: UUID) -> HttpResponse:
    """Clear a photo with the boxes that are drawn over it, or hide it."""
    acting = moderator(request)
    moderated_case(acting, case_id)
    if request.POST.get("act") not in ("clear", "hide"):
        raise NotFound
    form = ReasonForm(request.POST)
    common: dict[str, Any] = {"acting_user": acting, "photo_id": photo_id, "now": timezone.now()}
    try:
        if request.POST.get("act") == "clear":
            clear_photo(**common, boxes=boxes_in(request.POST))
        elif form.is_valid():
            hide_photo(**common, **form.cleaned_data)
        else:
            return _page(request, acting, case_id, {str(photo_id): form})
    except Refused as no:
        form.add_error(None, str(REFUSALS[no.reason]) % no.facts)
        return _page(request, acting, case_id, {str(photo_id): form})
    messages.success(request, _("Done. The public pages show it."))
    return redirect("moderation_case", case_id)


def moderator(request: HttpRequest) -> Acting:
    """Who acts, if they may moderate anywhere. Raises PermissionDenied."""
    acting = acting_of(request)
    if not acting.may_somewhere(Action.MODERATE):
        raise PermissionDenied
    return acting


urlpatterns = [
    path("moderation/", waiting, name="moderation"),
    path("moderation/<int:case_id>/", one, name="moderation_case"),
    path("moderation/<int:case_id>/photos/<uuid:photo_id>/", one_photo, name="moderation_photo"),
]
