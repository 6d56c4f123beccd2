"""The page on which somebody at the desk writes to a reporter."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from anlan.base.errors import NotFound, Refused
from anlan.cases.intake import title_of
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.case_forms import WORDS, StepForm
from anlan.edge.pages.proof import did
from anlan.edge.pages.text_fields import PlainText
from anlan.flows.write_reporter import write_reporter
from anlan.staff.terms import Action
from anlan.store.readers.cases import find_case
from anlan.store.readers.mail import reports_to_write

TITLE = _("Write to the reporter")
LEAD = _(
    "It is sent by e-mail, below the reporter's own mail if there is one, and stays in the history of the "
    "case. The answer is added to the report."
)


class WriteForm(StepForm):
    """To whom, and what."""

    report_id = forms.TypedChoiceField(label=_("Whose report"), coerce=int, widget=forms.RadioSelect)
    words = PlainText(
        label=_("What you write"),
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": None}),
        help_text=_("In the language of the report. No names of other people."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, case_id: int) -> HttpResponse:
    """The form, or what came of it."""
    acting = acting_of(request)
    case = find_case(acting, case_id)
    if not acting.may(Action.VIEW_CONTACT, case):
        raise Refused("not_permitted", action=Action.VIEW_CONTACT)
    reports = reports_to_write(case_id)
    if not reports:
        raise NotFound
    begun = {"version": case.version, "report_id": reports[-1].pk}
    form = WriteForm(request.POST.copy() or None, initial=begun)
    form.fields["report_id"].choices = [  # type: ignore[attr-defined]
        (
            each.pk,
            f"{date_format(timezone.localtime(each.received_at), 'Y-m-d H:i')} {title_of(each.words, '')}",
        )
        for each in reports
    ]
    if form.is_valid() and did(write_reporter, form, acting, case_id) is not None:
        messages.success(request, gettext("On its way to the reporter."))
        return redirect("case", case_id)
    context = {"case": case, "form": form, "title": TITLE, "lead": LEAD, "button": _("Send")}
    return render(request, "proof/act.html", context, status=422 if form.is_bound else 200)


def _line(report: Any) -> str:
    """When a report came, and how it begins."""
    came = date_format(timezone.localtime(report.received_at), "Y-m-d H:i")
    return f"{came} {title_of(report.words, '')}"


urlpatterns = [path("cases/<int:case_id>/write/", write, name="write_reporter")]
