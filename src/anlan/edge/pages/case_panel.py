"""What the page of a case says about its next step: whose turn, what it takes, what is open, what is shut."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from anlan.base.errors import Refused
from anlan.cases.terms import PhotoStage, Step
from anlan.edge.pages import case_labels
from anlan.edge.pages.case_forms import StepForm, form_for
from anlan.edge.pages.refusals import refusal_text
from anlan.edge.pages.rule_words import route_words
from anlan.edge.pages.times import moment
from anlan.staff.terms import Action
from anlan.store.readers.cases import CaseView
from anlan.store.readers.routing import UnitLoad
from anlan.store.readers.staff import Acting


@dataclass(frozen=True)
class Offer:
    """A step that is open to this person, with its form; `chief` steps get the main button."""

    step: Step
    form: StepForm
    chief: bool
    tried: bool
    folded: bool
    loads: list[UnitLoad]


@dataclass(frozen=True)
class Lost:
    """A form that was sent for a step that is no longer open: its words, to be copied, and its errors."""

    words: str
    errors: list[str]
    typed: list[tuple[str, str]]


SECOND = frozenset({Step.FAIL, Step.START})
"""Steps on the main road whose button is not the main one."""


def panel(view: CaseView, tried: Mapping[Step, StepForm], now: Any) -> dict[str, Any]:
    """The context of the templates case/*.html."""
    offers = {
        step: Offer(
            step,
            tried.get(step) or form_for(step, view),
            chief=step in view.options.main and step not in SECOND,
            tried=step in tried,
            folded=step is Step.FAIL,
            loads=view.units,
        )
        for step in (*view.options.main, *view.options.side)
    }
    lost = [lost_of(case_labels.STEPS[step], form) for step, form in tried.items() if step not in offers]
    beside = Step.MERGE if view.similar and Step.MERGE not in tried else None
    return {
        "main": [offers[step] for step in view.options.main],
        "side": [offers[step] for step in view.options.side if step is not beside],
        "shut": [(case_labels.STEPS[step], refusal_text(Refused(why))) for step, why in view.options.shut],
        "lost": lost,
        "needs": needs(view, now),
        "evidence": evidence(view),
        "route": route_words(view.case.route_reason),
        "wrong_routes": [(each, route_words(each.route)) for each in view.wrong_routes],
        "rules_now": rules_now(view),
        "waits_for": case_labels.WAITING[view.case.stage] if view.case.stage else "",
        "may_join": Step.MERGE in view.options.side,
    }


def lost_of(words: object, form: StepForm) -> Lost:
    """What was sent for the step called `words`, which the page offers no more."""
    fields = [field for field in form if isinstance(field.field.widget, forms.TextInput | forms.Textarea)]
    return Lost(
        words=str(words),
        errors=[str(error) for errors in form.errors.values() for error in errors],
        typed=[(str(field.label), field.value()) for field in fields if field.value()],
    )


def may_of(acting: Acting, view: CaseView) -> dict[str, bool]:
    """Which links of the section on proof open to this person."""
    links = {
        "may_secure": Action.HANDLE,
        "may_answer_time": Action.PARK,
        "may_dispatch": Action.DISPATCH,
        "may_verify": Action.VERIFY,
        "may_triage": Action.TRIAGE,
        "may_audit": Action.VIEW_AUDIT,
        "may_write": Action.VIEW_CONTACT,
    }
    return {name: acting.may(action, view.case) for name, action in links.items()}


def needs(view: CaseView, now: Any) -> list[tuple[bool, str]]:
    """What a verification takes and what of it is there; [] when it is not this person's turn to verify."""
    if Step.PASS not in view.options.main or view.case.rectified_at is None:
        return []
    seen = [photo for photo in view.photos[PhotoStage.VERIFICATION] if photo.made_at > view.case.rectified_at]
    return [
        (True, _("You are outside the responsible unit")),
        (True, _("Rectified %(when)s") % {"when": moment(view.case.rectified_at, now)}),
        (bool(seen), _("A photo taken after that (%(n)d of 1)") % {"n": min(1, len(seen))}),
        (False, _("What you saw on site, in words")),
    ]


def evidence(view: CaseView) -> list[dict[str, Any]]:
    """Photos before, after, and the verifier's own, in that order; a missing one is an empty slot."""
    missing = {
        PhotoStage.BEFORE: _("No photo with the report"),
        PhotoStage.AFTER: _("No photo by the unit yet"),
        PhotoStage.VERIFICATION: _("No photo by a verifier yet"),
    }
    return [
        {"title": case_labels.PHOTO_STAGES[stage], "photos": view.photos[stage], "missing": missing[stage]}
        for stage in PhotoStage
    ]


def rules_now(view: CaseView) -> dict[str, Any]:
    """What the rules in force would say of a case that another unit has or was suggested; else {}."""
    now, case = view.now_says, view.case
    has = case.unit.code if case.unit else case.route_reason.get("unit", "")
    if not now or now["unit"] == has:
        return {}
    step = next(
        (step for step in (Step.DISPATCH, Step.RECALL) if step in (*view.options.main, *view.options.side)),
        "",
    )
    return {"unit": now["unit_name"], "why": route_words(now), "step": step}
