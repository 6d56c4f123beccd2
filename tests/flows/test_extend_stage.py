"""More time: asked for by the unit, answered by somebody else, with the old end kept."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.notices import TOLD, Audience, NoticeKind
from anlan.cases.terms import TOTAL, State
from anlan.flows.extend_stage import ask_for_time, decline_time, grant_time
from anlan.flows.handle_case import rectify_case
from anlan.flows.park_case import park_case, resume_case
from anlan.staff.terms import Role
from anlan.store.models import Case, Extension, Membership, StageClock
from anlan.store.readers.staff import Acting, acting_for
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows import walks
from tests.flows.pictures import picture
from tests.flows.walks import HOUR

pytestmark = pytest.mark.django_db
LATER = NOON + 5 * HOUR


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


def asked(cast: Cast, who: Acting | None = None, case: Case | None = None, **other: Any) -> Case:
    case = case or walks.walked_to(State.IN_PROGRESS, cast, NOON)
    facts = {"amount": 2, "unit": "days", "reason": "the part comes by ship"} | other
    ask_for_time(
        acting_user=who or cast.alice, case_id=case.pk, version=case.version, now=NOON + 4 * HOUR, **facts
    )
    case.refresh_from_db()
    return case


def granted(cast: Cast, case: Case, who: Acting | None = None) -> Case:
    grant_time(acting_user=who or cast.carol, case_id=case.pk, version=case.version, now=LATER)
    case.refresh_from_db()
    return case


def clock(case: Case, stage: str) -> StageClock:
    return StageClock.objects.get(case=case, stage=stage, ended_at=None)


def test_asking_moves_nothing_and_tells_the_desk(cast: Cast) -> None:
    case = walks.walked_to(State.IN_PROGRESS, cast, NOON)
    due_at = case.due_at

    case = asked(cast, case=case)

    assert case.due_at == due_at == clock(case, "handle").due_at
    assert case.events.latest("id").step == "extension_asked"
    assert TOLD["extension_asked"] == (NoticeKind.TIME_ASKED, Audience.DESK)


def test_granted_both_ends_move_and_the_promise_and_the_old_end_stay(cast: Cast) -> None:
    case = asked(cast)
    before = {stage: clock(case, stage) for stage in ("handle", TOTAL)}

    case = granted(cast, case)

    two_days = timedelta(days=2)
    for stage, was in before.items():
        now = clock(case, stage)
        assert (now.due_at, now.promised_due_at) == (was.due_at + two_days, was.promised_due_at)
        assert now.near_at > was.near_at
    kept = Extension.objects.get()
    assert (kept.due_before, kept.due_after) == (before["handle"].due_at, case.due_at)
    assert (kept.asked_by, kept.answered_by) == (cast.alice.user, cast.carol.user)
    event = case.events.latest("id")
    assert (event.step, event.changes["more_time"]) == ("extension_granted", [None, "2 days"])
    assert [end is not None for end in event.changes["due_at"]] == [True, True]
    assert TOLD["extension_granted"] == (NoticeKind.TIME_ANSWERED, Audience.UNIT)


def test_declined_the_end_stays_and_the_unit_reads_why(cast: Cast) -> None:
    case = asked(cast)
    due_at = case.due_at

    with pytest.raises(Refused, match="reason_missing"):
        decline_time(acting_user=cast.carol, case_id=case.pk, version=case.version, now=LATER, reason=" ")
    decline_time(acting_user=cast.carol, case_id=case.pk, version=case.version, now=LATER, reason="no")

    case.refresh_from_db()
    assert (case.due_at, Extension.objects.get().granted) == (due_at, False)
    assert asked(cast, case=case).extensions.count() == 2  # asked again


def test_the_one_who_asked_does_not_answer_in_any_role(cast: Cast) -> None:
    case = asked(cast)
    Membership.objects.create(
        user=cast.alice.user, unit=cast.desk_1, role=Role.DISPATCHER, area=cast.county_1
    )

    with pytest.raises(Refused, match="own_extension"):
        granted(cast, case, acting_for(cast.alice.user))
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.update(answered_by=cast.alice.user)


@pytest.mark.parametrize(
    ("who", "error"), [("bob", Refused), ("carol", Refused), ("dan", NotFound), ("nobody", NotFound)]
)
def test_only_the_unit_asks(cast: Cast, who: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        asked(cast, getattr(cast, who))


@pytest.mark.parametrize(("who", "error"), [("alice", Refused), ("bob", Refused), ("dan", NotFound)])
def test_only_the_desk_answers(cast: Cast, who: str, error: type[Exception]) -> None:
    case = asked(cast)
    with pytest.raises(error):
        granted(cast, case, getattr(cast, who))


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"reason": " "}, "reason_missing"),
        ({"amount": -1}, "limit_out_of_range"),
        ({"amount": 0}, "extension_too_short"),
    ],
)
def test_what_cannot_be_asked(cast: Cast, other: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        asked(cast, **other)
    assert not Extension.objects.exists()


def test_one_request_at_a_time_and_an_old_version_is_told(cast: Cast) -> None:
    case = asked(cast)
    with pytest.raises(Refused, match="extension_asked"):
        asked(cast, case=case)
    case.version -= 1
    with pytest.raises(Conflict):
        granted(cast, case)


@pytest.mark.parametrize("state", [State.ACCEPTED, State.RECTIFIED, State.CLOSED, State.PARKED])
def test_where_no_clock_of_the_unit_runs_nothing_is_asked_or_answered(cast: Cast, state: State) -> None:
    case = walks.walked_to(State.IN_PROGRESS, cast, NOON) if state is State.PARKED else None
    case = _parked(cast, case) if case else walks.walked_to(state, cast, NOON)

    for act in (lambda: asked(cast, case=case), lambda: granted(cast, case)):
        with pytest.raises((Refused, NotFound)):
            act()
    assert not Extension.objects.exists()


def _parked(cast: Cast, case: Case) -> Case:
    review_at = LATER + timedelta(days=9)
    return park_case(
        acting_user=cast.carol,
        case_id=case.pk,
        version=case.version,
        now=LATER,
        reason="x",
        review_at=review_at,
    )


def test_a_request_outlives_a_pause_and_lapses_with_its_stage(cast: Cast) -> None:
    case = _parked(cast, asked(cast))
    case = resume_case(acting_user=cast.carol, case_id=case.pk, version=case.version, now=LATER + HOUR)
    due_at = case.due_at

    assert granted(cast, case).due_at == due_at + timedelta(days=2)

    again = asked(cast, case=case)
    done = rectify_case(
        acting_user=cast.alice,
        case_id=again.pk,
        version=again.version,
        now=LATER + 2 * HOUR,
        done="fixed",
        pictures=[picture(LATER + 2 * HOUR)],
    )
    with pytest.raises(Refused, match="extension_not_here"):
        granted(cast, done)
