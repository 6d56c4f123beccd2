"""Somebody at the desk writes to a reporter, who gets it by mail: below their own, where they wrote one."""

from datetime import datetime

from django.db import transaction

from anlan.base.errors import Refused
from anlan.flows import case_steps
from anlan.flows.answer_mail import WROTE
from anlan.staff.terms import Action
from anlan.store.models import Case, Contact
from anlan.store.readers.staff import Acting


@transaction.atomic
def write_reporter(
    *, acting_user: Acting, case_id: int, version: int, report_id: int, words: str, now: datetime
) -> Case:
    """Write to the reporter of one report of a case; the words stay in its history.

    Raises NotFound, Conflict, Refused("not_permitted", "reason_missing", "no_address").
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.VIEW_CONTACT)
    if not words.strip():
        raise Refused("reason_missing")
    reached = Contact.objects.filter(report=report_id, report__case=case, report__withdrawn_at=None)
    if not reached.exclude(email="").exists():
        raise Refused("no_address")
    changes = {"report": [None, report_id]}
    case_steps.record(case, WROTE, actor=actor, now=now, reason=words, changes=changes)
    return case
