"""A verified or closed case turns out not to be fixed: it goes back to its unit as rework."""

from datetime import datetime

from anlan.cases.terms import State, Step
from anlan.flows import case_steps
from anlan.flows.secure_case import interim_columns
from anlan.flows.verify_case import rework
from anlan.store.models import Case, CaseEvent


def contest(case: Case, *, actor: case_steps.Actor, now: datetime, reason: str) -> CaseEvent:
    """Let a locked case that was verified be rework of its unit; of the desk when that unit no longer acts.

    It counts as reworked, one that was closed as reopened too: it was not fixed the first time.
    Raises Refused("reason_missing", "step_not_allowed").
    """
    again = rework(case) | interim_columns(case, now)
    if case.state != State.CLOSED:
        return case_steps.take(case, Step.NOT_FIXED, actor=actor, now=now, reason=reason, columns=again)
    again |= {"closed_at": None, "reopen_count": case.reopen_count + 1}
    if case.unit is None or not case.unit.active:
        columns = again | dict(case_steps.NO_UNIT)
        return case_steps.take(case, Step.REOPEN, actor=actor, now=now, reason=reason, columns=columns)
    return case_steps.take(case, Step.NOT_FIXED, actor=actor, now=now, reason=reason, columns=again)
