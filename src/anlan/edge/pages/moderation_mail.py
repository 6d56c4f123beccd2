"""The mailbox from which reports come: whether it can be read, and which mails wait for a person."""

from collections.abc import Mapping
from types import MappingProxyType

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from anlan.cases.mail.terms import Aside, Outcome
from anlan.edge.pages.acting import acting_of
from anlan.flows.mail_threads import written_to
from anlan.flows.settle_mail import settle_mail
from anlan.store.readers.mail import mailbox_page

WHY: Mapping[str, Promise] = MappingProxyType(
    {
        Aside.TOO_LARGE: _("Larger than 40 MB"),
        Aside.EMPTY: _("Neither words nor photos"),
        Aside.UNREADABLE: _("Its form is broken"),
        Aside.ENDED_READER: _("Reading it failed three times"),
        Aside.REFUSED: _("It could not be stored as a report"),
    }
)
BECAME: Mapping[Outcome, Promise] = MappingProxyType(
    {
        Outcome.REPORT: _("became reports"),
        Outcome.ADDED: _("were added to reports"),
        Outcome.IGNORED: _("were written by no person and passed over"),
        Outcome.ASIDE: _("were set aside"),
    }
)


@login_required
@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """How the mailbox fares."""
    now = timezone.now()
    page = mailbox_page(acting_of(request), now)
    context = {
        "page": page,
        "mail_to": written_to(),
        "rows": [(WHY[each.why], each) for each in page.aside],
        "more": page.total - len(page.aside),
        "became": [(page.lately.get(outcome, 0), words) for outcome, words in BECAME.items()],
        "now": now,
    }
    return render(request, "moderation/mail.html", context)


@login_required
@require_POST
def settle(request: HttpRequest, mail_id: int) -> HttpResponse:
    """A person dealt with a mail."""
    settle_mail(acting_user=acting_of(request), mail_id=mail_id, now=timezone.now())
    messages.success(request, gettext("Kept: you have dealt with it."))
    return redirect("moderation_mail")


urlpatterns = [
    path("moderation/mail/", mailbox, name="moderation_mail"),
    path("moderation/mail/<int:mail_id>/settle", settle, name="moderation_mail_settle"),
]
