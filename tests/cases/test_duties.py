"""What may happen next, and why not."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from anlan.cases.duties import ACTION_FOR, ACTION_OF_STAGE, MAIN_STEPS, options, steps_offered
from anlan.cases.states import STEPS
from anlan.cases.terms import Stage, State, Step
from anlan.staff.terms import Role

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(frozen=True)
class File:
    state: str
    unit_path: str = "desk.office.committee."
    area_path: str = "c.1.11.111."
    former_state: str = ""
    rectified_at: datetime | None = NOON
    rectified_by_id: int | None = None
    drawn_verifiers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Post:
    role: str
    unit_path: str
    area_path: str
    id: int = 1
    user_id: int = 1


DISPATCHER = Post(Role.DISPATCHER, "desk.", "c.1.")
HANDLER = Post(Role.HANDLER, "desk.office.committee.", "c.1.11.111.")
VERIFIER = Post(Role.VERIFIER, "desk.water.", "c.1.")


def test_every_step_needs_an_action_and_every_stage_has_steps_that_end_it() -> None:
    assert set(ACTION_FOR) == set(Step)
    assert set(ACTION_OF_STAGE) == set(MAIN_STEPS) == set(Stage)


@pytest.mark.parametrize("state", list(State))
def test_whatever_is_offered_is_in_the_table_or_begins_by_taking_in_hand(state: State) -> None:
    for step in steps_offered(state):
        assert (state, step) in STEPS or (step is Step.RECTIFY and (state, Step.START) in STEPS)


def test_a_handler_may_say_at_once_that_it_is_rectified() -> None:
    assert options(File(State.DISPATCHED), [HANDLER]).main == (Step.START, Step.RECTIFY)


def test_whose_turn_it_is_not_is_told_why() -> None:
    can = options(File(State.RECTIFIED), [DISPATCHER])

    assert (can.is_their_turn, can.main, can.side) == (False, (), ())
    assert can.shut == ((Step.PASS, "not_permitted"), (Step.FAIL, "not_permitted"))


def test_a_verifier_who_is_also_of_the_unit_is_told_so() -> None:
    can = options(File(State.RECTIFIED), [VERIFIER, HANDLER])

    assert can.shut == ((Step.PASS, "verifier_inside_unit"), (Step.FAIL, "verifier_inside_unit"))
    assert options(File(State.RECTIFIED), [VERIFIER]).main == (Step.PASS, Step.FAIL)


def test_a_verifier_who_rectified_it_before_moving_to_another_unit_is_told_so() -> None:
    own, of_another = File(State.RECTIFIED, rectified_by_id=1), File(State.RECTIFIED, rectified_by_id=2)

    assert options(own, [VERIFIER]).shut == (
        (Step.PASS, "verifier_rectified"),
        (Step.FAIL, "verifier_rectified"),
    )
    assert options(of_another, [VERIFIER]).main == (Step.PASS, Step.FAIL)


def test_a_verifier_who_was_not_drawn_is_told_so_and_one_who_was_may() -> None:
    drawn_others, drawn_this_one = (
        File(State.RECTIFIED, drawn_verifiers=(5,)),
        File(State.RECTIFIED, drawn_verifiers=(5, 1)),
    )

    assert options(drawn_others, [VERIFIER]).shut == ((Step.PASS, "not_drawn"), (Step.FAIL, "not_drawn"))
    assert options(drawn_this_one, [VERIFIER]).main == (Step.PASS, Step.FAIL)
