"""A reporter says whether the hazard is gone; what that does is decided in cases/satisfaction.py."""

from datetime import datetime

from django.db import transaction

from anlan.base.errors import Refused
from anlan.cases import satisfaction
from anlan.cases.satisfaction import Effect
from anlan.cases.terms import State, Step, VerificationKind
from anlan.flows import case_steps
from anlan.flows.close_by_system import close_by_system
from anlan.flows.contest_case import contest
from anlan.flows.follow_report import RESIDENT, locked
from anlan.flows.verify_case import keep, rework
from anlan.store.models import Case, Membership, Report, ResidentAnswer

LONGEST_WHY = 1000

VERIFYING = (Effect.CLOSES, Effect.VERIFIES)
"""Answers that are a verification by the reporter's word."""


@transaction.atomic
def answer_report(
    *, acting_user: None, report_id: int, now: datetime, satisfied: bool, why: str = ""
) -> Effect:
    """Keep the answer of a report and do what it does; the same answer again changes nothing.

    A "no" says why. A word that comes too late to open the case is in its history, and the answer given in
    time stays as it is. Raises Refused("nothing_to_answer", "why_missing", "report_withdrawn"), NotFound.
    """
    report, case = locked(report_id)
    given = ResidentAnswer.objects.filter(report=report).first()
    why = why.strip()[:LONGEST_WHY]
    if not satisfied and not why:
        raise Refused("why_missing")
    if given and (given.satisfied, given.why) == (satisfied, why) and not _is_new_word(given, case):
        return Effect(given.effect)
    effect = _effect(report, case, given, satisfied, now)
    _keep(report, case, given, satisfied, why, effect, now)
    _do(effect, report, case, why, now)
    return effect


def _is_new_word(given: ResidentAnswer, case: Case) -> bool:
    """Was the case rectified again since the answer, or closed over a "no"?"""
    since = case.rectified_at if given.satisfied else case.closed_at or case.rectified_at
    return since is not None and given.at < since


def _effect(
    report: Report, case: Case, given: ResidentAnswer | None, satisfied: bool, now: datetime
) -> Effect:
    effect = satisfaction.effect(
        satisfied=satisfied,
        state=case.state,
        severity=case.severity,
        closed_at=case.closed_at,
        reopened_before=given is not None and given.has_reopened,
        at=now,
        open_tasks=case.open_tasks,
    )
    return Effect.NOTED if effect in VERIFYING and _typed_inside(report, case) else effect


def _typed_inside(report: Report, case: Case) -> bool:
    """Did a member of the responsible unit type the report? Then the answer proves nothing."""
    inside = Membership.objects.filter(user=report.typed_by, unit_path__startswith=case.unit_path)
    return report.typed_by_id is not None and inside.exists()


def _keep(
    report: Report,
    case: Case,
    given: ResidentAnswer | None,
    satisfied: bool,
    why: str,
    effect: Effect,
    now: datetime,
) -> None:
    if given is not None and effect is Effect.TOO_LATE:
        return
    answer = given or ResidentAnswer(report=report)
    answer.satisfied, answer.why, answer.at, answer.effect = satisfied, why, now, effect
    answer.has_reopened = answer.has_reopened or _outweighs(effect, case)
    answer.save()


def _outweighs(effect: Effect, case: Case) -> bool:
    """Does this "no" count more than the verification of the case, before its closing or after it?"""
    return effect is Effect.REOPENS or (effect is Effect.SENT_BACK and case.state == State.VERIFIED)


def _do(effect: Effect, report: Report, case: Case, why: str, now: datetime) -> None:
    rectified_at = case.rectified_at or case.closed_at  # closed elsewhere and imported: only that is known
    if effect in VERIFYING:
        event = case_steps.take(case, Step.PASS, actor=RESIDENT, now=now, reason=why)
    elif _outweighs(effect, case):
        event = contest(case, actor=RESIDENT, now=now, reason=why)
    elif effect is Effect.SENT_BACK:
        event = case_steps.take(case, Step.FAIL, actor=RESIDENT, now=now, reason=why, columns=rework(case))
    else:
        case_steps.record(case, f"answer_{effect}", actor=RESIDENT, now=now, reason=why)
        return
    keep(
        event,
        VerificationKind.RESIDENT,
        passed=effect in VERIFYING,
        rectified_at=rectified_at,
        evidence={"answer": why},
        report_id=report.pk,
    )
    if case.state == State.VERIFIED:
        close_by_system(case, now)
