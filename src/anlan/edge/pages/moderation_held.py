"""Reports that wait for a person: groups that look alike, one decision for each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anlan.base.errors import Refused
from anlan.cases.holding import Decision, HeldFor
from anlan.edge.pages.moderation import REFUSALS, ReasonForm, moderator
from anlan.edge.pages.public_words import REFUSALS as PUBLIC_REFUSALS
from anlan.flows.decide_held import decide_held, look_at_held, undo_set_aside
from anlan.store.readers.held import HeldPage, decided_lately, held_page, waiting_groups
from anlan.store.readers.staff import Acting

WHY: Mapping[str, Promise] = MappingProxyType(
    {
        HeldFor.SAME_WORDS: _("Many with the same words"),
        HeldFor.SAME_PLACE: _("Many of one place"),
        HeldFor.LINK: _("A link in the words"),
        HeldFor.POT: _("A field was filled in that no person sees"),
        HeldFor.PACE: _("Very much from one network"),
    }
)
DECIDED: Mapping[str, Promise] = MappingProxyType(
    {
        Decision.LET_IN: _("Let in"),
        Decision.LET_IN_TOGETHER: _("Let in as one case"),
        Decision.SET_ASIDE: _("Set aside"),
    }
)


@login_required
@never_cache
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The groups that wait, and what was decided last."""
    acting = moderator(request)
    context = {
        "groups": [(WHY[each.why], each) for each in waiting_groups(acting)],
        "decided": [_decided_line(each) for each in decided_lately(acting)],
        "now": timezone.now(),
    }
    return render(request, "moderation/held.html", context)


def _decided_line(held: Any) -> dict[str, Any]:
    return {
        "held": held,
        "category": _named(held.category),
        "decision": DECIDED[held.decision],
        "may_undo": held.decision == Decision.SET_ASIDE and held.told,
    }


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """What waits of one group, with its words; the buttons decide on all of it."""
    acting = moderator(request)
    page = held_page(acting, group_id)
    if request.method != "POST":
        look_at_held(acting_user=acting, group_id=group_id, now=timezone.now())
        return _page(request, page, ReasonForm())
    form, decision = ReasonForm(request.POST), _decision(request)
    if decision is Decision.SET_ASIDE and not form.is_valid():
        return _page(request, page, form, status=422)
    try:
        done = _decide(acting, group_id, decision, str(request.POST.get("reason", "")))
    except Refused as no:
        form.add_error(None, str({**REFUSALS, **PUBLIC_REFUSALS}.get(no.reason, no.reason)) % no.facts)
        return _page(request, page, form, status=422)
    said = ngettext("Decided on %(n)s report: %(what)s", "Decided on %(n)s reports: %(what)s", done)
    messages.success(request, said % {"n": done, "what": DECIDED[decision]})
    return redirect("moderation_held")


def _decision(request: HttpRequest) -> Decision:
    """What the button says; a word that is none of them sets nothing aside and lets nothing in by itself."""
    word = request.POST.get("decision", "")
    return Decision(word) if word in set(Decision) else Decision.SET_ASIDE


def _decide(acting: Acting, group_id: int, decision: Decision, reason: str) -> int:
    return decide_held(
        acting_user=acting, group_id=group_id, decision=decision, now=timezone.now(), reason=reason[:500]
    )


@login_required
@require_POST
def let_in_after_all(request: HttpRequest, held_id: int) -> HttpResponse:
    """Let in what was set aside."""
    case_id = undo_set_aside(acting_user=moderator(request), held_id=held_id, now=timezone.now())
    messages.success(request, gettext("Let in after all."))
    return redirect("moderation_case", case_id)


def _page(request: HttpRequest, page: HeldPage, form: ReasonForm, status: int = 200) -> HttpResponse:
    context = {
        "page": page,
        "why": WHY[page.group.why],
        "rows": [_row(each, page.group.why) for each in page.shown],
        "more": page.total - len(page.shown),
        "form": form,
        "now": timezone.now(),
    }
    return render(request, "moderation/held_group.html", context, status=status)


def _row(held: Any, why: str) -> dict[str, Any]:
    return {
        "held": held,
        "category": _named(held.category),
        "words": held.told.get("words", ""),
        "address": held.told.get("address", ""),
        "also": [WHY[each] for each in held.reasons if each != why],
    }


def _named(category: Any) -> str:
    return str(category.name_en if get_language() == "en" else category.name_zh)


urlpatterns = [
    path("moderation/held/", waiting, name="moderation_held"),
    path("moderation/held/<int:group_id>/", group, name="moderation_held_group"),
    path("moderation/held/reports/<int:held_id>/let-in", let_in_after_all, name="moderation_held_let_in"),
]
