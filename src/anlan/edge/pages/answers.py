"""The question to a reporter: is the hazard gone? On the page of a receipt, and behind the link in a mail."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from anlan.base.errors import Refused
from anlan.cases.satisfaction import Effect
from anlan.edge.pages import public_words
from anlan.edge.pages.text_fields import PlainText
from anlan.flows.answer_report import LONGEST_WHY, answer_report
from anlan.flows.ask_reporters import report_of
from anlan.store.readers.receipts import Progress, progress

DONE: Mapping[str, Promise] = {
    Effect.CLOSES: _("Thank you. By your word the case is closed; some such cases are looked at once more."),
    Effect.VERIFIES: _(
        "Thank you. By your word this part is done; the case is closed when the other units are done too."
    ),
    Effect.NOTED: _("Thank you. Your answer is kept."),
    Effect.SENT_BACK: _("Thank you. It goes back to the unit, with what you wrote."),
    Effect.REOPENS: _("Thank you. The case is open again, and the unit must do it anew."),
    Effect.TOO_LATE: _(
        "Your words are kept with the case. It was closed more than 14 days ago and stays closed: if the "
        "hazard is there, please report it again."
    ),
    Effect.REPEATED: _(
        "Your words are kept with the case. Your report opened it once before, so it stays closed: if the "
        "hazard is there, please report it again."
    ),
}
"""What an answer did, by its effect."""


class AnswerForm(forms.Form):
    """Yes or no, and why."""

    satisfied = forms.ChoiceField(
        label=_("Is the hazard gone?"),
        choices=[("yes", _("Yes, it is gone")), ("no", _("No, it is not fixed"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no")},
    )
    why = PlainText(
        label=_("What is it like now?"),
        help_text=_("Needed for a no: what is still wrong."),
        required=False,
        max_length=LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": None}),
        error_messages={
            "max_length": _("Up to %(limit_value)d characters; you wrote %(show_value)d. Shorten it.")
        },
    )


def form_of(seen: Progress) -> AnswerForm | None:
    """The form with the answer that was given before; None while there is nothing to answer."""
    if not seen.may_answer:
        return None
    given = seen.answer
    words = {} if given is None else {"satisfied": "yes" if given.satisfied else "no", "why": given.why}
    return AnswerForm(initial=words, auto_id="answer_%s")


def answered(request: HttpRequest, report_id: int) -> tuple[str, AnswerForm | None]:
    """Take an answer: what it did in words, or the form that must be put right."""
    form = AnswerForm(request.POST, auto_id="answer_%s")
    if not form.is_valid():
        return "", form
    facts = form.cleaned_data
    try:
        effect = answer_report(
            acting_user=None,
            report_id=report_id,
            satisfied=facts["satisfied"] == "yes",
            why=facts["why"],
            now=timezone.now(),
        )
    except Refused as no:
        field = "why" if no.reason == "why_missing" else None
        form.add_error(field, str(public_words.REFUSALS[no.reason]) % no.facts)
        return "", form
    return str(DONE[effect]), None


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link: opening it changes nothing, sending it does."""
    report_id = report_of(token)
    done, wrong = answered(request, report_id) if request.method == "POST" else ("", None)
    seen = progress(report_id)
    context: dict[str, Any] = {
        "report": seen,
        "category": seen.category_en if get_language() == "en" else seen.category_zh,
        "now_words": public_words.NOW[seen.state],
        "form": wrong or (None if done else form_of(seen)),
        "done": done,
    }
    page = render(request, "receipt/answer.html", context, status=422 if wrong else 200)
    page["Referrer-Policy"] = "no-referrer"
    return page


urlpatterns = [path("answer/<str:token>/", answer, name="answer")]
