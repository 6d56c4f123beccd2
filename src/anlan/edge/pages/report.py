"""The pages on which a hazard is reported: by a resident, or by a desk officer for one.

No account and no cookie is needed, so a report can come from any page: the form of residents carries no
authority that another site could misuse, and it is not guarded against being sent from there.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from anlan.base.errors import NotFound, Refused
from anlan.cases.emergency_words import sounds_urgent
from anlan.cases.terms import Channel
from anlan.edge.pages.pace import address_of, check_pace, say_when, wait
from anlan.edge.pages.public_words import REFUSALS
from anlan.edge.pages.report_form import ReportForm, fresh_token, named
from anlan.flows.receipts import count_code
from anlan.flows.submit_report import Receipt, receipt_again, submit_report, was_sent
from anlan.publishing.receipts import grouped
from anlan.staff.terms import Action
from anlan.store.readers.report_form import open_nearby
from anlan.store.readers.staff import Acting, acting_for

_AT_FIELD = {"category_unknown": "category", "photo_used": "photos", "photos_too_many": "photos"}
"""Where a refusal is shown; any other one concerns the place."""


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form for everybody."""
    return _answer(request, None)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_for_resident(request: HttpRequest) -> HttpResponse:
    """The same form for a desk officer who types what somebody says."""
    acting = acting_for(request.user)
    if not acting.may_somewhere(Action.TYPE_REPORT):
        raise NotFound
    return _answer(request, acting)


@csrf_exempt
@require_POST
def report_areas(request: HttpRequest) -> HttpResponse:
    """The part of the form with the area, after another township or other words."""
    form = ReportForm(request.POST)
    form.look_only()
    return render(request, "report/area.html", {"form": form})


def _answer(request: HttpRequest, acting: Acting | None) -> HttpResponse:
    if request.method != "POST":
        return _form(request, ReportForm(initial={"token": fresh_token()}), acting)
    now = timezone.now()
    try:
        known = _receipt_again(request, acting, now)
        if known is not None:  # a page sent again: its files may be gone by now, and do not matter
            return _sent(request, acting, known, {})
        if acting is None:
            check_pace(request, now, sends="look" not in request.POST)
    except Refused as no:
        return _wait(request, no, now)
    form = ReportForm(request.POST, request.FILES)
    if "look" in request.POST:
        form.look_only()
        return _form(request, form, acting)
    if form.is_valid() and acting is None and _ask_first(request, form):
        return _form(request, form, acting, urgent=True)
    if form.is_valid():
        try:
            return _sent(request, acting, _submit(form, acting), form.cleaned_data)
        except Refused as no:
            words = str(REFUSALS.get(no.reason, no.reason)) % no.facts
            form.add_error(_AT_FIELD.get(no.reason, "address"), words)
    return _form(request, form, acting, status=422)


def _receipt_again(request: HttpRequest, acting: Acting | None, now: datetime) -> Receipt | None:
    """The receipt when this form came before; residents may ask for it as often as for other codes.

    Raises Refused("too_many_codes").
    """
    token = request.POST.get("token", "")
    if not was_sent(token):
        return None
    if acting is None:
        count_code(acting_user=None, address=address_of(request), now=now)
    return receipt_again(token)


def _ask_first(request: HttpRequest, form: ReportForm) -> bool:
    """Do the words sound as if somebody were in danger, and did nobody say yet that they called?"""
    return "called" not in request.POST and sounds_urgent(form.cleaned_data["words"])


def _wait(request: HttpRequest, no: Refused, now: datetime) -> HttpResponse:
    """The form with all that was typed, new photos left out: no picture is drawn for who sends too much."""
    form = ReportForm(request.POST)
    form.look_only()
    say_when(form, no)
    return wait(_form(request, form, None), no, now)


def _submit(form: ReportForm, acting: Acting | None) -> Receipt:
    return submit_report(
        acting_user=acting,
        token=form.cleaned_data["token"],
        told=form.told(),
        now=timezone.now(),
        channel=Channel.DESK if acting else Channel.WEB,
    )


def _form(
    request: HttpRequest, form: ReportForm, acting: Acting | None, status: int = 200, urgent: bool = False
) -> HttpResponse:
    chosen = form["category"].value()
    families = [(each, named(each), each.code == chosen) for each in form.families]
    context: dict[str, Any] = {"form": form, "families": families, "for_resident": acting is not None}
    context["urgent"] = urgent
    return render(request, "report/report.html", context, status=status)


def _sent(
    request: HttpRequest, acting: Acting | None, receipt: Receipt, facts: dict[str, Any]
) -> HttpResponse:
    """The page with the code; `facts` are those of the form, none when it came before."""
    context = {
        "receipt": receipt,
        "code": grouped(receipt.code) if receipt.code else "",
        "nearby": [(named(each), each) for each in open_nearby(receipt.case_id)],
        "for_resident": acting is not None,
        "has_contact": any(facts.get("contact", ())),
        "photos": len(facts.get("photos", ())),
        "photo_days": settings.ANLAN_PHOTO_DAYS,
    }
    answer = render(request, "report/sent.html", context)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


urlpatterns = [
    path("report/", report, name="report"),
    path("report/areas", report_areas, name="report_areas"),
    path("reports/new", report_for_resident, name="report_for_resident"),
]
