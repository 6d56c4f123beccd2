"""The page of a receipt: follow a report, add to it, be reached or not, take it back.

A code is only ever sent in the body of a form: never in an address, a cookie, a log or a referrer. The page
that answers carries a signed pass for the one report instead, good for an hour. As on the form of a report,
what a form may do it may do by what it carries, so there is no cookie to guard.
"""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from anlan.base.errors import NotFound, Refused
from anlan.edge.pages import answers, public_words, times
from anlan.edge.pages.keeping import saying_days
from anlan.edge.pages.pace import address_of, check_pace, say_when, wait
from anlan.edge.pages.photo_field import PhotosField
from anlan.edge.pages.report_form import WORDS, fresh_token
from anlan.edge.pages.text_fields import ContactField, PlainText
from anlan.flows import follow_report
from anlan.flows.hold_report import withdraw_held
from anlan.flows.receipts import follow_code
from anlan.publishing.progress import PublicStep
from anlan.store.readers.held import held_progress
from anlan.store.readers.receipts import Progress, progress

PASS_FOR = timedelta(hours=1)
_SALT = "anlan.receipt"
_HELD_SALT = "anlan.receipt.held"


class CodeForm(forms.Form):
    """Where a receipt code is typed."""

    code = forms.CharField(
        label=gettext_lazy("Receipt code"),
        max_length=60,
        help_text=gettext_lazy("16 digits, as on the page after you sent the report. Spaces do not matter."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": None}),
        error_messages={
            "required": gettext_lazy("Write the 16 digits of your receipt code"),
            "max_length": gettext_lazy("We do not know this code. Look at each of the 16 digits."),
        },
    )


class AddForm(forms.Form):
    """More words, more photos."""

    token = forms.Field(required=False, widget=forms.HiddenInput)
    words = PlainText(
        label=gettext_lazy("What is new"),
        required=False,
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": None}),
        error_messages={
            "max_length": gettext_lazy(
                "Up to %(limit_value)d characters; you wrote %(show_value)d. Shorten it."
            )
        },
    )
    photos = PhotosField(
        label=gettext_lazy("Photos (up to 4)"),
        required=False,
        help_text=saying_days(gettext_noop("Photos are erased %(days)s days after the case ends.")),
    )


class GiveContactForm(forms.Form):
    """A way to be reached."""

    contact = ContactField(
        label=gettext_lazy("Phone or e-mail"),
        max_length=254,
        widget=forms.TextInput(attrs={"maxlength": None}),
        help_text=gettext_lazy("Used for this report only; erased 90 days after it closes."),
        error_messages={"required": gettext_lazy("Write a phone number or an e-mail address")},
    )


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for the code; with a right one, show the report."""
    form = CodeForm(request.POST or None)
    if not form.is_valid():
        return _private(
            render(request, "receipt/ask.html", {"form": form}, status=422 if request.POST else 200)
        )
    now, address = timezone.now(), address_of(request)
    try:
        found = follow_code(acting_user=None, typed=form.cleaned_data["code"], address=address, now=now)
    except NotFound:
        form.add_error("code", _("We do not know this code. Look at each of the 16 digits."))
    except Refused as no:
        return _not_now(request, form, no, now)
    else:
        return _page(request, found.report_id) if found.report_id else _held(request, found.held_id or 0)
    return _ask(request, form)


def _not_now(request: HttpRequest, form: CodeForm, no: Refused, now: datetime) -> HttpResponse:
    """The page of the code, with when it may be tried again."""
    if no.reason == "too_many_codes":
        say_when(form, no)
        return wait(_ask(request, form), no, now)
    form.add_error("code", str(public_words.REFUSALS[no.reason]) % no.facts)
    return _ask(request, form)


def _ask(request: HttpRequest, form: CodeForm) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return _private(render(request, "receipt/ask.html", {"form": form}, status=status))


@csrf_exempt
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Add words or photos."""
    report_id, now = _report_of(request), timezone.now()
    try:
        check_pace(request, now, sends=True)
    except Refused as no:
        return _wait(request, report_id, no, now)
    form = AddForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, report_id, add=form)
    facts = form.cleaned_data
    try:
        follow_report.add_to_report(
            acting_user=None,
            report_id=report_id,
            token=str(facts["token"]),
            words=facts["words"],
            pictures=facts["photos"],
            now=now,
        )
    except Refused as no:
        form.add_error("words", str(public_words.REFUSALS[no.reason]) % no.facts)
        return _page(request, report_id, add=form)
    return _page(request, report_id, done=_("Added. The people who work on it see it."))


def _wait(request: HttpRequest, report_id: int, no: Refused, now: datetime) -> HttpResponse:
    """The page with all that was typed, new photos left out."""
    form = AddForm(request.POST)
    form.full_clean()
    say_when(form, no)
    return wait(_page(request, report_id, add=form), no, now)


