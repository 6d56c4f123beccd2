"""/manage/responsible/: for what nobody is named, and the form to name a unit."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from anlan.edge.pages import labels
from anlan.edge.pages.case_labels import category_name
from anlan.edge.pages.manage import Change, answer, managing
from anlan.edge.pages.manage_fields import any_unit_field, area_field
from anlan.flows.name_responsible import name_responsible
from anlan.staff.terms import Action
from anlan.store.readers.queue import active_categories
from anlan.store.readers.responsibilities import NAMED_LEVELS, Wanted, holes, level_counts
from anlan.store.readers.staff import Acting

FILTERS = ("level", "area", "category", "after")


class NameForm(forms.Form):
    """Who answers for what, where."""

    def __init__(self, acting: Acting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"] = area_field(acting, Action.NAME_RESPONSIBLE)
        self.order_fields(("area_code", "category_code", "unit_code"))

    category_code = forms.ChoiceField(
        label=_("Category or family"),
        choices=lambda: [(each.code, category_name(each, each.parent)) for each in active_categories()],
    )
    unit_code = any_unit_field(_("Responsible unit"), help_text=_("Its name or its code; empty for nobody"))


@managing(Action.VIEW_ROUTING)
@require_safe
def gaps(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Counts for each level, then the pairs of area and category for which nobody is named."""
    typed = {name: request.GET.get(name, "").strip()[:200] for name in FILTERS}
    rows, after = holes(acting, Wanted(**typed))
    kept = {name: value for name, value in typed.items() if value and name != "after"}
    facts = {
        "counts": [(labels.LEVELS[each.level], each) for each in level_counts(acting)],
        "holes": [(labels.LEVELS[each.level], category_name(each), each) for each in rows],
        "wanted": typed,
        "levels": [(level, labels.LEVELS[level]) for level in NAMED_LEVELS],
        "categories": [
            (each.code, category_name(each, each.parent)) for each in active_categories() if each.parent_id
        ],
        "may_name": acting.may_somewhere(Action.NAME_RESPONSIBLE),
        "next_address": "?" + urlencode(kept | {"after": after}) if after else "",
    }
    return render(request, "manage/named.html", facts)


@managing(Action.NAME_RESPONSIBLE)
def name(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Name the unit that answers."""

    def act(typed: dict[str, Any], seen: str | None) -> None:
        name_responsible(acting_user=acting, now=timezone.now(), **typed)

    initial = {"area_code": request.GET.get("area", ""), "category_code": request.GET.get("category", "")}
    return answer(
        request,
        Change(
            title=gettext("Name a responsible unit"),
            button=gettext("Name the unit"),
            back=reverse("manage_named"),
            form=NameForm(acting, request.POST or None, initial=initial),
            act=act,
        ),
    )
