"""The page of a case: what is known, what happened, what may happen next, and the steps themselves."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.duties import ACTION_FOR
from anlan.cases.terms import Severity, Step
from anlan.edge.pages import case_labels
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.case_forms import StepForm, form_for, start_of
from anlan.edge.pages.case_panel import may_of, panel
from anlan.edge.pages.refusals import refusal_text
from anlan.edge.pages.task_panel import NOTHING_TRIED, Tried, task_panel
from anlan.flows import (
    close_case,
    dispatch_case,
    handle_case,
    join_cases,
    park_case,
    triage_case,
    verify_case,
)
from anlan.flows.note_look import note_look
from anlan.store.readers.cases import CaseView, case_view, missed_events
from anlan.store.readers.named_cases import leave_out_unseen, named_and_seen
from anlan.store.readers.staff import Acting

FLOWS: Mapping[Step, Callable[..., object]] = {
    Step.ACCEPT: lambda severity, **rest: triage_case.accept_case(severity=Severity(severity), **rest),
    Step.REJECT: triage_case.reject_case,
    Step.MERGE: lambda into, **rest: join_cases.join_case(into_id=into, **rest),
    Step.UNMERGE: join_cases.undo_join,
    Step.DISPATCH: dispatch_case.dispatch_case,
    Step.RECALL: dispatch_case.recall_case,
    Step.CANCEL: dispatch_case.cancel_case,
    Step.START: handle_case.start_case,
    Step.RETURN: handle_case.return_case,
    Step.RECTIFY: handle_case.rectify_case,
    Step.PASS: verify_case.pass_case,
    Step.FAIL: verify_case.fail_case,
    Step.CLOSE: close_case.close_case,
    Step.REOPEN: close_case.reopen_case,
    Step.PARK: lambda review_on, **rest: park_case.park_case(review_at=start_of(review_on), **rest),
    Step.RESUME: park_case.resume_case,
}


@login_required
@require_safe
def show(request: HttpRequest, case_id: int) -> HttpResponse:
    """A case, with a form for each step that this person may take."""
    acting, now = acting_of(request), timezone.now()
    view = case_view(acting, case_id, now)
    if not view.was_looked_at:
        note_look(acting_user=acting, case_id=case_id, now=now)
    return page_of(request, view)


@login_required
@require_POST
def step(request: HttpRequest, case_id: int, name: str) -> HttpResponse:
    """Take one step; a refusal shows the case again with the reason and all that was typed."""
    if name not in FLOWS:
        raise NotFound
    taken = Step(name)
    acting = acting_of(request)
    view = case_view(acting, case_id, timezone.now())
    if not acting.may(ACTION_FOR[taken], view.case):
        raise Refused("not_permitted", action=ACTION_FOR[taken])
    form = form_for(taken, view, request.POST.copy(), request.FILES)
    if form.is_valid() and _took(taken, form, acting, case_id):
        messages.success(request, case_labels.happened(taken))
        return redirect("case", case_id)
    return page_of(request, case_view(acting, case_id, timezone.now()), tried={taken: form}, status=422)


def _took(taken: Step, form: StepForm, acting: Acting, case_id: int) -> bool:
    """Take the step, or say on the form why not."""
    try:
        FLOWS[taken](acting_user=acting, case_id=case_id, now=timezone.now(), **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, refusal_text(refusal))
    except Conflict as conflict:
        missed = missed_events(acting, case_id, conflict.missed)
        form.add_error(None, case_labels.changed_meanwhile([event.step for event in missed]))
        form.data["version"] = form.cleaned_data["version"] + conflict.missed  # type: ignore[index]
    else:
        return True
    return False


def page_of(
    request: HttpRequest,
    view: CaseView,
    tried: dict[Step, StepForm] | None = None,
    status: int = 200,
    task_tried: Tried = NOTHING_TRIED,
) -> HttpResponse:
    now, proof = timezone.now(), view.proof
    seen = named_and_seen(acting_of(request), view, proof)
    leave_out_unseen(view.events, seen)
    context = {"view": view, "case": view.case, "now": now, "proof": proof, "seen": seen}
    context |= {"joined": [each for each in view.joined if each.pk in seen]}
    context |= {"assumed": view.assumed}
    context |= panel(view, tried or {}, now) | may_of(acting_of(request), view)
    context |= task_panel(view, proof, acting_of(request), *task_tried)
    return render(request, "case/case.html", context, status=status)
