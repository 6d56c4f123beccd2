"""Somebody or something from outside the responsible unit saw the place after the rectification."""

from collections.abc import Sequence
from datetime import datetime
from math import isfinite
from typing import Any

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.cases.terms import PhotoStage, Step, VerificationKind
from anlan.cases.verification import Reading, check_drawn, check_evidence, check_readings, check_verifier
from anlan.flows import case_steps
from anlan.flows.close_by_system import close_by_system
from anlan.flows.store_photos import Picture, store_photos
from anlan.staff.terms import Action
from anlan.store.models import Case, CaseEvent, Photo, Verification
from anlan.store.readers.staff import Acting

SENSOR = case_steps.Actor(source="sensor")


@transaction.atomic
def pass_case(
    *, acting_user: Acting, case_id: int, version: int, now: datetime, seen: str, pictures: Sequence[Picture]
) -> Case:
    """The hazard is gone: `seen` says what was seen, `pictures` show it.

    Raises Refused("verifier_inside_unit", "not_drawn", "evidence_missing", "evidence_too_old", ...),
    NotFound, Conflict.
    """
    case, actor = _locked(acting_user, case_id, version)
    event = case_steps.take(case, Step.PASS, actor=actor, now=now, reason=seen)
    photos = store_photos(pictures, case=case, stage=PhotoStage.VERIFICATION, event=event, now=now)
    check_evidence(case, photos)
    keep(event, VerificationKind.ON_SITE, passed=True, rectified_at=case.rectified_at, evidence=shown(photos))
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

    Raises Refused("verifier_inside_unit", "not_drawn", "reason_missing", ...), NotFound, Conflict.
    """
    case, actor = _locked(acting_user, case_id, version)
    rectified_at = case.rectified_at
    event = case_steps.take(case, Step.FAIL, actor=actor, now=now, reason=reason, columns=rework(case))
    photos = store_photos(pictures, case=case, stage=PhotoStage.VERIFICATION, event=event, now=now)
    keep(event, VerificationKind.ON_SITE, passed=False, rectified_at=rectified_at, evidence=shown(photos))
    return case


@transaction.atomic
def pass_by_sensor(*, acting_user: None, case_id: int, now: datetime, readings: Sequence[Reading]) -> Case:
    """A sensor is back to normal: verified and closed by the system; some such cases are looked at once more.

    `readings` are the sensor's facts, as they are kept. Raises Refused("nothing_to_verify",
    "evidence_missing", "evidence_too_old", "reading_not_normal", "step_not_allowed"), NotFound.
    """
    case = (
        Case.objects.select_for_update(no_key=True, of=("self",))
        .select_related("category", "unit")
        .filter(pk=case_id)
        .first()
    )
    if case is None:
        raise NotFound
    check_readings(case, readings)
    event = case_steps.take(case, Step.PASS, actor=SENSOR, now=now)
    evidence = {"readings": [_kept(each) for each in readings]}
    keep(event, VerificationKind.SENSOR, passed=True, rectified_at=case.rectified_at, evidence=evidence)
    close_by_system(case, now)
    return case


def _kept(reading: Reading) -> dict[str, Any]:
    """A reading as evidence; a bound that there is not is None."""
    bounds = {"lowest": reading.lowest, "highest": reading.highest}
    finite = {name: value if isfinite(value) else None for name, value in bounds.items()}
    return {
        "device": reading.device,
        "made_at": reading.made_at.isoformat(),
        "value": reading.value,
        **finite,
    }


def rework(case: Case) -> dict[str, Any]:
    """The columns of a case that goes back to its unit: its rectification no longer counts."""
    return {"rework_count": case.rework_count + 1, "rectified_at": None}


def keep(
    event: CaseEvent,
    kind: VerificationKind,
    *,
    passed: bool,
    rectified_at: datetime | None,
    evidence: dict[str, Any],
    report_id: int | None = None,
) -> Verification:
    """Record a verification as such, by whom the event says, of the rectification at `rectified_at`.

    Raises Refused("nothing_to_verify") without one.
    """
    if rectified_at is None:
        raise Refused("nothing_to_verify")
    return Verification.objects.create(
        case_id=event.case_id,
        kind=kind,
        passed=passed,
        at=event.at,
        rectified_at=rectified_at,
        user=event.actor,
        unit=event.actor_unit,
        role=event.actor_role,
        report_id=report_id,
        event=event,
        evidence=evidence,
    )


def shown(photos: Sequence[Photo]) -> dict[str, Any]:
    """Photos as the evidence of a verification."""
    return {"photos": [str(photo.pk) for photo in photos]}


def _locked(acting_user: Acting, case_id: int, version: int) -> tuple[Case, case_steps.Actor]:
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.VERIFY)
    check_verifier(case, acting_user.memberships)
    check_drawn(case.drawn_verifiers, [membership.pk for membership in acting_user.memberships])
    return case, actor
