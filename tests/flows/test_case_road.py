"""One case's way from report to closure, and who is kept from which step."""

from datetime import timedelta

import pytest

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.terms import Severity, State
from anlan.flows.close_case import close_case, reopen_case
from anlan.flows.dispatch_case import cancel_case, dispatch_case, recall_case
from anlan.flows.handle_case import rectify_case, return_case
from anlan.flows.park_case import park_case, resume_case
from anlan.flows.triage_case import accept_case, reject_case
from anlan.flows.verify_case import fail_case, pass_case
from anlan.store.models import Case, CaseEvent, Contact
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.pictures import picture
from tests.flows.walks import HOUR, new, walked_to

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=3)


def told(case: Case) -> list[tuple[str, str, str, str]]:
    """Step, state reached, and unit and role of who took it."""
    rows = case.events.values_list("step", "state_after", "actor_unit__code", "actor_role")
    return [(step, state, unit or "", role) for step, state, unit, role in rows]


def test_the_whole_road_is_in_the_history_with_who_and_in_which_role(cast: Cast) -> None:
    case = walked_to(State.CLOSED, cast, NOON)

    assert told(case) == [
        ("reported", "new", "", ""),
        ("accept", "accepted", "desk-1", "dispatcher"),
        ("dispatch", "dispatched", "desk-1", "dispatcher"),
        ("start", "in_progress", "committee-111", "handler"),
        ("rectify", "rectified", "committee-111", "handler"),
        ("pass", "verified", "water-1", "verifier"),
        ("close", "closed", "desk-1", "dispatcher"),
    ]
    assert case.closed_at == NOON + 6 * HOUR
    assert case.due_at is None


def test_a_new_case_has_a_title_a_suggested_unit_and_a_deadline(cast: Cast) -> None:
    case = new(cast, NOON)

    assert (case.title, case.state, case.stage) == ("护栏断了约 3 米", "new", "accept")
    assert case.due_at == NOON + HOUR
    assert case.route_reason == {
        "rule": "kind_in_area",
        "kind": "village_committee",
        "version": 0,
        "unit": "committee-111",
        "unit_name": "荻花村村委会",
    }


def test_history_says_what_was_and_what_is(cast: Cast) -> None:
    case = walked_to(State.DISPATCHED, cast, NOON)

    changes = case.events.get(step="dispatch").changes
    assert changes["unit"] == [None, "荻花村村委会"]
    assert changes["state"] == ["accepted", "dispatched"]
    assert changes["stage"] == ["dispatch", "handle"]


def test_the_handler_of_the_unit_cannot_verify_even_as_verifier_of_the_county(cast: Cast) -> None:
    case = walked_to(State.RECTIFIED, cast, NOON)
    both = type(cast.bob)(cast.bob.user, cast.bob.memberships + cast.alice.memberships)

    with pytest.raises(Refused, match="not_permitted"):
        pass_case(
            acting_user=cast.alice,
            case_id=case.pk,
            version=case.version,
            now=LATER,
            seen="fine",
            pictures=[picture(LATER)],
        )
    with pytest.raises(Refused, match="verifier_inside_unit"):
        pass_case(
            acting_user=both,
            case_id=case.pk,
            version=case.version,
            now=LATER,
            seen="fine",
            pictures=[picture(LATER)],
        )

    assert Case.objects.get().state == State.RECTIFIED


@pytest.mark.parametrize(
    ("made", "reason"), [([], "evidence_missing"), ([NOON], "evidence_too_old")], ids=["none", "old"]
)
def test_a_verification_without_evidence_from_after_the_rectification_is_refused_whole(
    cast: Cast, made: list[object], reason: str
) -> None:
    case = walked_to(State.RECTIFIED, cast, NOON)

    with pytest.raises(Refused, match=reason):
        pass_case(
            acting_user=cast.bob,
            case_id=case.pk,
            version=case.version,
            now=LATER,
            seen="The railing holds",
            pictures=[picture(at) for at in made],  # type: ignore[arg-type]
        )

    case.refresh_from_db()
    assert (case.state, case.photos.filter(stage="verification").count()) == (State.RECTIFIED, 0)


def test_a_failed_verification_counts_as_rework_and_needs_new_evidence(cast: Cast) -> None:
    case = walked_to(State.RECTIFIED, cast, NOON)

    case = fail_case(
        acting_user=cast.bob, case_id=case.pk, version=case.version, now=LATER, reason="Two posts move"
    )

    assert (case.state, case.rework_count, case.unit) == (State.REWORK, 1, cast.committee_111)
    again = rectify_case(
        acting_user=cast.erin,
        case_id=case.pk,
        version=case.version,
        now=LATER + HOUR,
        done="Posts set in concrete",
        pictures=[picture(LATER + HOUR)],
    )
    assert (again.state, again.rectified_at) == (State.RECTIFIED, LATER + HOUR)
    assert [event.step for event in case.events.order_by("-id")[:2]] == ["rectify", "start"]


def test_whoever_acts_on_an_old_reading_is_told_how_much_they_missed(cast: Cast) -> None:
    case = walked_to(State.ACCEPTED, cast, NOON)
    seen = case.version
    dispatch_case(
        acting_user=cast.carol, case_id=case.pk, version=seen, now=LATER, unit_code=cast.committee_111.code
    )

    with pytest.raises(Conflict) as conflict:
        dispatch_case(
            acting_user=cast.ivan, case_id=case.pk, version=seen, now=LATER, unit_code=cast.committee_112.code
        )

    assert conflict.value.missed == 1
    assert Case.objects.get().unit == cast.committee_111


