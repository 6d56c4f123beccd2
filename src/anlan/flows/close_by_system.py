"""The system closes what a sensor or a reporter's word verified; a share of it is drawn for another look."""

from datetime import datetime, timedelta

from django.conf import settings

from anlan.cases.drawing import Purpose
from anlan.cases.terms import Step
from anlan.flows import case_steps
from anlan.flows.draw_verifiers import draw, pool_of
from anlan.flows.follow_ups import later
from anlan.store.models import Case, SecondCheck

SYSTEM = case_steps.Actor(source="system")


def close_by_system(case: Case, now: datetime) -> None:
    """Close a locked, verified case; a share of such cases goes to verifiers who are drawn for it."""
    case_steps.take(case, Step.CLOSE, actor=SYSTEM, now=now, columns={"closed_at": now})
    later("ask_reporters", case_id=case.pk)
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
