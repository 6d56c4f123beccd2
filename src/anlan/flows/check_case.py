"""The desk looks whether what a new report says is there, before it decides whether to accept it."""

from datetime import datetime

from django.db import transaction

from anlan.base.errors import Refused
from anlan.cases.terms import CHECK
from anlan.flows import case_steps, clocks
from anlan.staff.terms import Action
from anlan.store.models import Case, StageClock
from anlan.store.readers.staff import Acting


@transaction.atomic
def check_case(*, acting_user: Acting, case_id: int, version: int, now: datetime, found: str) -> Case:
    """Keep what the first look found (by telephone, by photo, on site); the clock of the check ends.

    The case stays new: accepting or rejecting it ends the check too, for who needs no look before.
    Raises Refused("words_missing", "check_not_here"), NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.TRIAGE)
    if not found.strip():
        raise Refused("words_missing")
    running = StageClock.objects.filter(case=case, stage=CHECK, ended_at=None, paused_at=None).first()
    if running is None:
        raise Refused("check_not_here")
    clocks.end([running], now)
    told = {"clock": [running.pk, running.pk]}
    case_steps.record(case, "checked", actor=actor, now=now, reason=found, changes=told)
    return case