def test_a_dispatcher_of_another_county_finds_no_such_case(cast: Cast) -> None:
    case = new(cast, NOON)

    with pytest.raises(NotFound):
        accept_case(acting_user=cast.dan, case_id=case.pk, version=0, now=LATER, severity=Severity.SERIOUS)


def test_another_unit_than_the_suggested_one_needs_a_reason(cast: Cast) -> None:
    case = walked_to(State.ACCEPTED, cast, NOON)
    elsewhere = {"case_id": case.pk, "version": case.version, "unit_code": cast.office_11.code}

    with pytest.raises(Refused, match="reason_for_other_unit") as refusal:
        dispatch_case(acting_user=cast.carol, now=LATER, **elsewhere)
    assert refusal.value.facts == {"suggested": "荻花村村委会"}

    sent = dispatch_case(acting_user=cast.carol, now=LATER, reason="The township owns the road", **elsewhere)
    assert sent.unit == cast.office_11


def test_a_returned_case_belongs_to_no_unit_and_is_sent_anew(cast: Cast) -> None:
    case = walked_to(State.DISPATCHED, cast, NOON)

    case = return_case(
        acting_user=cast.alice, case_id=case.pk, version=case.version, now=LATER, reason="Not our pond"
    )

    assert (case.state, case.unit, case.unit_path, case.stage) == (State.RETURNED, None, "", "dispatch")
    with pytest.raises(NotFound):
        rectify_case(
            acting_user=cast.alice, case_id=case.pk, version=case.version, now=LATER, done="", pictures=[]
        )


def test_a_parked_case_keeps_what_was_left_of_its_clock(cast: Cast) -> None:
    case = walked_to(State.DISPATCHED, cast, NOON)
    left = case.due_at - (NOON + 10 * HOUR)  # type: ignore[operator]

    parked = park_case(
        acting_user=cast.carol,
        case_id=case.pk,
        version=case.version,
        now=NOON + 10 * HOUR,
        reason="Low water only from November",
        review_at=LATER,
    )
    assert (parked.state, parked.due_at, parked.stage) == (State.PARKED, LATER, "")

    resumed = resume_case(acting_user=cast.carol, case_id=case.pk, version=parked.version, now=LATER)
    assert (resumed.state, resumed.due_at, resumed.stage) == (State.DISPATCHED, LATER + left, "handle")
    assert resumed.former_state == ""
    assert resumed.clock_left is None


def test_a_review_date_must_lie_ahead(cast: Cast) -> None:
    case = walked_to(State.ACCEPTED, cast, NOON)

    with pytest.raises(Refused, match="review_not_ahead"):
        park_case(
            acting_user=cast.carol,
            case_id=case.pk,
            version=case.version,
            now=LATER,
            reason="Winter",
            review_at=LATER,
        )


def test_a_reopened_case_is_sent_out_anew_and_its_old_rectification_proves_nothing(cast: Cast) -> None:
    case = walked_to(State.CLOSED, cast, NOON)

    case = reopen_case(
        acting_user=cast.carol, case_id=case.pk, version=case.version, now=LATER, reason="Broken again"
    )

    assert (case.state, case.reopen_count, case.rectified_at, case.closed_at, case.unit) == (
        State.REOPENED,
        1,
        None,
        None,
        None,
    )


def test_a_recalled_case_is_the_desks_again(cast: Cast) -> None:
    case = walked_to(State.DISPATCHED, cast, NOON)

    case = recall_case(
        acting_user=cast.carol, case_id=case.pk, version=case.version, now=LATER, reason="Wrong village"
    )

    assert (case.state, case.unit) == (State.ACCEPTED, None)


@pytest.mark.parametrize("end", ["reject", "cancel", "close"])
def test_the_end_of_a_case_dates_the_erasure_of_contacts(cast: Cast, end: str) -> None:
    started = {"reject": State.NEW, "cancel": State.ACCEPTED, "close": State.VERIFIED}[end]
    case = walked_to(started, cast, NOON)
    report = case.reports.create(
        channel="web", category=case.category, words="x", area=case.area, received_at=NOON
    )
    Contact.objects.create(report=report, phone="0576-0000000")
    steps = {"reject": reject_case, "cancel": cancel_case, "close": close_case}
    reason = {} if end == "close" else {"reason": "No hazard"}

    steps[end](acting_user=cast.carol, case_id=case.pk, version=case.version, now=LATER, **reason)  # type: ignore[operator]

    assert Contact.objects.get().erase_after == (LATER + timedelta(days=90)).date()


def test_every_step_queues_its_notices_in_the_same_transaction_and_in_the_order_of_the_case(
    cast: Cast,
) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    case = walked_to(State.DISPATCHED, cast, NOON)

    jobs = ProcrastinateJob.objects.order_by("id").values_list("task_name", "lock", "args")
    events = CaseEvent.objects.filter(case=case).order_by("id")
    assert list(jobs) == [("notify", f"case:{case.pk}", {"event_id": event.pk}) for event in events]
