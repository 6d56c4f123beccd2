"""Appeals against a case's part in a figure: made by the unit, decided by a unit above it."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.indices import Index
from anlan.cases.words import case_id_in
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.refusals import refusal_text
from anlan.edge.pages.text_fields import PlainText
from anlan.flows.appeal_score import appeal_score, decide_appeal
from anlan.outcomes.score_definitions import definition_for
from anlan.store.readers.score_appeals import appeal, appeals, may_decide
from anlan.store.readers.scores import month_wanted, unit_scores

LONGEST = 2000


class AppealForm(forms.Form):
    """Which case, and why it should not count."""

    case = forms.CharField(
        label=_("Number of the case"), max_length=40, help_text=_("Such as CX-2026-018042")
    )
    reason = PlainText(
        label=_("Why it should not count"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("It stays in the history."),
    )

    def clean_case(self) -> int:
        """The case's id. Raises ValidationError for what is no number of a case."""
        found = case_id_in(self.cleaned_data["case"])
        if found is None:
            raise forms.ValidationError(gettext("This is no number of a case. It looks like CX-2026-018042."))
        return found


class AnswerForm(forms.Form):
    """The decision and its reason."""

    accepted = forms.TypedChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[("yes", _("Accept: the case does not count")), ("no", _("Refuse: the case counts"))],
        coerce=lambda word: word == "yes",
    )
    answer = PlainText(label=_("Why"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}))


@login_required
@require_safe
def show_all(request: HttpRequest) -> HttpResponse:
    """The appeals that this person may see."""
    return render(request, "score/appeals.html", {"appeals": appeals(acting_of(request))})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, code: str, month: str, index: str) -> HttpResponse:
    """Appeal against a case in one figure of a unit; a refusal keeps what was typed."""
    acting, wanted = acting_of(request), month_wanted(month)
    page = unit_scores(acting, code, wanted)
    if page is None or page.run.month != wanted or index not in set(Index):
        raise NotFound
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            appeal_score(
                acting_user=acting,
                month=wanted,
                index=index,
                unit_code=code,
                case_id=form.cleaned_data["case"],
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            messages.success(request, gettext("The appeal was made. A unit above decides."))
            return redirect(f"{reverse('unit_scores', args=[code])}?month={month}")
    context = {"page": page, "form": form, "definition": definition_for(Index(index), wanted)}
    return render(request, "score/appeal_add.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, appeal_id: int) -> HttpResponse:
    """An appeal with its figures before and after, and the form for whoever decides."""
    acting = acting_of(request)
    found = appeal(acting, appeal_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decide_appeal(acting_user=acting, appeal_id=appeal_id, now=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal_text(refusal))
        except Conflict:
            form.add_error(None, gettext("Somebody has decided this appeal already. Look at it again."))
        else:
            messages.success(request, gettext("Decided. The figures follow within a minute."))
            return redirect("score_appeal", appeal_id)
    context = {
        "appeal": found,
        "form": form,
        "definition": definition_for(Index(found.index), found.run.month),
        "may_decide": found.accepted is None and may_decide(acting, found),
    }
    return render(request, "score/appeal.html", context, status=422 if form.errors else 200)
