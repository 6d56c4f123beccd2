"""Questions about the mailbox from which reports come."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from anlan.base.errors import NotFound
from anlan.cases.mail.terms import Outcome
from anlan.staff.terms import Action
from anlan.store.models import Contact, InMail, MailboxState, Report
from anlan.store.readers.staff import Acting

SHOWN = 100
"""Mails on the page, the newest first."""

LATELY = timedelta(days=30)

ASIDE = Q(outcome=Outcome.ASIDE, settled_at=None)


@dataclass(frozen=True)
class MailboxPage:
    """How the mailbox fares, and what of it waits for a person."""

    state: MailboxState | None
    aside: list[InMail]
    total: int
    lately: dict[str, int]
    """Mails of the last 30 days by what became of them."""


def may_see_mailbox(acting: Acting) -> bool:
    """May this person look after the mailbox: by moderating, or administering, the whole city?"""
    return any(acting.may_in_whole_city(each) for each in (Action.MODERATE, Action.MANAGE_WEBHOOKS))


def mailbox_page(acting: Acting, now: datetime) -> MailboxPage:
    """The page of the mailbox; four queries. Raises NotFound for who may not see it."""
    if not may_see_mailbox(acting):
        raise NotFound
    counted = InMail.objects.filter(came_at__gt=now - LATELY).order_by().values_list("outcome")
    aside = InMail.objects.filter(ASIDE)
    return MailboxPage(
        MailboxState.objects.first(),
        list(aside.order_by("-came_at", "-pk")[:SHOWN]),
        aside.count(),
        dict(counted.annotate(n=Count("pk"))),
    )


def aside_count(acting: Acting) -> int:
    """Mails that wait for this person; one query, none for who may not see them."""
    return InMail.objects.filter(ASIDE).count() if may_see_mailbox(acting) else 0


def reports_to_write(case_id: int) -> list[Report]:
    """The reports of a case whose reporters can be written to, in their order; one query."""
    reached = Contact.objects.exclude(email="").values("report")
    return list(Report.objects.filter(case=case_id, withdrawn_at=None, pk__in=reached).order_by("pk"))
