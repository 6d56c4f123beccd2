"""Two cases turn out to be one hazard; the join is a choice that can be undone."""

from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.cases import states
from anlan.cases.terms import State, Step
from anlan.flows import case_steps
from anlan.staff.permissions import may
from anlan.staff.terms import Action
from anlan.store.models import Case, CaseJoin
from anlan.store.readers.staff import Acting, scope_q


@transaction.atomic
def join_case(
    *, acting_user: Acting, case_id: int, version: int, now: datetime, into_id: int, reason: str = ""
) -> Case:
    """Join the case to the open case `into_id`: its reports go there, and its own clock ends.

    Raises Refused("join_needs_open_case", "join_with_itself", ...), NotFound, Conflict.
    """
    if into_id == case_id:
        raise Refused("join_with_itself")
    _lock_in_order(case_id, into_id)
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.TRIAGE)
    into = _other(acting_user, into_id)
    if State(into.state) in states.ENDED:
        raise Refused("join_needs_open_case", number=into.number)
    reports = list(case.reports.values_list("pk", flat=True))
    left = None if case.due_at is None else case.due_at - now
    away = {"merged_into": into, "clock_left": left, "report_count": 0}
    case_steps.take(case, Step.MERGE, actor=actor, now=now, reason=reason, columns=away)
    case.reports.update(case=into)
    CaseJoin.objects.create(joined=case, into=into, at=now, moved_reports=reports)
    _count(into, len(reports), "joined", actor=actor, now=now, reason=case.number)
    return case


@transaction.atomic
def undo_join(*, acting_user: Acting, case_id: int, version: int, now: datetime, reason: str = "") -> Case:
    """Take a join back: the reports return, and the case stands where it stood.

    Raises Refused, NotFound, Conflict.
    """
    join = CaseJoin.objects.filter(joined=case_id, undone_at=None).first()
    _lock_in_order(case_id, *([join.into_id] if join else []))
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.TRIAGE)
    if join is None:
        raise Refused("step_not_allowed", state=case.state, step=Step.UNMERGE, allowed=())
    into = Case.objects.get(pk=join.into_id)
    back = into.reports.filter(pk__in=join.moved_reports)
    moved = list(back.values_list("pk", flat=True))
    back.update(case=case)
    due: dict[str, Any] = {} if case.clock_left is None else {"due_at": now + case.clock_left}
    again = {"merged_into": None, "clock_left": None, "report_count": len(moved)} | due
    case_steps.take(case, Step.UNMERGE, actor=actor, now=now, reason=reason, columns=again)
    join.undone_at = now
    join.save()
    _count(into, -len(moved), "join_undone", actor=actor, now=now, reason=case.number)
    return case


def _lock_in_order(*case_ids: int) -> None:
    """Lock the cases by rising id, so that two people who join the same two never wait for each other."""
    list(
        Case.objects.select_for_update(of=("self",)).filter(pk__in=case_ids).order_by("pk").values_list("pk")
    )


def _other(acting_user: Acting, case_id: int) -> Case:
    case = Case.objects.filter(scope_q(acting_user, Action.VIEW_CASE), pk=case_id).first()
    if case is None:
        raise NotFound
    if not may(acting_user.memberships, Action.TRIAGE, case):
        raise Refused("not_permitted", action=Action.TRIAGE)
    return case


def _count(case: Case, more: int, what: str, *, actor: case_steps.Actor, now: datetime, reason: str) -> None:
    before = case.report_count
    case.report_count += more
    pair = [before, case.report_count]
    case_steps.record(case, what, actor=actor, now=now, reason=reason, changes={"report_count": pair})
