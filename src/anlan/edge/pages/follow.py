"""Follow a case, a place, an area, a category, or the warnings of an area: by mail, browser or feed.

What a form may do here it may do by what it carries, so there is no cookie to guard.
"""

import json
from pathlib import Path
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anlan.base.errors import Refused
from anlan.edge.pages.pace import address_of
from anlan.edge.pages.public_words import REFUSALS
from anlan.flows import follow_public
from anlan.flows.follow_public import Browser
from anlan.flows.pace import count_sent
from anlan.store.readers.following import Found, Subject, subject_of

NAMES = ("site", "area", "category", "warnings")
WORKER = Path(__file__).with_name("push_worker.js")


class FollowForm(forms.Form):
    """Where news shall go."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"maxlength": None, "autocomplete": "email"}),
        help_text=_("You get one mail with a link; only after you open it do we write to you."),
        error_messages={
            "required": _("Write an e-mail address such as name@example.com"),
            "invalid": _("Write an e-mail address such as name@example.com"),
        },
    )


def subject_in(query: QueryDict) -> Subject:
    """What an address names; a number that is none names nothing."""
    case = query.get("case", "")
    texts = {name: query.get(name, "").replace("\x00", "")[:64] for name in NAMES}
    number = int(case) if case.isascii() and case.isdigit() and len(case) < 16 else None
    return Subject(case=number, **texts)


def address_for(subject: Subject) -> str:
    """The query that names a subject."""
    return urlencode({name: value for name, value in vars(subject).items() if value})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for news about what the address names."""
    subject = subject_in(request.GET)
    found = subject_of(subject)
    form = FollowForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _ask(request, form.cleaned_data["email"], subject)
        except Refused:
            form.add_error(None, str(REFUSALS["too_many_asked"]))
            return _form(request, form, subject, found, 429)
        return render(request, "public/follow_sent.html", {"name": _name(found)})
    return _form(request, form, subject, found, 422 if form.is_bound else 200)


def _ask(request: HttpRequest, address: str, subject: Subject) -> None:
    now = timezone.now()
    count_sent(acting_user=None, address=address_of(request), pieces=1, now=now)
    follow_public.follow_by_mail(
        acting_user=None, address=address, subject=subject, language=get_language() or "", now=now
    )


def _form(
    request: HttpRequest, form: FollowForm, subject: Subject, found: Found, status: int
) -> HttpResponse:
    context = {
        "form": form,
        "name": _name(found),
        "of_one_case": subject.case is not None,
        "of_warnings": bool(subject.warnings),
        "query": address_for(subject),
        "feed": feed_of(subject),
    }
    return render(request, "public/follow.html", context, status=status)


def feed_of(subject: Subject) -> str:
    """The address of the feed of a subject."""
    if subject.case is not None:
        return reverse("public_case_feed", args=[subject.case])
    if subject.warnings:
        return reverse("warnings_feed")
    return f"{reverse('public_feed')}?{address_for(subject)}"


def _name(found: Found) -> str:
    return found.name(get_language() or "")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the first mail; opening it changes nothing, since programs that check mail open it too."""
    if request.method == "POST":
        follow_public.confirm_follow(acting_user=None, token=token, now=timezone.now())
    else:
        follow_public.check_token(token)
    return _private(render(request, "public/follow_confirm.html", {"done": request.method == "POST"}))


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, token: str) -> HttpResponse:
    """The link in every later mail; a mail program's own button sends a POST (RFC 8058)."""
    if request.method == "POST":
        follow_public.end_follow(acting_user=None, token=token)
    is_over = follow_public.followed_by(token) is None
    return _private(render(request, "public/follow_end.html", {"is_over": is_over}))


@csrf_exempt
@require_POST
def by_browser(request: HttpRequest) -> HttpResponse:
    """A browser says where it takes messages; answers with the address that ends them."""
    try:
        said = json.loads(request.body)
        browser = Browser(str(said["endpoint"]), str(said["keys"]["p256dh"]), str(said["keys"]["auth"]))
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"error": "push_address_wrong"}, status=400)
    now = timezone.now()
    try:
        count_sent(acting_user=None, address=address_of(request), pieces=1, now=now)
        token = follow_public.follow_by_browser(
            acting_user=None,
            browser=browser,
            subject=subject_in(request.GET),
            language=get_language() or "",
            now=now,
        )
    except Refused as no:
        return JsonResponse({"error": no.reason}, status=429 if no.reason == "too_many_sent" else 400)
    return JsonResponse({"end": reverse("follow_end", args=[token])})


@require_safe
def push_key(request: HttpRequest) -> HttpResponse:
    """The key that a browser needs to take our messages."""
    from anlan.channels.push import public_key  # loads cryptography

    return JsonResponse({"key": public_key()})


@require_safe
@cache_control(max_age=300)
def push_worker(request: HttpRequest) -> HttpResponse:
    """The program that shows a message when no page is open; it must lie at the root."""
    return HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Referrer-Policy"] = "no-referrer"
    return answer


urlpatterns = [
    path("public/follow/", follow, name="follow_news"),
    path("public/follow/browser", by_browser, name="follow_by_browser"),
    path("public/follow/push-key", push_key, name="push_key"),
    path("public/follow/confirm/<str:token>/", confirm, name="follow_confirm"),
    path("public/follow/end/<str:token>/", end, name="follow_end"),
    path("push-worker.js", push_worker, name="push_worker"),
]
