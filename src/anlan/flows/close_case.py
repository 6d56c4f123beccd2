"""A verified case ends, and an ended one begins again."""

from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.cases.task_states import check_all_ended
from anlan.cases.terms import State, Step
from anlan.flows import case_steps
from anlan.flows.follow_ups import later
from anlan.staff.terms import Action
from anlan.store.models import Case
from anlan.store.readers.staff import Acting


@transaction.atomic
def close_case(*, acting_user: Acting, case_id: int, version: int, now: datetime) -> Case:
    """Close a verified case.

    Raises Refused, NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.CLOSE)
    check_all_ended(case.tasks.all())
    case_steps.take(case, Step.CLOSE, actor=actor, now=now, columns={"closed_at": now})
    later("ask_reporters", case_id=case.pk)
    return case


@transaction.atomic
def reopen_case(*, acting_user: Acting, case_id: int, version: int, now: datetime, reason: str) -> Case:
    """Take up an ended case again: the hazard is back, or the decision was wrong.

    A closed case goes to the desk, which sends it out anew: its rectification no longer counts.
    Raises Refused, NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.REOPEN)
    again: dict[str, Any] = {
        **case_steps.NO_UNIT,
        "rectified_at": None,
        "closed_at": None,
        "interim_at": None,
    }
    if case.state == State.CLOSED:
        again["reopen_count"] = case.reopen_count + 1
    case_steps.take(case, Step.REOPEN, actor=actor, now=now, reason=reason, columns=again)
    return case
