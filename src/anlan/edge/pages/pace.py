"""Who sends very much is asked to wait; what was typed stays in the form."""

from datetime import datetime

from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from anlan.base.errors import Refused
from anlan.edge.pages import times
from anlan.edge.pages.public_words import REFUSALS
from anlan.flows.pace import count_sent


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind a proxy that is trusted, what the proxy says."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""


def check_pace(request: HttpRequest, now: datetime, *, sends: bool) -> None:
    """Count the photos of a form, and the form itself when it `sends` a report or an addition.

    Raises Refused("too_many_sent").
    """
    pieces = sum(len(files) for _name, files in request.FILES.lists()) + sends
    if pieces:
        count_sent(acting_user=None, address=address_of(request), pieces=pieces, now=now)


def say_when(form: forms.Form, no: Refused) -> None:
    """Say above a form, from which new photos were left out, that it must wait and until when."""
    again = times.moment(_again(no), timezone.now())
    form.add_error(None, str(REFUSALS[no.reason]) % {"again": again})


def wait(answer: HttpResponse, no: Refused, now: datetime) -> HttpResponse:
    """The page of a form that must wait, as an answer that says so to machines too."""
    answer.status_code = 429
    answer["Retry-After"] = str(int((_again(no) - now).total_seconds()) + 1)
    return answer


def _again(no: Refused) -> datetime:
    again = no.facts["again"]
    assert isinstance(again, datetime)
    return again
