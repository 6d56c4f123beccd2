"""What is done about the task of another unit besides its steps, a page each: more time, other verifiers."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from anlan.base.errors import NotFound, Refused
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.case_forms import ReasonForm
from anlan.edge.pages.extension_forms import AnswerForm, AskForm
from anlan.edge.pages.proof import Act, did
from anlan.flows import case_tasks, extend_stage
from anlan.staff.terms import Action
from anlan.store.readers.cases import find_case
from anlan.store.readers.tasks import task_in


def _answer(granted: str, **facts: Any) -> Any:
    """Grant or decline, as the form says."""
    flow = extend_stage.grant_task_time if granted == "yes" else extend_stage.decline_task_time
    return flow(**facts)


ACTS: Mapping[str, Act] = {
    "more-time": Act(
        _("Ask for more time for the task"),
        _("Nothing moves until somebody else grants it. The end that was promised stays on file."),
        _("Send the request"),
        _("Asked. The desk will answer."),
        AskForm,
        Action.HANDLE,
        extend_stage.ask_for_task_time,
    ),
    "answer-time": Act(
        _("The unit asks for more time for its task"),
        _("If you grant it, the end of the task moves by so much; that of the whole case stays."),
        _("Send the answer"),
        _("Answered."),
        AnswerForm,
        Action.PARK,
        _answer,
    ),
    "draw-again": Act(
        _("Draw verifiers of the task anew"),
        _(
            "The draw before stays on file, and so does your reason. Nobody chooses who is drawn, and nobody "
            "asks twice for one rectification. The scores count such cases."
        ),
        _("Draw anew"),
        _("Drawn anew."),
        ReasonForm,
        Action.DISPATCH,
        case_tasks.draw_task_again,
    ),
}
"""By the last part of the address."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, case_id: int, task_id: int, name: str) -> HttpResponse:
    """One of ACTS: the form, or what came of it; a refusal shows the form with all that was typed."""
    doing, acting = ACTS[name], acting_of(request)
    case = find_case(acting, case_id)
    task = task_in(case, task_id)
    if task is None:
        raise NotFound
    if not acting.may(doing.action, task):
        raise Refused("not_permitted", action=doing.action)
    form = doing.form(request.POST.copy() or None, initial={"version": case.version})
    if form.is_valid():
        facts = {**form.cleaned_data, "task_id": task_id}
        if did(doing.flow, form, acting, case_id, facts) is not None:
            messages.success(request, str(doing.done))
            return redirect("case", case_id)
    context = {"case": case, "form": form, "title": doing.title, "lead": doing.lead, "button": doing.button}
    return render(request, "proof/act.html", context, status=422 if form.is_bound else 200)


urlpatterns = [
    path(
        f"cases/<int:case_id>/tasks/<int:task_id>/{name}/",
        act,
        {"name": name},
        name=f"task_{name.replace('-', '_')}",
    )
    for name in ACTS
]
