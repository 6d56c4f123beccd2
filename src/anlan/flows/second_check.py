"""A person looks once more at a case that a sensor or a reporter's word closed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from anlan.base.errors import Refused
from anlan.cases.terms import PhotoStage, State, VerificationKind
from anlan.cases.verification import check_drawn, check_evidence, check_verifier
from anlan.flows import case_steps
from anlan.flows.contest_case import contest
from anlan.flows.store_photos import Picture, store_photos
from anlan.flows.verify_case import keep, shown
from anlan.staff.terms import Action
from anlan.store.models import Case, CaseEvent, SecondCheck, Verification
from anlan.store.readers.staff import Acting


@transaction.atomic
def confirm_closing(
    *, acting_user: Acting, case_id: int, version: int, now: datetime, seen: str, pictures: Sequence[Picture]
) -> Case:
    """The second look agrees: the hazard is gone. The case stays closed.

    Raises Refused("no_second_check", "words_missing", "verifier_inside_unit", "not_drawn",
    "evidence_missing", "evidence_too_old"), NotFound, Conflict.
    """
    case, actor, check = _locked(acting_user, case_id, version)
    if not seen.strip():
        raise Refused("words_missing")
    event = case_steps.record(case, "second_check_passed", actor=actor, now=now, reason=seen)
    photos = store_photos(pictures, case=case, stage=PhotoStage.VERIFICATION, event=event, now=now)
    check_evidence(case, photos)
    _end(
        check,
        keep(
            event,
            VerificationKind.ON_SITE,
            passed=True,
            rectified_at=check.rectified_at,
            evidence=shown(photos),
        ),
    )
    return case


@transaction.atomic
def refute_closing(
    *,
    acting_user: Acting,
    case_id: int,
    version: int,
    now: datetime,
    seen: str,
    pictures: Sequence[Picture] = (),
) -> Case:
    """The second look disagrees: the case is open again as rework, with what is still wrong.

    Raises Refused("no_second_check", "reason_missing", "verifier_inside_unit", "not_drawn"), NotFound,
    Conflict.
    """
    case, actor, check = _locked(acting_user, case_id, version)
    event: CaseEvent = contest(case, actor=actor, now=now, reason=seen)
    photos = store_photos(pictures, case=case, stage=PhotoStage.VERIFICATION, event=event, now=now)
    _end(
        check,
        keep(
            event,
            VerificationKind.ON_SITE,
            passed=False,
            rectified_at=check.rectified_at,
            evidence=shown(photos),
        ),
    )
    return case


def _locked(acting_user: Acting, case_id: int, version: int) -> tuple[Case, case_steps.Actor, SecondCheck]:
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.VERIFY)
    check = SecondCheck.objects.filter(case=case, done_at=None).first()
    if check is None or case.state != State.CLOSED:
        raise Refused("no_second_check")
    check_verifier(case, acting_user.memberships)
    check_drawn(check.pool, [membership.pk for membership in acting_user.memberships])
    return case, actor, check


def _end(check: SecondCheck, verification: Verification) -> None:
    check.done_at, check.verification = verification.at, verification
    check.save()
