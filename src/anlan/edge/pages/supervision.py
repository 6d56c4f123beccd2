"""/supervision/: campaigns that look at closed cases or at villages once more."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from anlan.base.errors import NotFound, Refused
from anlan.cases.supervision import MOST, Finding, Picks
from anlan.cases.words import case_id_in
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.case_labels import category_name
from anlan.edge.pages.labels import options
from anlan.edge.pages.manage import Change, answer, managing
from anlan.edge.pages.manage_fields import area_field
from anlan.edge.pages.refusals import refusal_text
from anlan.edge.pages.staff_fields import name_field
from anlan.edge.pages.text_fields import PlainText
from anlan.flows.supervise import Plan, begin_campaign, record_check
from anlan.staff.terms import Action, Spot
from anlan.store.readers.queue import active_categories
from anlan.store.readers.staff import Acting
from anlan.store.readers.supervision import campaigns, one_campaign, one_check, wrong_in_draw

PICKS: Mapping[str, Promise] = {
    Picks.CASES: _("Closed cases: is the hazard gone?"),
    Picks.AREAS: _("Villages: what did nobody report?"),
}
FINDINGS: Mapping[str, Promise] = {
    Finding.IN_ORDER: _("In order"),
    Finding.HAZARD: _("There is a hazard: open a case"),
}


def _categories(empty: Any) -> list[tuple[str, Any]]:
    named = [(each.code, category_name(each, each.parent)) for each in active_categories()]
    return [("", empty), *named]


class PlanForm(forms.Form):
    """What a campaign looks at, where, when, and how many, or which."""

    name = name_field(_("Name of the campaign"), longest=60)
    picks = forms.ChoiceField(label=_("What is looked at"), choices=lambda: options(PICKS))
    category_code = forms.ChoiceField(
        label=_("Category"), required=False, choices=lambda: _categories(_("All categories"))
    )
    begins_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    most = forms.IntegerField(
        label=_("How many"),
        required=False,
        min_value=1,
        max_value=MOST,
        help_text=_("They are drawn, so that nobody chooses."),
    )
    chosen = PlainText(
        label=_("Or these"),
        required=False,
        max_length=MOST * 40,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Numbers of cases, or codes of villages, one a line: chosen by you instead of drawn."),
    )
    why = PlainText(
        label=_("Why these"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when you choose them. It stays with the campaign."),
    )

    def __init__(self, acting: Acting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"] = area_field(acting, Action.SUPERVISE)
        self.order_fields(("name", "picks", "area_code"))

    def clean(self) -> dict[str, Any]:
        """How many are drawn, or which were chosen: one of the two; numbers of cases become their ids."""
        typed = super().clean() or self.cleaned_data
        words = typed.get("chosen", "").replace(",", " ").replace("，", " ").split()
        if not words and typed.get("most") is None and "most" not in self.errors:
            self.add_error("most", gettext("Say how many, or which."))
        typed["chosen"] = self._ids(words) if typed.get("picks") == Picks.CASES else tuple(words)
        return typed | {"most": typed.get("most") or 0}

    def _ids(self, words: list[str]) -> tuple[str, ...]:
        """The ids of cases, as text, by their numbers."""
        found = {each: case_id_in(each) for each in words}
        wrong = [each for each, number in found.items() if number is None]
        if wrong:
            text = gettext("This is no number of a case: %(words)s. It looks like CX-2026-018042.")
            self.add_error("chosen", text % {"words": gettext(", ").join(wrong[:5])})
        return tuple(str(number) for number in found.values() if number is not None)


class CheckForm(forms.Form):
    """What was found."""

    finding = forms.ChoiceField(
        label=_("What was found"), widget=forms.RadioSelect, choices=lambda: options(FINDINGS)
    )
    words = PlainText(label=_("What was seen"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    category_code = forms.ChoiceField(
        label=_("Kind of hazard"),
        required=False,
        choices=lambda: _categories(_("As the case that was looked at")),
    )


@login_required
@require_safe
def show_all(request: HttpRequest) -> HttpResponse:
    """The campaigns of this person's area."""
    acting = acting_of(request)
    if not (acting.may_somewhere(Action.SUPERVISE) or acting.may_somewhere(Action.VIEW_AUDIT)):
        raise Refused("not_permitted")
    found = campaigns(acting)
    facts = {
        "campaigns": [(each, PICKS[Picks(each.picks)]) for each in found],
        "may_add": acting.may_somewhere(Action.SUPERVISE),
    }
    return render(request, "supervision/campaigns.html", facts)


