"""What reporters gave to be reached is erased in time; a tombstone says that it was there."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from anlan.cases.retention import CONTACT_DAYS
from anlan.flows.mail_threads import forget_thread
from anlan.store.models import Contact, Erasure, Report

TIME_IS_UP = f"{CONTACT_DAYS} days after the case ended"
TAKEN_BACK = "the reporter took the report back"
ASKED = "the reporter asked"


def erase(report: Report, rule: str, now: datetime) -> bool:
    """Erase a report's contact inside the caller's transaction; was there one?"""
    count, _each = Contact.objects.filter(report=report).delete()
    forget_thread(report.idempotency_key)
    if count:
        Erasure.objects.create(at=now, kind="contact", report=report, rule=rule)
    return bool(count)


@transaction.atomic
def erase_contacts(*, acting_user: None, now: datetime) -> int:
    """Erase the contacts whose last day has passed; how many that were.

    The day is set when a case ends (flows/case_steps.py), 90 days ahead, and unset when it goes on.
    """
    past = Contact.objects.select_for_update(of=("self",)).filter(erase_after__lt=timezone.localdate(now))
    return sum(erase(contact.report, TIME_IS_UP, now) for contact in past.select_related("report"))
