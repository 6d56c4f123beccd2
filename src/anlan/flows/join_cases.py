"""Two cases turn out to be one hazard, or one case two; either choice keeps every report, can be undone."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from anlan.base.errors import NotFound, Refused
from anlan.cases import joining, states
from anlan.cases.joining import Kind, Move
from anlan.cases.terms import State, Step
from anlan.flows import case_steps, clocks
from anlan.flows.new_case import Hazard, open_case
from anlan.flows.publish_cases import await_reading
from anlan.staff.permissions import may
from anlan.staff.terms import Action
from anlan.store.models import Case, CaseJoin, Photo, Report
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
    _move(reports, into, now)
    CaseJoin.objects.create(kind=Kind.JOIN, joined=case, into=into, at=now, moved_reports=reports)
    _count(into, len(reports), "joined", actor=actor, now=now, reason=case.number)
    return case


@transaction.atomic
def undo_join(*, acting_user: Acting, case_id: int, version: int, now: datetime, reason: str = "") -> Case:
    """Take a join back: the reports return, and the case stands where it stood.

    It takes the right to triage both cases: both change.
    Raises Refused("undo_later_first", "not_permitted", ...), NotFound, Conflict.
    """
    join = _standing(case_id, Kind.JOIN)
    _lock_in_order(case_id, *([join.into_id] if join else []))
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.TRIAGE)
    if join is None:
        raise Refused("step_not_allowed", state=case.state, step=Step.UNMERGE, allowed=())
    check_undo(join)
    into = _other(acting_user, join.into_id)
    _move(join.moved_reports, case, now)
    stage = states.WAITS_FOR.get(State(case.former_state), "")
    due: dict[str, Any] = clocks.after_pause(case, stage, now)
    again = {"merged_into": None, "clock_left": None, "report_count": len(join.moved_reports)} | due
    case_steps.take(case, Step.UNMERGE, actor=actor, now=now, reason=reason, columns=again)
    _undone(join, now)
    _count(into, -len(join.moved_reports), "join_undone", actor=actor, now=now, reason=case.number)
    return case


@transaction.atomic
def split_case(
    *,
    acting_user: Acting,
    case_id: int,
    version: int,
    now: datetime,
    report_ids: Collection[int],
    reason: str = "",
) -> Case:
    """Make the chosen reports of an open case a case of their own, with their photos and additions.

    The new case begins at the desk with its own clock. It is returned.
    Raises Refused("split_nothing", "split_everything", "split_not_of_case", "split_needs_open_case"),
    NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.TRIAGE)
    if State(case.state) in states.ENDED:
        raise Refused("split_needs_open_case")
    joining.check_split(list(case.reports.values_list("pk", flat=True)), report_ids)
    reports = list(
        case.reports.filter(pk__in=report_ids).select_related("category", "area").order_by("received_at")
    )
    moved = sorted(report.pk for report in reports)
    made, _ = open_case(_hazard(reports[0], case), at=now, source="split", acting_user=acting_user.user)
    made.report_count = len(moved)
    _move(moved, made, now)
    CaseJoin.objects.create(kind=Kind.SPLIT, joined=made, into=case, at=now, moved_reports=moved)
    case_steps.record(made, "split_from", actor=actor, now=now, reason=f"{case.number} {reason}")
    _count(case, -len(moved), "split_off", actor=actor, now=now, reason=f"{made.number} {reason}")
    return made


@transaction.atomic
def undo_split(*, acting_user: Acting, case_id: int, version: int, now: datetime, reason: str = "") -> Case:
    """Take the split that made the case `case_id` back: its reports return, and it ends, joined to that case.

    Possible while the new case waits at the desk. Raises Refused("undo_later_first", "nothing_to_undo",
    "step_not_allowed", ...), NotFound, Conflict.
    """
    split = _standing(case_id, Kind.SPLIT)
    _lock_in_order(case_id, *([split.into_id] if split else []))
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.TRIAGE)
    if split is None:
        raise Refused("nothing_to_undo")
    check_undo(split)
    source = _other(acting_user, split.into_id)
    if State(source.state) in states.ENDED:
        raise Refused("join_needs_open_case", number=source.number)
    away = {"merged_into": source, "report_count": 0}
    case_steps.take(case, Step.MERGE, actor=actor, now=now, reason=reason, columns=away)
    _move(split.moved_reports, source, now)
    _undone(split, now)
    _count(source, len(split.moved_reports), "split_undone", actor=actor, now=now, reason=case.number)
    return case


def check_undo(join: CaseJoin) -> None:
    """Raise Refused("undo_later_first") with the numbers of the cases in what must be undone first."""
    touching = Q(joined__in=[join.joined_id, join.into_id]) | Q(into__in=[join.joined_id, join.into_id])
    elsewhere = Report.objects.filter(pk__in=join.moved_reports).values("case")
    rows = CaseJoin.objects.filter(touching | Q(into__in=elsewhere) | Q(joined__in=elsewhere), undone_at=None)
    standing = {row.pk: row for row in rows.select_related("joined")}
    move = move_of(join)
    at_target = Report.objects.filter(case=move.target).values_list("pk", flat=True)
    resting = joining.blockers(move, map(move_of, standing.values()), set(at_target))
    if resting:
        numbers = ", ".join(standing[each.number].joined.number for each in resting)
        raise Refused("undo_later_first", cases=numbers)


def move_of(join: CaseJoin) -> Move:
    """A stored join or split as the rules of cases/joining.py read it."""
    ends = (join.joined_id, join.into_id) if join.kind == Kind.JOIN else (join.into_id, join.joined_id)
    return Move(join.pk, Kind(join.kind), *ends, frozenset(join.moved_reports))


def _hazard(report: Report, case: Case) -> Hazard:
    """What the new case is about: the first report's own words and place."""
    return Hazard(
        report.category, report.area, report.words, report.address, report.lng, report.lat, case.site
    )


def _standing(case_id: int, kind: Kind) -> CaseJoin | None:
    return CaseJoin.objects.filter(joined=case_id, kind=kind, undone_at=None).first()


def _move(reports: Collection[int], to: Case, now: datetime) -> None:
    """Give reports to a case, with their photos; a person reads their words for the public there."""
    Report.objects.filter(pk__in=reports).update(case=to)
    Photo.objects.filter(report__in=reports).update(case=to)
    await_reading([to.pk], now)


def _undone(join: CaseJoin, now: datetime) -> None:
    join.undone_at = now
    join.save()


def _lock_in_order(*case_ids: int) -> None:
    """Lock the cases by rising id, so that two people who join the same two never wait for each other."""
    list(
        Case.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=case_ids)
        .order_by("pk")
        .values_list("pk")
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