@csrf_exempt
@require_POST
def contact(request: HttpRequest) -> HttpResponse:
    """Give a way to be reached, or have it erased."""
    report_id, now = _report_of(request), timezone.now()
    if "erase" in request.POST:
        follow_report.erase_contact(acting_user=None, report_id=report_id, now=now)
        return _page(request, report_id, done=_("Erased. Nobody can reach you about this any more."))
    form = GiveContactForm(request.POST)
    if not form.is_valid():
        return _page(request, report_id, contact=form)
    phone, email = form.cleaned_data["contact"]
    try:
        follow_report.give_contact(acting_user=None, report_id=report_id, phone=phone, email=email, now=now)
    except Refused as no:
        form.add_error("contact", str(public_words.REFUSALS[no.reason]) % no.facts)
        return _page(request, report_id, contact=form)
    return _page(request, report_id, done=_("Kept. It is erased 90 days after the case ends."))


@csrf_exempt
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take the report back."""
    report_id = _report_of(request)
    follow_report.withdraw_report(acting_user=None, report_id=report_id, now=timezone.now())
    return _page(request, report_id, done=_("Taken back. How to reach you is erased."))


@csrf_exempt
@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """Say whether the hazard is gone."""
    report_id = _report_of(request)
    done, wrong = answers.answered(request, report_id)
    return _page(request, report_id, answer=wrong) if wrong else _page(request, report_id, done=done)


@csrf_exempt
@require_POST
def withdraw_waiting(request: HttpRequest) -> HttpResponse:
    """Take back what nobody has decided on yet."""
    held_id = _passed(request, _HELD_SALT)
    withdraw_held(acting_user=None, held_id=held_id, now=timezone.now())
    return _held(request, held_id, done=_("Taken back. Nothing of it is kept."))


def pass_of(report_id: int) -> str:
    """The signed pass that a page of this report carries."""
    return signing.dumps(report_id, salt=_SALT)


def _report_of(request: HttpRequest) -> int:
    """The report that a form's pass is for; raises NotFound for any other pass and for an old one."""
    return _passed(request, _SALT)


def _passed(request: HttpRequest, salt: str) -> int:
    try:
        return int(signing.loads(request.POST.get("pass", ""), salt=salt, max_age=PASS_FOR))
    except signing.BadSignature:
        raise NotFound from None


def _held(request: HttpRequest, held_id: int, *, done: str = "") -> HttpResponse:
    """The page of what waits for a person, or was set aside."""
    seen = held_progress(held_id)
    context = {
        "report": seen,
        "category": seen.category_en if get_language() == "en" else seen.category_zh,
        "pass": signing.dumps(held_id, salt=_HELD_SALT),
        "done": done,
        "now": timezone.now(),
    }
    return _private(render(request, "receipt/held.html", context))


def _page(request: HttpRequest, report_id: int, *, done: str = "", **wrong: forms.Form) -> HttpResponse:
    """The page of a report; `wrong` holds a form that must be put right."""
    seen, now = progress(report_id), timezone.now()
    context: dict[str, Any] = {
        "report": seen,
        "category": seen.category_en if get_language() == "en" else seen.category_zh,
        "pass": pass_of(report_id),
        "now_words": public_words.NOW[seen.state],
        "by_when": _by_when(seen),
        "lines": [_line(step) for step in seen.history],
        "add": wrong.get("add") or AddForm(initial={"token": fresh_token()}, prefix=None),
        "contact": wrong.get("contact") or _contact_form(seen),
        "answer": wrong.get("answer") or answers.form_of(seen),
        "wrong": next(iter(wrong.values()), None),
        "done": done,
        "now": now,
    }
    return _private(render(request, "receipt/receipt.html", context, status=422 if wrong else 200))


def _contact_form(seen: Progress) -> GiveContactForm | None:
    """Asks for a way to be reached while there is none, and while the report is not taken back."""
    return None if seen.contact or seen.withdrawn_at else GiveContactForm()


def _by_when(seen: Progress) -> str:
    if seen.due_at is None or seen.state not in public_words.BY_WHEN:
        return ""
    words = str(public_words.BY_WHEN[seen.state]) % {"when": times.moment(seen.due_at, timezone.now())}
    if seen.assumed_year is None:
        return words
    assumed = _("(assumed: the holidays of %(year)s are not announced yet)") % {"year": seen.assumed_year}
    return f"{words} {assumed}"


def _line(step: PublicStep) -> dict[str, Any]:
    """One line of the history, in words."""
    who = public_words.UNIT_KINDS.get(step.unit_kind, "")
    return {"at": step.at, "words": public_words.HAPPENED[step.step], "state": step.state, "who": who}


def _private(answer: HttpResponse) -> HttpResponse:
    """An answer that no address bar, cache or other site learns of."""
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "no-store"
    return answer


urlpatterns = [
    path("receipt/", follow, name="follow"),
    path("receipt/add", add, name="receipt_add"),
    path("receipt/contact", contact, name="receipt_contact"),
    path("receipt/answer", answer, name="receipt_answer"),
    path("receipt/withdraw", withdraw, name="receipt_withdraw"),
    path("receipt/held/withdraw", withdraw_waiting, name="receipt_held_withdraw"),
]
