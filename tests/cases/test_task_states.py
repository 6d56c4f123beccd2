"""Every pair of a task's states and steps, allowed and refused."""

from itertools import product

import pytest

from anlan.base.errors import Refused
from anlan.cases.task_states import ACTION_FOR, ENDED, WAITS_FOR, TaskState, TaskStep, after, steps_from

ALLOWED = """
given        start     in_progress
given        rectify   rectified
given        withdraw  withdrawn
in_progress  rectify   rectified
in_progress  withdraw  withdrawn
rectified    pass      verified
rectified    fail      in_progress
rectified    withdraw  withdrawn
"""
EXPECTED = {
    (TaskState(state), TaskStep(step)): TaskState(reached)
    for state, step, reached in map(str.split, ALLOWED.strip().splitlines())
}


@pytest.mark.parametrize(("state", "step"), list(product(TaskState, TaskStep)))
def test_each_pair_leads_where_the_table_says_or_is_refused(state: TaskState, step: TaskStep) -> None:
    if (state, step) in EXPECTED:
        assert after(state, step) is EXPECTED[state, step]
    else:
        with pytest.raises(Refused, match="task_step_not_allowed"):
            after(state, step)


def test_an_ended_task_offers_no_step_and_an_open_one_waits_for_a_stage() -> None:
    assert {state for state in TaskState if not steps_from(state)} == ENDED
    assert set(WAITS_FOR) == set(TaskState) - ENDED
    assert set(ACTION_FOR) == set(TaskStep)
