"""One form for each step of a case."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.cases.terms import Severity, Step
from anlan.edge.pages import case_labels
from anlan.edge.pages.photo_field import PhotosField
from anlan.store.readers.cases import CaseView

WORDS = 2000


class StepForm(forms.Form):
    """What every step carries: the version of the case that the person has read."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class AcceptForm(StepForm):
    severity = forms.ChoiceField(label=_("How bad is it"), widget=forms.RadioSelect)
    category_code = forms.ChoiceField(label=_("Category"), required=False)


class ReasonForm(StepForm):
    reason = forms.CharField(
        label=_("Why"),
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays in the history."),
    )


class MaybeReasonForm(StepForm):
    reason = forms.CharField(label=_("Note"), max_length=WORDS, required=False)


class DispatchForm(StepForm):
    unit_code = forms.ChoiceField(label=_("Send to"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Note"),
        max_length=WORDS,
        required=False,
        help_text=_("Needed when you choose another unit than the suggested one."),
    )


class RectifyForm(StepForm):
    done = forms.CharField(
        label=_("What was done"), max_length=WORDS, widget=forms.Textarea(attrs={"rows": 3})
    )
    pictures = PhotosField(label=_("Photos of the place now"), help_text=_("At least one, at most 4."))


class PassForm(StepForm):
    seen = forms.CharField(
        label=_("What you saw on site"), max_length=WORDS, widget=forms.Textarea(attrs={"rows": 3})
    )
    pictures = PhotosField(
        label=_("Your photos"), help_text=_("Taken after the rectification. At least one.")
    )


class FailForm(StepForm):
    reason = forms.CharField(
        label=_("What is still wrong"), max_length=WORDS, widget=forms.Textarea(attrs={"rows": 3})
    )
    pictures = PhotosField(label=_("Your photos"), required=False)


class ParkForm(ReasonForm):
    review_on = forms.DateField(
        label=_("Review on"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The clock stands still until then."),
    )


class JoinForm(StepForm):
    into = forms.CharField(
        label=_("Number of the other case"), max_length=20, help_text=_("Such as CX-2026-018042.")
    )
    reason = forms.CharField(label=_("Note"), max_length=WORDS, required=False)

    def clean_into(self) -> int:
        """The id in the number that was typed."""
        tail = str(self.cleaned_data["into"]).strip().rpartition("-")[2]
        if not tail.isdecimal() or len(tail) > 18:
            raise forms.ValidationError(
                _("Write the number as it stands on the case, such as CX-2026-018042.")
            )
        return int(tail)


FORMS: Mapping[Step, type[StepForm]] = {
    Step.ACCEPT: AcceptForm,
    Step.REJECT: ReasonForm,
    Step.MERGE: JoinForm,
    Step.UNMERGE: MaybeReasonForm,
    Step.DISPATCH: DispatchForm,
    Step.RECALL: ReasonForm,
    Step.CANCEL: ReasonForm,
    Step.START: StepForm,
    Step.RETURN: ReasonForm,
    Step.RECTIFY: RectifyForm,
    Step.PASS: PassForm,
    Step.FAIL: FailForm,
    Step.CLOSE: StepForm,
    Step.REOPEN: ReasonForm,
    Step.PARK: ParkForm,
    Step.RESUME: StepForm,
}


def form_for(step: Step, view: CaseView, data: Any = None, files: Any = None) -> StepForm:
    """The form of `step` on this case, filled with what was sent or with what is right most often."""
    form = FORMS[step](data, files, initial=_initial(step, view), auto_id=f"{step}_%s")
    _fill_choices(form, view)
    return form


def _initial(step: Step, view: CaseView) -> dict[str, Any]:
    initial: dict[str, Any] = {"version": view.case.version}
    if step is Step.ACCEPT:
        initial |= {"severity": view.case.severity, "category_code": view.case.category.code}
    if step is Step.DISPATCH:
        initial |= {"unit_code": next((load.unit.code for load in view.units if load.suggested), None)}
    if step is Step.PARK:
        initial |= {"review_on": timezone.localdate() + timedelta(days=30)}
    return initial


def _fill_choices(form: StepForm, view: CaseView) -> None:
    choices: dict[str, Callable[[], list[tuple[str, Any]]]] = {
        "severity": lambda: [(severity.value, case_labels.SEVERITIES[severity]) for severity in Severity],
        "category_code": lambda: [
            (each.code, case_labels.category_name(each, each.parent)) for each in view.categories
        ],
        "unit_code": lambda: [(load.unit.code, load.unit.name) for load in view.units],
    }
    for name, make in choices.items():
        field = form.fields.get(name)
        if isinstance(field, forms.ChoiceField):
            field.choices = make()


def start_of(day: Any) -> datetime:
    """Midnight at which a local day begins."""
    return timezone.make_aware(datetime.combine(day, time()))
