"""The forms with which a unit asks for more time, and with which somebody else answers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.cases.limits import TimeUnit
from anlan.edge.pages import labels
from anlan.edge.pages.case_forms import WORDS, ReasonForm, StepForm
from anlan.edge.pages.case_labels import TIME_UNITS
from anlan.flows import extend_stage
from anlan.flows.manage_limits import LONGEST


class AskForm(ReasonForm):
    """How much more time, and why."""

    field_order = ("version", "amount", "unit", "reason")
    amount = forms.IntegerField(label=_("How much longer (number)"), min_value=1, max_value=LONGEST)
    unit = forms.ChoiceField(
        label=_("Counted in"), choices=lambda: labels.options(TIME_UNITS), initial=TimeUnit.WORKING_DAYS
    )


class AnswerForm(StepForm):
    """Yes or no, and why."""

    granted = forms.ChoiceField(
        label=_("Your answer"),
        choices=[("yes", _("Grant the time")), ("no", _("Decline"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when you decline. It stays in the history."),
    )


def answer(granted: str, **facts: Any) -> Any:
    """Grant or decline, as the form says."""
    flow = extend_stage.grant_time if granted == "yes" else extend_stage.decline_time
    return flow(**facts)
