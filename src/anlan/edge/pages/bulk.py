"""One step for many cases: chosen on the queue, looked at, said yes to, watched."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from anlan.base.errors import Refused
from anlan.cases import bulk, states
from anlan.cases.bulk import CHANGED, DONE, FAILED, REFUSED, WAITING
from anlan.cases.terms import Step
from anlan.edge.pages import case_labels
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.case_forms import WORDS, start_of
from anlan.edge.pages.queue import address_of, filters_in
from anlan.edge.pages.refusals import refusal_text
from anlan.flows.bulk_steps import confirm_bulk, prepare_bulk, run_bulk_part
from anlan.store.readers.many import BulkView, bulk_runs, bulk_view, units_to_choose
from anlan.store.readers.queue import chosen_cases, visible
from anlan.store.readers.staff import Acting

OUTCOMES = {
    DONE: gettext_lazy("Done"),
    CHANGED: gettext_lazy("Changed meanwhile: nothing was done"),
    REFUSED: gettext_lazy("Not done"),
    FAILED: gettext_lazy("Not done, by a fault of this program: take the step on the case itself"),
    WAITING: gettext_lazy("Waits"),
}
MOST_TICKED = 200
"""Ticks that one form may send: eight pages of a queue."""


class WordsForm(forms.Form):
    """What a step asks for all the cases; a form has only the fields of its step."""

    unit_code = forms.ChoiceField(label=gettext_lazy("Send to"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It stays in the history of every case."),
    )
    review_on = forms.DateField(
        label=gettext_lazy("Review on"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


def form_of(step: Step, acting: Acting, data: QueryDict | None = None) -> WordsForm:
    """The form of a step."""
    form = WordsForm(data)
    for name in set(form.fields) - set(bulk.WORDS_OF[step]):
        del form.fields[name]
    if "reason" in form.fields:
        form.fields["reason"].required = step in states.REASON_NEEDED
    unit = form.fields.get("unit_code")
    if isinstance(unit, forms.ChoiceField):
        unit.choices = [("", _("Each to the unit suggested for it")), *units_to_choose(acting)]
    return form


@login_required
@require_POST
def prepare(request: HttpRequest) -> HttpResponse:
    """From the queue: keep what was ticked, or all that fits its filters, and show what would happen."""
    acting, now = acting_of(request), timezone.now()
    filters = filters_in(request.POST.get("query", ""))
    ticked = [int(pk) for pk in request.POST.getlist("case")[:MOST_TICKED] if pk.isdecimal() and len(pk) < 19]
    everything = request.POST.get("which") == "all"
    cases = chosen_cases(acting, filters, now) if everything else visible(acting).filter(pk__in=ticked)
    step = request.POST.get("step", "")
    try:
        if step not in bulk.WORDS_OF:
            raise Refused("not_in_bulk")
        run = prepare_bulk(acting_user=acting, step=Step(step), cases=cases, now=now)
    except Refused as no:
        messages.error(request, refusal_text(no))
        return redirect(f"{reverse('queue')}{address_of(filters)}")
    return redirect("bulk_run", run.pk)


@login_required
def show(request: HttpRequest, run_id: int) -> HttpResponse:
    """The preview of a run and its form, and after the yes what became of each case."""
    acting = acting_of(request)
    view = bulk_view(acting, run_id)
    step = Step(view.run.step)
    if request.method != "POST":
        return _page(request, view, form_of(step, acting))
    form = form_of(step, acting, request.POST)
    if form.is_valid() and _confirmed(form, acting, run_id):
        return redirect("bulk_run", run_id)
    return _page(request, view, form, 422)


@login_required
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """What one has done with many cases lately."""
    rows = [(run, case_labels.STEPS[run.step]) for run in bulk_runs(acting_of(request))]
    return render(request, "many/runs.html", {"rows": rows})


def _confirmed(form: WordsForm, acting: Acting, run_id: int) -> bool:
    """Say yes, and do the first cases at once; a refusal stands on the form."""
    words = {name: value for name, value in form.cleaned_data.items() if name != "review_on"}
    if "review_on" in form.cleaned_data:
        words["review_at"] = start_of(form.cleaned_data["review_on"]).isoformat()
    try:
        run = confirm_bulk(acting_user=acting, run_id=run_id, words=words, now=timezone.now())
    except Refused as no:
        form.add_error(None, refusal_text(no))
        return False
    run_bulk_part(acting_user=None, run_id=run.pk, now=timezone.now())
    return True


def _page(request: HttpRequest, view: BulkView, form: WordsForm, status: int = 200) -> HttpResponse:
    step = Step(view.run.step)
    context = {
        "view": view,
        "run": view.run,
        "form": form,
        "step": case_labels.STEPS[step],
        "most": bulk.MOST,
        "rows": [(row, _outcome(row.outcome, row.why), _why(row.why, row.facts)) for row in view.rows],
        "counts": [(OUTCOMES[name], view.counts.get(name, 0)) for name in OUTCOMES],
        "unable": view.total - view.able,
    }
    return render(request, "many/bulk.html", context, status=status)


def _outcome(outcome: str, why: str) -> str:
    if outcome == WAITING:
        return _("Cannot") if why else _("Can")
    return str(OUTCOMES[outcome])


def _why(why: str, facts: Mapping[str, Any]) -> str:
    return refusal_text(Refused(why, **facts)) if why else ""


urlpatterns: list[URLPattern] = [
    path("cases/many/", prepare, name="bulk"),
    path("cases/many/runs/", runs, name="bulk_runs"),
    path("cases/many/<int:run_id>/", show, name="bulk_run"),
]
