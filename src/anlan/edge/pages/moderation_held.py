"""Reports that wait for a person: groups that look alike, one decision for each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django import forms
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
from anlan.edge.pages.case_labels import category_name
from anlan.edge.pages.manage_fields import area_field
from anlan.edge.pages.moderation import REFUSALS, ReasonForm, moderator
from anlan.edge.pages.public_words import REFUSALS as PUBLIC_REFUSALS
from anlan.edge.pages.text_fields import PlainText
from anlan.flows.decide_held import Placing, decide_held, look_at_held, undo_set_aside
from anlan.staff.terms import Action
from anlan.store.readers.held import HeldPage, decided_lately, held_page, waiting_groups
from anlan.store.readers.mail import aside_count, may_see_mailbox
from anlan.store.readers.queue import active_categories
from anlan.store.readers.staff import Acting

WHY: Mapping[str, Promise] = MappingProxyType(
    {
        HeldFor.SAME_WORDS: _("Many with the same words"),
        HeldFor.SAME_PLACE: _("Many of one place"),
        HeldFor.LINK: _("A link in the words"),
        HeldFor.POT: _("A field was filled in that no person sees"),
        HeldFor.PACE: _("Very much from one network"),
        HeldFor.UNCLEAR: _("A mail that does not say clearly what kind it is, or where"),
    }
)
DECIDED: Mapping[str, Promise] = MappingProxyType(
    {
        Decision.LET_IN: _("Let in"),
        Decision.LET_IN_TOGETHER: _("Let in as one case"),
        Decision.SET_ASIDE: _("Set aside"),
    }
)


PLACING_REFUSALS: Mapping[str, Promise] = MappingProxyType(
    {
        "kind_missing": _("Choose the kind first: some of these reports name none."),
        "category_unknown": _("This kind is no longer in use. Choose another one."),
        "area_unknown": _("This area is no longer in use. Choose another one."),
    }
)


class PlacingForm(forms.Form):
    """Of which kind it is and where, for reports that came without."""

    category_code = forms.ChoiceField(label=_("Kind"), error_messages={"required": _("Choose the kind")})
    address = PlainText(
        label=_("Where exactly"),
        max_length=200,
        required=False,
        help_text=_("As it would be said to whoever goes there"),
    )

    def __init__(self, acting: Acting, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = [(each.code, category_name(each, each.parent)) for each in active_categories()]
        chosen = self.fields["category_code"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [("", _("Choose a kind")), *kinds]
        self.fields["area_code"] = area_field(acting, Action.MODERATE)
        self.order_fields(["category_code", "area_code", "address"])


@login_required
@never_cache
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The groups that wait, and what was decided last."""
    acting = moderator(request)
    context = {
        "groups": [(WHY[each.why], each) for each in waiting_groups(acting)],
        "decided": [_decided_line(each) for each in decided_lately(acting)],
        "sees_mailbox": may_see_mailbox(acting),
        "mails_aside": aside_count(acting),
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
    if request.method != "POST":
        look_at_held(acting_user=acting, group_id=group_id, now=timezone.now())
        page = held_page(acting, group_id)
        return _page(request, page, ReasonForm(), _placing_of(acting, page))
    page = held_page(acting, group_id)
    decision = _decision(request)
    aside = ReasonForm(request.POST if decision is Decision.SET_ASIDE else None)
    placing = _placing_of(acting, page, request.POST if decision is not Decision.SET_ASIDE else None)
    form = aside if decision is Decision.SET_ASIDE else placing
    if form is not None and not form.is_valid():
        return _page(request, page, aside, placing, wrong=form)
    facts = form.cleaned_data if form is not None else {}
    try:
        done = _decide(acting, group_id, decision, facts)
    except Refused as no:
        form = form or aside
        form.add_error(None, str({**REFUSALS, **PUBLIC_REFUSALS, **PLACING_REFUSALS}[no.reason]) % no.facts)
        return _page(request, page, aside, placing, wrong=form)
    said = ngettext("Decided on %(n)s report: %(what)s", "Decided on %(n)s reports: %(what)s", done)
    messages.success(request, said % {"n": done, "what": DECIDED[decision]})
    return redirect("moderation_held")


def _decision(request: HttpRequest) -> Decision:
    """What the button says; a word that is none of them sets nothing aside and lets nothing in by itself."""
    word = request.POST.get("decision", "")
    return Decision(word) if word in set(Decision) else Decision.SET_ASIDE


def _placing_of(acting: Acting, page: HeldPage, data: Any = None) -> PlacingForm | None:
    """The form that asks for kind and place, when a report of the group came without a kind."""
    unclear = next((each for each in page.shown if each.category is None), None)
    if unclear is None:
        return None
    known = "" if unclear.area.parent_id is None else f"{unclear.area.name} ({unclear.area.code})"
    begun = {"area_code": known, "address": unclear.told.get("address", "")}
    return PlacingForm(acting, data, initial=begun)


def _decide(acting: Acting, group_id: int, decision: Decision, facts: Mapping[str, Any]) -> int:
    common: dict[str, Any] = {"acting_user": acting, "group_id": group_id, "now": timezone.now()}
    if decision is Decision.SET_ASIDE:
        return decide_held(**common, decision=decision, reason=facts["reason"])
    return decide_held(**common, decision=decision, placing=Placing(**facts))


@login_required
@require_POST
def let_in_after_all(request: HttpRequest, held_id: int) -> HttpResponse:
    """Let in what was set aside; what names no kind waits again for somebody who does."""
    case_id = undo_set_aside(acting_user=moderator(request), held_id=held_id, now=timezone.now())
    if case_id is None:
        messages.success(request, gettext("It waits again: say of which kind it is."))
        return redirect("moderation_held")
    messages.success(request, gettext("Let in after all."))
    return redirect("moderation_case", case_id)


def _page(
    request: HttpRequest,
    page: HeldPage,
    aside: ReasonForm,
    placing: PlacingForm | None,
    wrong: forms.Form | None = None,
) -> HttpResponse:
    context = {
        "page": page,
        "why": WHY[page.group.why],
        "rows": [_row(each, page.group.why) for each in page.shown],
        "more": page.total - len(page.shown),
        "form": wrong or aside,
        "aside": aside,
        "placing": placing,
        "now": timezone.now(),
    }
    return render(request, "moderation/held_group.html", context, status=422 if wrong is not None else 200)


def _row(held: Any, why: str) -> dict[str, Any]:
    return {
        "held": held,
        "category": _named(held.category),
        "words": held.told.get("words", ""),
        "answers": held.told.get("answers", ()),
        "address": held.told.get("address", ""),
        "also": [WHY[each] for each in held.reasons if each != why],
    }


def _named(category: Any) -> str:
    if category is None:
        return gettext("Kind not said")
    return str(category.name_en if get_language() == "en" else category.name_zh)


urlpatterns = [
    path("moderation/held/", waiting, name="moderation_held"),
    path("moderation/held/<int:group_id>/", group, name="moderation_held_group"),
    path("moderation/held/reports/<int:held_id>/let-in", let_in_after_all, name="moderation_held_let_in"),
]
