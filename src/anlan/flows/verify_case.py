"""Somebody from outside the responsible unit looked at the place after the rectification."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from anlan.cases.terms import PhotoStage, Step
from anlan.cases.verification import check_evidence, check_verifier
from anlan.flows import case_steps
from anlan.flows.store_photos import Picture, store_photos
from anlan.staff.terms import Action
from anlan.store.models import Case
from anlan.store.readers.staff import Acting


@transaction.atomic
def pass_case(
    *, acting_user: Acting, case_id: int, version: int, now: datetime, seen: str, pictures: Sequence[Picture]
) -> Case:
    """The hazard is gone: `seen` says what was seen, `pictures` show it.

    Raises Refused("verifier_inside_unit", "evidence_missing", "evidence_too_old", ...), NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.VERIFY)
    check_verifier(case, [membership.unit_path for membership in acting_user.memberships])
    event = case_steps.take(case, Step.PASS, actor=actor, now=now, reason=seen)
    check_evidence(
        case, store_photos(pictures, case=case, stage=PhotoStage.VERIFICATION, event=event, now=now)
    )
    return case


@transaction.atomic
def fail_case(
    *,
    acting_user: Acting,
    case_id: int,
    version: int,
    now: datetime,
    reason: str,
    pictures: Sequence[Picture] = (),
) -> Case:
    """The hazard is still there: back to the unit for rework, with what is still wrong.

    Raises Refused("verifier_inside_unit", "reason_missing", ...), NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.VERIFY)
    check_verifier(case, [membership.unit_path for membership in acting_user.memberships])
    again = {"rework_count": case.rework_count + 1, "rectified_at": None}
    event = case_steps.take(case, Step.FAIL, actor=actor, now=now, reason=reason, columns=again)
    store_photos(pictures, case=case, stage=PhotoStage.VERIFICATION, event=event, now=now)
    return case
