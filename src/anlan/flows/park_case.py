"""The clock of a case stops with a reason, an approver and a review date, and goes on."""

from datetime import datetime

from django.db import transaction

from anlan.base.errors import Refused
from anlan.cases import deadlines, states
from anlan.cases.terms import State, Step
from anlan.flows import case_steps, clocks
from anlan.staff.terms import Action
from anlan.store.models import Case
from anlan.store.readers.staff import Acting


@transaction.atomic
def park_case(
    *, acting_user: Acting, case_id: int, version: int, now: datetime, reason: str, review_at: datetime
) -> Case:
    """Stop the clock until `review_at`; the dispatcher who does so is the approver.

    Raises Refused("review_not_ahead", ...), NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.PARK)
    if review_at <= now:
        raise Refused("review_not_ahead")
    left = None if case.due_at is None else deadlines.clock_left(case.due_at, now)
    stopped = {"stage_since": now, "due_at": review_at, "near_at": None, "clock_left": left}
    case_steps.take(case, Step.PARK, actor=actor, now=now, reason=reason, columns=stopped)
    return case


@transaction.atomic
def resume_case(*, acting_user: Acting, case_id: int, version: int, now: datetime) -> Case:
    """Let the clock go on with what was left of its stage.

    Raises Refused, NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.PARK)
    columns = {"clock_left": None} | _clock_goes_on(case, now)
    case_steps.take(case, Step.RESUME, actor=actor, now=now, columns=columns)
    return case


def _clock_goes_on(case: Case, now: datetime) -> dict[str, datetime | None]:
    if case.clock_left is None or not case.former_state:
        return {}
    stage = states.WAITS_FOR[State(case.former_state)]
    return clocks.after_pause(case, stage, now)
