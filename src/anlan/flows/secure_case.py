"""A severe hazard is made safe first: cordoned off, power cut; the full rectification follows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from anlan.base.errors import Refused
from anlan.cases.terms import PhotoStage, Stage
from anlan.flows import case_steps
from anlan.flows.follow_ups import tell_pages, tell_people
from anlan.flows.store_photos import Picture, store_photos
from anlan.staff.terms import Action
from anlan.store.models import Case, CaseEvent
from anlan.store.models.cases import OPEN
from anlan.store.readers.staff import Acting


def interim_columns(case: Case, now: datetime) -> dict[str, Any]:
    """By when the unit must make the place safe, for a case whose hazard is there (again)."""
    hours = case.category.interim_hours
    return {"interim_at": None, "interim_due_at": now + timedelta(hours=hours) if hours else None}


@transaction.atomic
def secure_case(
    *,
    acting_user: Acting,
    case_id: int,
    version: int,
    now: datetime,
    done: str,
    pictures: Sequence[Picture] = (),
) -> Case:
    """The unit says which interim measure it took; `pictures` may show it. The case stays in hand.

    Raises Refused("interim_not_asked", "interim_done", "words_missing", ...), NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.HANDLE)
    if case.interim_at is not None:
        raise Refused("interim_done")
    if case.interim_due_at is None or case.stage != Stage.HANDLE:
        raise Refused("interim_not_asked")
    if not done.strip():
        raise Refused("words_missing")
    case.interim_at = now
    event = case_steps.record(case, "interim", actor=actor, now=now, reason=done)
    store_photos(pictures, case=case, stage=PhotoStage.AFTER, event=event, now=now)
    return case


def tell_unsafe(*, acting_user: None, now: datetime) -> int:
    """Say in the history, and so tell the unit, that a place was not made safe in time; how many were.

    Once for each limit, also after the worker was down, each in a transaction of its own: one at which
    something is wrong holds up no other. The version stays: nobody's open form goes stale.
    Raises ExceptionGroup when all others were told.
    """
    told, faults = 0, []
    for pk in list(_unsafe(now).values_list("pk", flat=True)):
        try:
            told += _tell_one(pk, now)
        except Exception as error:
            faults.append(error)
    if faults:
        raise ExceptionGroup("some units were not told that a place is unsafe", faults)
    return told


def _unsafe(now: datetime) -> QuerySet[Case]:
    """The cases whose unit was not yet told that their limit is over, the longest waiting first."""
    said = CaseEvent.objects.filter(
        case=OuterRef("pk"), step="interim_overdue", at__gte=OuterRef("interim_due_at")
    )
    late = Case.objects.filter(OPEN, stage=Stage.HANDLE, interim_at=None, interim_due_at__lte=now)
    return late.filter(~Exists(said)).order_by("interim_due_at", "pk")


@transaction.atomic
def _tell_one(pk: int, now: datetime) -> bool:
    """Tell one; False when somebody else works on it or it was made safe meanwhile."""
    locked = _unsafe(now).select_for_update(no_key=True, of=("self",), skip_locked=True)
    case = locked.filter(pk=pk).first()
    if case is None:
        return False
    event = CaseEvent.objects.create(
        case=case,
        at=now,
        step="interim_overdue",
        state_before=case.state,
        state_after=case.state,
        source="system",
    )
    tell_pages(event, case)
    tell_people(event)
    return True
