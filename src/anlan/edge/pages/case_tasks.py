"""The steps of the tasks of a case."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.task_states import TaskStep
from anlan.edge.pages import case_labels
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.case import page_of
from anlan.edge.pages.case_forms import StepForm
from anlan.edge.pages.refusals import refusal_text
from anlan.edge.pages.task_panel import give_form, task_form
from anlan.flows import case_tasks as flows
from anlan.store.readers.cases import case_view, missed_events

FLOWS: Mapping[TaskStep, Callable[..., object]] = {
    TaskStep.START: flows.start_task,
    TaskStep.RECTIFY: flows.rectify_task,
    TaskStep.PASS: flows.pass_task,
    TaskStep.FAIL: flows.fail_task,
    TaskStep.WITHDRAW: flows.withdraw_task,
}


@login_required
@require_POST
def give(request: HttpRequest, case_id: int) -> HttpResponse:
    """Give another unit a task."""
    view = case_view(acting_of(request), case_id, timezone.now())
    return _answer(request, case_id, "give", give_form(view, request.POST.copy()), flows.give_task)


@login_required
@require_POST
def step(request: HttpRequest, case_id: int, task_id: int, name: str) -> HttpResponse:
    """Take one step of a task; a refusal shows the case again with the reason and all that was typed."""
    if name not in FLOWS:
        raise NotFound
    taken = TaskStep(name)
    view = case_view(acting_of(request), case_id, timezone.now())
    task = next((task for task in view.tasks if task.pk == task_id), None)
    if task is None:
        raise NotFound
    form = task_form(view, task, taken, request.POST.copy(), request.FILES)
    return _answer(
        request, case_id, f"{task_id}-{taken}", form, lambda **call: FLOWS[taken](task_id=task_id, **call)
    )


def _answer(
    request: HttpRequest, case_id: int, name: str, form: StepForm, flow: Callable[..., object]
) -> HttpResponse:
    acting, now = acting_of(request), timezone.now()
    if form.is_valid():
        try:
            flow(acting_user=acting, case_id=case_id, now=now, **form.cleaned_data)
        except Refused as refusal:
            if refusal.reason == "not_permitted":
                raise
            form.add_error(None, refusal_text(refusal))
        except Conflict as conflict:
            missed = missed_events(acting, case_id, conflict.missed)
            form.add_error(None, case_labels.changed_meanwhile([event.step for event in missed]))
            form.data["version"] = form.cleaned_data["version"] + conflict.missed  # type: ignore[index]
        else:
            messages.success(request, gettext("Saved."))
            return redirect("case", case_id)
    return page_of(request, case_view(acting, case_id, now), status=422, task_tried=(name, form))