@login_required
@require_safe
def show(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """One campaign: how it was drawn, and what was found where."""
    acting = acting_of(request)
    campaign, checks = one_campaign(acting, campaign_id)
    done = [each for each in checks if each.finding]
    facts = {
        "campaign": campaign,
        "picks": PICKS[Picks(campaign.picks)],
        "category": category_name(campaign.category) if campaign.category else "",
        "checks": [(each, FINDINGS[Finding(each.finding)] if each.finding else "") for each in checks],
        "done": len(done),
        "hazards": sum(each.finding == Finding.HAZARD for each in done),
        "drawn_from": len(campaign.eligible),
        "may_record": acting.may(Action.SUPERVISE, Spot(campaign.area_path)) and _runs(campaign),
    }
    return render(request, "supervision/campaign.html", facts | _audited(acting, campaign, checks))


def _audited(acting: Acting, campaign: Any, checks: Any) -> dict[str, Any]:
    """For auditors of the area: the draw, repeated before their eyes, and all that repeats it."""
    if campaign.seed is None or not acting.may(Action.VIEW_AUDIT, Spot(campaign.area_path)):
        return {}
    wrong = wrong_in_draw(campaign, checks)
    return {"seed": bytes(campaign.seed.seed).hex(), "wrong": wrong and refusal_text(Refused(wrong))}


def _runs(campaign: Any) -> bool:
    """Is today one of its days?"""
    return bool(campaign.begins_on <= timezone.localdate() <= campaign.ends_on)


@managing(Action.SUPERVISE)
def add(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Begin a campaign."""

    def act(typed: dict[str, Any], seen: str | None) -> None:
        plan = Plan(**typed | {"picks": Picks(typed["picks"])})
        begin_campaign(acting_user=acting, plan=plan, now=timezone.now())

    change = Change(
        title=gettext("Begin a campaign"),
        button=gettext("Begin the campaign"),
        back=reverse("supervision"),
        form=PlanForm(acting, request.POST or None),
        act=act,
    )
    return answer(request, change)


@managing(Action.SUPERVISE)
def check(request: HttpRequest, acting: Acting, check_id: int) -> HttpResponse:
    """Record what was found at one picked case or area."""
    picked = one_check(acting, check_id)
    if not acting.may(Action.SUPERVISE, Spot(picked.campaign.area_path)):
        raise NotFound

    def act(typed: dict[str, Any], seen: str | None) -> None:
        record_check(
            acting_user=acting,
            check_id=check_id,
            finding=Finding(typed["finding"]),
            words=typed["words"],
            category_code=typed["category_code"],
            now=timezone.now(),
        )

    title = picked.case.title if picked.case is not None else picked.area.name
    change = Change(
        title=gettext("What was found: %(name)s") % {"name": title},
        button=gettext("Record"),
        back=reverse("campaign", args=[picked.campaign_id]),
        form=CheckForm(request.POST or None),
        act=act,
    )
    return answer(request, change)


urlpatterns: list[URLPattern] = [
    path("", show_all, name="supervision"),
    path("add/", add, name="campaign_add"),
    path("<int:campaign_id>/", show, name="campaign"),
    path("check/<int:check_id>/", check, name="campaign_check"),
]
