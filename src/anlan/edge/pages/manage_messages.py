"""/manage/messages/: what no mailbox and no phone took, why, and sending it again."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from anlan.base.errors import NotFound
from anlan.edge.pages.manage import managing
from anlan.edge.pages.text_fields import plain
from anlan.flows.resend_messages import resend_messages
from anlan.staff.notices import Way
from anlan.staff.terms import Action
from anlan.store.readers.notices import letters_to_people
from anlan.store.readers.staff import Acting

WAYS: Mapping[str, Promise] = {Way.EMAIL: _("e-mail"), Way.SMS: _("text message")}

WHY: Mapping[str, Promise] = {
    "no e-mail address": _("no e-mail address is kept"),
    "no phone number": _("no phone number is kept"),
}
"""Reasons of our own; others are what the other side said."""


@managing(Action.MANAGE_WEBHOOKS)
@require_safe
def all_letters(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The dead letters to units and members, a line for each receiver and way."""
    lines = [
        {
            "letter": each,
            "way": WAYS[each.way],
            "name": each.unit.name if each.unit else str(each.user),
            "address": reverse("manage_unit", args=[each.unit.code])
            if each.unit
            else reverse("manage_member", args=[str(each.user)]),
            "why": WHY.get(each.last_error, each.last_error),
        }
        for each in letters_to_people(acting)
    ]
    return render(request, "manage/messages.html", {"lines": lines, "now": timezone.now()})


@managing(Action.MANAGE_WEBHOOKS)
@require_POST
def again(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Let what one receiver did not take leave again."""
    way = request.POST.get("way", "")
    if way not in WAYS:
        raise NotFound
    count = resend_messages(
        acting_user=acting,
        way=Way(way),
        receiver=plain(request.POST.get("receiver", ""))[:40],
        now=timezone.now(),
    )
    said = ngettext("%(n)d message leaves again.", "%(n)d messages leave again.", count)
    messages.success(request, said % {"n": count})
    return redirect("manage_messages")
