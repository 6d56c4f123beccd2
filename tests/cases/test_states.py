"""The table of states, walked whole: what it allows and what it refuses."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.cases import states
from anlan.cases.terms import State, Step


@pytest.mark.parametrize(("state", "step"), list(product(State, Step)))
def test_each_pair_is_in_the_table_or_refused_with_what_is_allowed(state: State, step: Step) -> None:
    if (state, step) in states.STEPS:
        assert states.after(state, step, State.DISPATCHED) is (states.STEPS[state, step] or State.DISPATCHED)
    else:
        with pytest.raises(Refused) as refusal:
            states.after(state, step, State.DISPATCHED)
        assert refusal.value.facts["allowed"] == states.steps_from(state)


def test_a_parked_case_that_forgot_where_it_stood_goes_nowhere() -> None:
    with pytest.raises(Refused, match="former_state_unknown"):
        states.after(State.PARKED, Step.RESUME)


@given(st.lists(st.sampled_from(Step), max_size=60))
def test_no_road_leads_to_closed_that_does_not_pass_a_verification_after_the_last_rectification(
    steps: list[Step],
) -> None:
    state, former, passed = State.NEW, State.NEW, False
    for step in steps:
        if step not in states.steps_from(state):
            continue
        reached = states.after(state, step, former)
        former = state if reached in (State.PARKED, State.MERGED) else former
        passed = step is Step.PASS or (
            passed and step is not Step.RECTIFY and step not in (Step.REOPEN, Step.NOT_FIXED)
        )
        state = reached
        assert state is not State.CLOSED or passed


def test_every_open_state_waits_for_something_or_is_parked() -> None:
    assert set(State) == set(states.WAITS_FOR) | states.ENDED | {State.PARKED}


@pytest.mark.parametrize("step", list(Step))
def test_a_step_that_must_say_why_is_refused_without_a_reason(step: Step) -> None:
    states.check_reason(step, "three posts are missing")
    if step in states.REASON_NEEDED:
        with pytest.raises(Refused, match="reason_missing"):
            states.check_reason(step, " \n")
    else:
        states.check_reason(step, "")
