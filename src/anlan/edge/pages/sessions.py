"""/account/sessions/: where I am signed in; each other place can be ended alone, or all at once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anlan.edge.pages.acting import acting_of
from anlan.flows import end_sessions
from anlan.store.readers.sessions import OpenSession, open_sessions

BROWSERS = (
    ("MicroMessenger", "微信 WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""What a browser calls itself, the telling word first: most claim to be several others too."""

SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_words(user_agent: str) -> str:
    """The browser and the system that a `User-Agent` speaks of: "Chrome · Windows"; "" when it says none."""
    found = (next((said for mark, said in table if mark in user_agent), "") for table in (BROWSERS, SYSTEMS))
    return " · ".join(word for word in found if word)


@login_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """The list."""
    listed = open_sessions(acting_of(request), str(request.session.session_key))
    facts = {"sessions": [(each, browser_words(each.user_agent)) for each in listed]}
    return render(request, "account/sessions.html", facts)


@login_required
@require_POST
def end(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one; the one in use is ended by signing out."""
    acting, current = acting_of(request), str(request.session.session_key)
    if _is_current(open_sessions(acting, current), session_id):
        return redirect("account_logout")
    end_sessions.end_session(acting_user=acting, session_id=session_id, now=timezone.now())
    messages.success(request, _("This session is ended."))
    return redirect("sessions")


@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all but the one in use."""
    current = str(request.session.session_key)
    end_sessions.end_other_sessions(acting_user=acting_of(request), but=current, now=timezone.now())
    messages.success(request, _("All other sessions are ended."))
    return redirect("sessions")


def _is_current(listed: list[OpenSession], session_id: int) -> bool:
    return any(each.is_current for each in listed if each.id == session_id)


urlpatterns = [
    path("", sessions, name="sessions"),
    path("others/end", end_others, name="end_other_sessions"),
    path("<int:session_id>/end", end, name="end_session"),
]
