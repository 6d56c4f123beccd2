"""Every pair of state and step, allowed and refused."""

from itertools import product

import pytest

from anlan.base.errors import Refused
from anlan.sensing.alarms.states import AFTER, after
from anlan.sensing.alarms.terms import OPEN, AlarmState, AlarmStep


@pytest.mark.parametrize(("state", "step"), list(product(AlarmState, AlarmStep)))
def test_every_pair_is_in_the_table_or_refused(state: AlarmState, step: AlarmStep) -> None:
    if (state, step) in AFTER:
        assert after(state, step) is AFTER[state, step]
    else:
        with pytest.raises(Refused, match="alarm_step_not_allowed"):
            after(state, step)


def test_a_closed_alarm_stays_closed() -> None:
    assert [pair for pair in AFTER if pair[0] is AlarmState.CLOSED] == []


def test_an_alarm_is_closed_only_after_somebody_saw_to_it_or_it_is_normal_again() -> None:
    closing = {state for (state, _step), end in AFTER.items() if end is AlarmState.CLOSED}
    assert closing == {AlarmState.ACKNOWLEDGED, AlarmState.CLEARED}


def test_what_gets_worse_wants_a_new_answer() -> None:
    assert after(AlarmState.ACKNOWLEDGED, AlarmStep.WORSEN) is AlarmState.RAISED


def test_from_every_open_state_some_steps_lead_to_the_end() -> None:
    reached = {AlarmState.CLOSED}
    for _ in AlarmState:
        reached |= {state for (state, _step), end in AFTER.items() if end in reached}
    assert reached >= OPEN
