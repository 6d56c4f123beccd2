"""One step for many cases: shown first, then each by itself, once, whoever else is at work."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from anlan.base.errors import NotFound, Refused
from anlan.cases.terms import State, Step
from anlan.flows import bulk_steps, close_case
from anlan.flows.bulk_steps import confirm_bulk, forget_bulk, prepare_bulk, run_bulk_part, unfinished
from anlan.flows.park_case import park_case
from anlan.store.models import BulkRun, Case, CaseEvent
from anlan.store.readers.many import bulk_view
from anlan.store.readers.queue import visible
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows import walks
from tests.flows.walks import HOUR, walked_to

LATER = NOON + 30 * HOUR
PARKED = {"reason": "the dyke is being built", "review_at": (LATER + timedelta(days=9)).isoformat()}


def prepared(cast: Cast, step: Step) -> BulkRun:
    """A run of all that Carol sees."""
    return prepare_bulk(
        acting_user=cast.carol, step=step, cases=visible(cast.carol).order_by("pk"), now=LATER
    )


def done(cast: Cast, run: BulkRun, words: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """What became of the rows, in the order of the cases."""
    confirm_bulk(acting_user=cast.carol, run_id=run.pk, words=words or {}, now=LATER)
    while run_bulk_part(acting_user=None, run_id=run.pk, now=LATER):
        pass
    return [(row.outcome, row.why) for row in run.rows.order_by("case_id")]


def test_a_preview_says_of_each_case_whether_it_can_and_does_nothing(cast: Cast) -> None:
    cases = [walked_to(state, cast, NOON) for state in (State.VERIFIED, State.NEW)]

    run = prepared(cast, Step.CLOSE)

    assert [(row.case_id, row.why) for row in run.rows.order_by("pk")] == [
        (cases[0].pk, ""),
        (cases[1].pk, "step_not_allowed"),
    ]
    assert [Case.objects.get(pk=case.pk).version for case in cases] == [case.version for case in cases]


def test_each_case_goes_through_the_flow_of_its_step(cast: Cast) -> None:
    verified, new = walked_to(State.VERIFIED, cast, NOON), walked_to(State.NEW, cast, NOON)

    assert done(cast, prepared(cast, Step.CLOSE)) == [("done", ""), ("refused", "step_not_allowed")]
    assert Case.objects.get(pk=verified.pk).state == State.CLOSED
    assert Case.objects.get(pk=new.pk).state == State.NEW
    event = CaseEvent.objects.filter(case=verified).order_by("-id")[0]
    assert (event.step, event.actor, event.actor_role) == (Step.CLOSE, cast.carol.user, "dispatcher")


def test_a_case_that_moved_on_after_the_preview_is_left_alone(cast: Cast) -> None:
    first, second = walks.new(cast, NOON), walks.new(cast, NOON)
    run = prepared(cast, Step.ACCEPT)
    walks._accept(cast, second, LATER)

    assert done(cast, run) == [("done", ""), ("changed", "")]
    assert [Case.objects.get(pk=case.pk).version for case in (first, second)] == [first.version + 1] * 2


@pytest.mark.parametrize("words", [{}, {"unit_code": "committee-111"}])
def test_dispatch_goes_to_the_suggested_unit_or_to_the_one_chosen(cast: Cast, words: dict[str, str]) -> None:
    case = walked_to(State.ACCEPTED, cast, NOON)

    assert done(cast, prepared(cast, Step.DISPATCH), words) == [("done", "")]
    assert Case.objects.get(pk=case.pk).unit == cast.committee_111


def test_a_refusal_of_one_case_keeps_its_sentence_and_the_others_go_on(cast: Cast) -> None:
    for _ in range(2):
        walked_to(State.ACCEPTED, cast, NOON)
    Case.objects.filter(pk=Case.objects.order_by("pk")[0].pk).update(route_reason={"unit": "committee-112"})

    assert done(cast, prepared(cast, Step.DISPATCH)) == [("refused", "reason_for_other_unit"), ("done", "")]


def test_parking_many_needs_the_reason_and_the_day(cast: Cast) -> None:
    walked_to(State.ACCEPTED, cast, NOON)
    run = prepared(cast, Step.PARK)

    with pytest.raises(Refused, match="reason_missing"):
        confirm_bulk(acting_user=cast.carol, run_id=run.pk, words=PARKED | {"reason": " "}, now=LATER)
    with pytest.raises(Refused, match="review_not_ahead"):
        confirm_bulk(
            acting_user=cast.carol, run_id=run.pk, words=PARKED | {"review_at": NOON.isoformat()}, now=LATER
        )
    assert done(cast, run, PARKED) == [("done", "")]
    assert Case.objects.get().state == State.PARKED


def test_a_run_begun_by_a_worker_that_died_is_ended_by_another_with_nothing_twice(cast: Cast) -> None:
    for _ in range(27):
        walks.new(cast, NOON)
    run = prepared(cast, Step.ACCEPT)
    confirm_bulk(acting_user=cast.carol, run_id=run.pk, words={}, now=LATER)
    assert run_bulk_part(acting_user=None, run_id=run.pk, now=LATER)  # then it is killed

    assert list(unfinished(LATER)) == []
    assert list(unfinished(LATER + HOUR)) == [run.pk]
    assert done(cast, run) == [("done", "")] * 27
    assert CaseEvent.objects.filter(step=Step.ACCEPT).count() == 27
    assert list(unfinished(LATER + HOUR)) == []


def test_somebody_who_left_after_the_yes_changes_nothing_more(cast: Cast) -> None:
    walks.new(cast, NOON)
    run = prepared(cast, Step.ACCEPT)
    confirm_bulk(acting_user=cast.carol, run_id=run.pk, words={}, now=LATER)
    cast.carol.user.is_active = False
    cast.carol.user.save()

    assert done(cast, run) == [("refused", "not_permitted")]


def test_the_yes_said_twice_is_one_yes(cast: Cast) -> None:
    walked_to(State.ACCEPTED, cast, NOON)
    run = prepared(cast, Step.PARK)
    for reason in ("first", "second"):
        words = PARKED | {"reason": reason}
        confirm_bulk(acting_user=cast.carol, run_id=run.pk, words=words, now=LATER)

    assert BulkRun.objects.get().words["reason"] == "first"


def test_more_than_the_most_are_counted_and_left_for_the_next_go(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anlan.cases.bulk.MOST", 2)
    for _ in range(3):
        walks.new(cast, NOON)

    run = prepared(cast, Step.ACCEPT)

    assert (run.rows.count(), run.left_over) == (2, 1)


def test_nothing_chosen_and_steps_that_need_eyes_are_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="nothing_chosen"):
        prepared(cast, Step.ACCEPT)
    with pytest.raises(Refused, match="not_in_bulk"):
        prepared(cast, Step.PASS)


def test_a_run_is_its_owners_alone_and_forgotten_after_its_days(cast: Cast) -> None:
    walks.new(cast, NOON)
    run = prepared(cast, Step.ACCEPT)

    with pytest.raises(NotFound):
        confirm_bulk(acting_user=cast.liu, run_id=run.pk, words={}, now=LATER)
    with pytest.raises(NotFound):
        bulk_view(cast.liu, run.pk)
    assert [forget_bulk(acting_user=None, before=at) for at in (LATER, LATER + HOUR)] == [0, 1]


def test_two_people_with_the_same_cases_do_each_of_them_once(cast: Cast) -> None:
    case = walked_to(State.ACCEPTED, cast, NOON)
    run = prepared(cast, Step.CANCEL)
    review = LATER + timedelta(days=3)
    park_case(
        acting_user=cast.liu, case_id=case.pk, version=case.version, now=LATER, reason="x", review_at=review
    )

    assert done(cast, run, {"reason": "no hazard"}) == [("changed", "")]
    assert Case.objects.get().state == State.PARKED


def breaks_at(case_id: int) -> Callable[..., object]:
    """Closing cases by a program that has a fault at one of them."""

    def close(**call: Any) -> object:
        if call["case_id"] == case_id:
            raise ZeroDivisionError
        return close_case.close_case(**call)

    return close


def test_a_case_at_which_the_program_fails_is_written_down_and_the_rest_goes_on(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = (walked_to(State.VERIFIED, cast, NOON) for _ in range(2))
    flow = (breaks_at(broken.pk), bulk_steps.FLOWS[Step.CLOSE][1])
    monkeypatch.setattr(bulk_steps, "FLOWS", {**bulk_steps.FLOWS, Step.CLOSE: flow})
    run = prepared(cast, Step.CLOSE)

    assert done(cast, run) == [("failed", ""), ("done", "")]
    assert Case.objects.get(pk=broken.pk).state == State.VERIFIED
    assert Case.objects.get(pk=sound.pk).state == State.CLOSED
    run.refresh_from_db()
    assert run.finished_at == LATER
