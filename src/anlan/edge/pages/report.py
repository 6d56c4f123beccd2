"""The pages on which a hazard is reported: by a resident, or by a desk officer for one.

No account and no cookie is needed, so a report can come from any page: the form of residents carries no
authority that another site could misuse, and it is not guarded against being sent from there.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anlan.base.errors import NotFound, Refused
from anlan.cases.emergency_words import sounds_urgent
from anlan.cases.holding import too_quick
from anlan.cases.terms import Channel
from anlan.edge.pages.kept_pages import kept_for_a_moment
from anlan.edge.pages.pace import address_of, check_pace, say_when, wait
from anlan.edge.pages.public_words import REFUSALS
from anlan.edge.pages.questions import shown
from anlan.edge.pages.report_form import TO_COME, ReportForm, drawn_at, fresh, fresh_words, named
from anlan.edge.pages.report_preview import preview_of
from anlan.flows.hold_report import HeldReceipt, held_again, take_report, was_held
from anlan.flows.mail_threads import written_to
from anlan.flows.proof_of_work import challenge
from anlan.flows.receipts import count_code
from anlan.flows.submit_report import Receipt, receipt_again, submit_report, was_sent
from anlan.flows.weigh_report import Sender
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


@csrf_exempt
@never_cache
@xframe_options_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def report_embedded(request: HttpRequest) -> HttpResponse:
    """The form in a frame of another site; only sites of ANLAN_EMBEDDED_BY may show it."""
    if not settings.ANLAN_EMBEDDED_BY:
        raise NotFound
    request.embedded = True  # type: ignore[attr-defined]  # read by the context of pages
    framed = csp_override(settings.SECURE_CSP | {"frame-ancestors": settings.ANLAN_EMBEDDED_BY})
    answer: HttpResponse = framed(_answer)(request, None)
    return answer


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


@csrf_exempt
@require_POST
def report_preview(request: HttpRequest) -> HttpResponse:
    """The part of the form that shows what others will see, after another kind or place."""
    form = ReportForm(request.POST)
    form.look_only()
    return render(request, "report/preview.html", preview_of(form))


@csrf_exempt
@require_POST
def report_questions(request: HttpRequest) -> HttpResponse:
    """The part of the form with what the kind asks, after another kind."""
    form = ReportForm(request.POST)
    form.look_only()
    context = {"form": form, "questions": shown(form, form.asked), "unseen": False}
    return render(request, "report/questions_of_kind.html", context)


def _answer(request: HttpRequest, acting: Acting | None) -> HttpResponse:
    if request.method != "POST":
        return _empty(request) if acting is None else _begun(request, acting, fresh(timezone.now()))
    now = timezone.now()
    try:
        known = _receipt_again(request, acting, now)
        if known is not None:  # a page sent again: its files may be gone by now, and do not matter
            return _taken(request, acting, known, {})
        if acting is None:
            check_pace(request, now, sends="look" not in request.POST)
    except Refused as no:
        return _wait(request, no, now)
    form = ReportForm(request.POST, request.FILES)
    if "look" in request.POST:
        form.look_only()
        return _form(request, form, acting)
    if form.is_valid() and form.unseen:
        return _form(request, form, acting)
    if form.is_valid() and acting is None and _ask_first(request, form):
        return _form(request, form, acting, urgent=True)
    if form.is_valid() and acting is None and _too_quick(form, now):
        return _form(request, form, acting, quick=True)
    if form.is_valid():
        try:
            return _taken(request, acting, _submit(request, form, acting), form.cleaned_data)
        except Refused as no:
            words = str(REFUSALS.get(no.reason, no.reason)) % no.facts
            form.add_error(_AT_FIELD.get(no.reason, "address"), words)
    return _form(request, form, acting, status=422)


@kept_for_a_moment(fresh_words)
def _empty(request: HttpRequest) -> HttpResponse:
    """The empty form; it is the same for everybody, but for its token and the time at which it is shown."""
    return _begun(request, None, TO_COME)


def _begun(request: HttpRequest, acting: Acting | None, begun: Mapping[str, str]) -> HttpResponse:
    return _form(request, ReportForm(initial={**begun, "site": request.GET.get("site", "")}), acting)


def _receipt_again(
    request: HttpRequest, acting: Acting | None, now: datetime
) -> Receipt | HeldReceipt | None:
    """The receipt when this form came before; residents may ask for it as often as for other codes.

    Raises Refused("too_many_codes").
    """
    token = request.POST.get("token", "")
    if not was_sent(token) and not was_held(token):
        return None
    if acting is None:
        count_code(acting_user=None, address=address_of(request), now=now)
    return receipt_again(token) or held_again(token)


def _too_quick(form: ReportForm, now: datetime) -> bool:
    """Did it come faster than a person can write? Then the page shows it again, and knows since when."""
    quickest = timedelta(seconds=settings.ANLAN_QUICKEST_REPORT)
    if not too_quick(drawn_at(str(form.cleaned_data["drawn"] or "")), now, quickest):
        return False
    form.show_drawn(now)
    return True


def _ask_first(request: HttpRequest, form: ReportForm) -> bool:
    """Do the words sound as if somebody were in danger, and did nobody say yet that they called?"""
    return "called" not in request.POST and sounds_urgent(form.cleaned_data["words"])


def _wait(request: HttpRequest, no: Refused, now: datetime) -> HttpResponse:
    """The form with all that was typed, new photos left out: no picture is drawn for who sends too much."""
    form = ReportForm(request.POST)
    form.look_only()
    say_when(form, no)
    return wait(_form(request, form, None), no, now)


def _submit(request: HttpRequest, form: ReportForm, acting: Acting | None) -> Receipt | HeldReceipt:
    facts, now = form.cleaned_data, timezone.now()
    if acting is not None:
        return submit_report(
            acting_user=acting, token=facts["token"], told=form.told(), now=now, channel=Channel.DESK
        )
    sender = Sender(address_of(request), str(facts["proof"] or ""), str(facts["website"] or ""))
    return take_report(acting_user=None, token=facts["token"], told=form.told(), sender=sender, now=now)


def _form(
    request: HttpRequest,
    form: ReportForm,
    acting: Acting | None,
    status: int = 200,
    urgent: bool = False,
    quick: bool = False,
) -> HttpResponse:
    if not form.can_be_sent:
        return render(request, "report/not_ready.html", {"for_resident": acting is not None}, status=status)
    chosen = form["category"].value()
    families = [(each, named(each), each.code == chosen) for each in form.families]
    context: dict[str, Any] = {"form": form, "families": families, "for_resident": acting is not None}
    context |= {"mail_to": "" if acting is not None else written_to()}
    context |= {"urgent": urgent, "quick": quick} | preview_of(form) | _asked_in(form)
    return render(request, "report/report.html", context, status=status)


def _asked_in(form: ReportForm) -> dict[str, Any]:
    """The context of report/questions.html."""
    unseen = form.is_bound and form.unseen and "look" not in form.data
    return {"questions": shown(form, form.asked), "unseen": unseen}


def _taken(
    request: HttpRequest, acting: Acting | None, receipt: Receipt | HeldReceipt, facts: dict[str, Any]
) -> HttpResponse:
    """The page with the code; `facts` are those of the form, none when it came before."""
    near = [] if isinstance(receipt, HeldReceipt) else open_nearby(receipt.case_id)
    context = {
        "receipt": receipt,
        "is_held": isinstance(receipt, HeldReceipt),
        "code": grouped(receipt.code) if receipt.code else "",
        "nearby": [(named(each), each) for each in near],
        "for_resident": acting is not None,
        "has_contact": any(facts.get("contact", ())),
        "photos": len(facts.get("photos", ())),
        "photo_days": settings.ANLAN_PHOTO_DAYS,
    }
    answer = render(request, "report/sent.html", context)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@never_cache
@require_safe
def report_challenge(request: HttpRequest) -> JsonResponse:
    """A proof of work for the browser that is filling in a form."""
    return JsonResponse(challenge(acting_user=None, now=timezone.now()))


urlpatterns = [
    path("report/", report, name="report"),
    path("report/challenge", report_challenge, name="report_challenge"),
    path("report/areas", report_areas, name="report_areas"),
    path("report/preview", report_preview, name="report_preview"),
    path("report/questions", report_questions, name="report_questions"),
    path("report/embed/", report_embedded, name="report_embedded"),
    path("reports/new", report_for_resident, name="report_for_resident"),
]
