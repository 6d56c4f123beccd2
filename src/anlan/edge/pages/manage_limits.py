"""/manage/categories/of/<code>/limits/: how long a stage may take, by severity, in working time or not."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.cases.deadlines import LimitRow
from anlan.edge.pages import labels
from anlan.edge.pages.case_labels import LIMITED, SEVERITIES, TIME_UNITS, category_name
from anlan.edge.pages.manage import Change, answer, managing
from anlan.flows import manage_limits as flows
from anlan.staff.terms import Action
from anlan.store.readers.managed import touched_by_changing_category
from anlan.store.readers.managed_lists import one_category
from anlan.store.readers.staff import Acting

OF: Mapping[str, Promise] = {"": _("any severity"), **SEVERITIES}


class LimitForm(forms.Form):
    """One limit of a category."""

    stage = forms.ChoiceField(label=_("Limit of"), choices=lambda: labels.options(LIMITED))
    severity = forms.ChoiceField(label=_("For cases of"), required=False, choices=lambda: labels.options(OF))
    amount = forms.IntegerField(
        label=_("How long (number)"),
        help_text=_("0 takes the limit away: the plain hours of the category hold again."),
        min_value=0,
        max_value=flows.LONGEST,
    )
    unit = forms.ChoiceField(label=_("Counted in"), choices=lambda: labels.options(TIME_UNITS))
    amber_percent = forms.IntegerField(
        label=_("Near its end from (percent of its time)"), min_value=1, max_value=100, initial=67
    )


def limit_lines(limits: Iterable[LimitRow]) -> str:
    """The limits of a category in one line."""
    return "; ".join(
        f"{LIMITED[each.stage]} ({OF[each.severity]}): {each.amount} {TIME_UNITS[each.unit]}"
        for each in limits
    )


@managing(Action.MANAGE_CATEGORIES)
def change(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """Set or take away one limit, after showing what that touches."""
    category = one_category(acting, code)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        facts = flows.LimitFacts(**typed)
        flows.set_limit(acting_user=acting, code=code, facts=facts, seen=seen, now=timezone.now())

    return answer(
        request,
        Change(
            title=gettext("Limits of %(name)s") % {"name": category_name(category)},
            button=gettext("Save"),
            back=reverse("manage_category", args=[code]),
            form=LimitForm(request.POST or None),
            act=act,
            touched=lambda _typed: touched_by_changing_category(category),
        ),
    )
