"""The system closes what a sensor or a reporter's word verified; a share of it is drawn for another look."""

from datetime import datetime, timedelta

from django.conf import settings

from anlan.cases.drawing import Purpose
from anlan.cases.terms import State, Step, VerificationKind
from anlan.flows import case_steps
from anlan.flows.draw_verifiers import draw, pool_of
from anlan.flows.follow_ups import later
from anlan.store.models import Case, ResidentAnswer, SecondCheck
from anlan.store.models.tasks import OPEN_TASK

SYSTEM = case_steps.Actor(source="system")


def close_by_system(case: Case, now: datetime) -> None:
    """Close a locked case that a sensor or a reporter's word verified, unless other units have tasks in it.

    Such a case waits: the end of its last task closes it, see `close_when_tasks_ended`. A share of what is
    closed so goes to verifiers who are drawn for it.
    """
    open_tasks = case.tasks.filter(OPEN_TASK).count()
    if open_tasks:
        told = {"open_tasks": [open_tasks, open_tasks]}
        case_steps.record(case, "closing_waits", actor=SYSTEM, now=now, changes=told)
        return
    case_steps.take(case, Step.CLOSE, actor=SYSTEM, now=now, columns={"closed_at": now})
    later("ask_reporters", case_id=case.pk)
    _draw_second_check(case, now)


def close_when_tasks_ended(case: Case, now: datetime) -> None:
    """Close a locked case whose last task ended, where no person's verification waits for the desk, and no
    reporter said "no" since the rectification: then a person decides.
    """
    if case.open_tasks or case.state != State.VERIFIED or _denied(case):
        return
    last = case.verifications.order_by("-at", "-pk").first()
    if last is not None and last.passed and last.kind != VerificationKind.ON_SITE:
        close_by_system(case, now)


def _denied(case: Case) -> bool:
    answers = ResidentAnswer.objects.filter(report__case=case, satisfied=False)
    return case.rectified_at is not None and answers.filter(at__gt=case.rectified_at).exists()


def _draw_second_check(case: Case, now: datetime) -> None:
    drawn = draw(case, Purpose.SECOND_CHECK, now, percent=settings.ANLAN_SECOND_CHECK_PERCENT)
    if not drawn.result or case.rectified_at is None:
        return
    SecondCheck.objects.filter(case=case, done_at=None).update(done_at=now)  # of an earlier closing
    SecondCheck.objects.create(
        case=case,
        draw=drawn,
        pool=pool_of(drawn),
        rectified_at=case.rectified_at,
        due_at=now + timedelta(hours=case.category.verify_hours),
    )
    case_steps.record(case, "second_check_drawn", actor=SYSTEM, now=now)
