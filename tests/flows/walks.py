"""A case taken along its road, step by step, by the cast."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from anlan.cases.terms import Severity, State
from anlan.flows.close_case import close_case
from anlan.flows.dispatch_case import dispatch_case
from anlan.flows.handle_case import rectify_case, start_case
from anlan.flows.new_case import Hazard, open_case
from anlan.flows.triage_case import accept_case
from anlan.flows.verify_case import pass_case
from anlan.store.models import Case
from tests.cast import Cast
from tests.flows.pictures import picture

HOUR = timedelta(hours=1)


def new(cast: Cast, at: datetime, words: str = "护栏断了约 3 米。孩子放学都从这里走。") -> Case:
    """A hazard at the pond of village_111, reported at `at`."""
    hazard = Hazard(
        category=cast.open_water,
        area=cast.village_111,
        words=words,
        lng=cast.pond_111.lng,
        lat=cast.pond_111.lat,
    )
    case, _ = open_case(hazard, at=at, source="resident")
    return case


def _accept(cast: Cast, case: Case, now: datetime) -> Case:
    return accept_case(
        acting_user=cast.carol, case_id=case.pk, version=case.version, now=now, severity=Severity.SERIOUS
    )


def _dispatch(cast: Cast, case: Case, now: datetime) -> Case:
    return dispatch_case(
        acting_user=cast.carol,
        case_id=case.pk,
        version=case.version,
        now=now,
        unit_code=cast.committee_111.code,
    )


def _start(cast: Cast, case: Case, now: datetime) -> Case:
    return start_case(acting_user=cast.alice, case_id=case.pk, version=case.version, now=now)


def _rectify(cast: Cast, case: Case, now: datetime) -> Case:
    return rectify_case(
        acting_user=cast.alice,
        case_id=case.pk,
        version=case.version,
        now=now,
        done="3 m of railing fitted",
        pictures=[picture(now)],
    )


def _verify(cast: Cast, case: Case, now: datetime) -> Case:
    return pass_case(
        acting_user=cast.bob,
        case_id=case.pk,
        version=case.version,
        now=now,
        seen="The railing holds",
        pictures=[picture(now)],
    )


def _close(cast: Cast, case: Case, now: datetime) -> Case:
    return close_case(acting_user=cast.carol, case_id=case.pk, version=case.version, now=now)


ROAD: Mapping[State, Callable[[Cast, Case, datetime], Case]] = {
    State.ACCEPTED: _accept,
    State.DISPATCHED: _dispatch,
    State.IN_PROGRESS: _start,
    State.RECTIFIED: _rectify,
    State.VERIFIED: _verify,
    State.CLOSED: _close,
}


def walked_to(state: State, cast: Cast, at: datetime) -> Case:
    """A case in `state`, reported at `at` and moved one step an hour."""
    case = new(cast, at)
    for hours, (reached, step) in enumerate(ROAD.items(), start=1):
        if case.state == state:
            break
        case = step(cast, case, at + hours * HOUR)
        assert case.state == reached
    return Case.objects.get(pk=case.pk)
