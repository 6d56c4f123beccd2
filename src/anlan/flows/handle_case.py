"""The responsible unit removes the hazard, or says that it is not theirs."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from anlan.base.errors import Refused
from anlan.cases.drawing import Purpose
from anlan.cases.terms import PhotoStage, State, Step
from anlan.flows import case_steps
from anlan.flows.draw_verifiers import draw, pool_of
from anlan.flows.publish_cases import await_reading
from anlan.flows.store_photos import Picture, store_photos
from anlan.staff.terms import Action
from anlan.store.models import Case
from anlan.store.readers.staff import Acting


@transaction.atomic
def start_case(*, acting_user: Acting, case_id: int, version: int, now: datetime) -> Case:
    """The unit takes the case in hand.

    Raises Refused, NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.HANDLE)
    case_steps.take(case, Step.START, actor=actor, now=now)
    return case


@transaction.atomic
def return_case(*, acting_user: Acting, case_id: int, version: int, now: datetime, reason: str) -> Case:
    """The unit says that the case is not theirs; it goes back to the desk.

    Raises Refused, NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.HANDLE)
    columns = {**case_steps.NO_UNIT, "return_count": case.return_count + 1}
    case_steps.take(case, Step.RETURN, actor=actor, now=now, reason=reason, columns=columns)
    return case


@transaction.atomic
def rectify_case(
    *,
    acting_user: Acting,
    case_id: int,
    version: int,
    now: datetime,
    done: str,
    pictures: Sequence[Picture] = (),
) -> Case:
    """The unit says what it did and shows it; a case that it had not taken in hand is taken in hand first.

    `done` is what was done, in words; at least one of `pictures` is needed.
    Raises Refused("words_missing", "picture_missing", ...), NotFound, Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.HANDLE)
    if not done.strip():
        raise Refused("words_missing")
    if not pictures:
        raise Refused("picture_missing")
    if case.state in (State.DISPATCHED, State.REWORK):
        case_steps.take(case, Step.START, actor=actor, now=now)
    case.rectified_by = acting_user.user  # before the draw, which leaves them out
    drawn = draw(case, Purpose.VERIFIERS, now)
    case.drawn_verifiers = pool_of(drawn)
    event = case_steps.take(
        case, Step.RECTIFY, actor=actor, now=now, reason=done, columns={"rectified_at": now}
    )
    await_reading([case.pk], now)
    store_photos(pictures, case=case, stage=PhotoStage.AFTER, event=event, now=now)
    return case
