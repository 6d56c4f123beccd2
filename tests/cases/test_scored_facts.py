"""A late turn stays late: nothing that is done after its end hides it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.cases.scored_facts import Handling, Happening, Past, Period, facts_in
from anlan.cases.terms import Step

START = datetime(2026, 11, 1, tzinfo=UTC)
PERIOD = Period(START, datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 11, tzinfo=UTC))
UNIT = "desk.committee."


def november(day: float) -> datetime:
    return START + timedelta(days=day - 1)


def sent(turn: Handling, *later: Happening) -> Past:
    """A case sent to the unit on the 2nd, with its turn and what came later."""
    return Past(november(1), (Happening(november(2), Step.DISPATCH, "desk."), *later), (turn,))


@given(
    st.sampled_from([Step.PARK, Step.MERGE, Step.RETURN, Step.RECALL, Step.CANCEL]),
    st.floats(0.01, 35),
)
def test_nothing_done_after_the_end_makes_a_late_turn_disappear(step: Step, days: float) -> None:
    at = november(5) + timedelta(days=days)
    ends = step not in (Step.PARK, Step.MERGE)
    turn = Handling(UNIT, november(2), november(5), at if ends else None, stopped_at=None if ends else at)

    facts = facts_in(sent(turn, Happening(at, step, UNIT)), PERIOD)

    assert facts is not None
    assert (facts.due, facts.on_time) == (True, False)


@given(st.sampled_from([Step.PARK, Step.MERGE]), st.floats(0.01, 2.99))
def test_a_clock_that_stops_before_the_end_owes_nothing_until_it_goes_on(step: Step, days: float) -> None:
    at = november(2) + timedelta(days=days)
    turn = Handling(UNIT, november(2), november(5), stopped_at=at)

    facts = facts_in(sent(turn, Happening(at, step, UNIT)), PERIOD)

    assert facts is not None
    assert not facts.due


@pytest.mark.parametrize("step", [Step.RETURN, Step.RECALL, Step.CANCEL])
def test_a_turn_handed_back_in_time_is_not_held_against_the_unit(step: Step) -> None:
    turn = Handling(UNIT, november(2), november(5), november(4))

    facts = facts_in(sent(turn, Happening(november(4), step, UNIT)), PERIOD)

    assert facts is not None
    assert not facts.due


@pytest.mark.parametrize(("day", "late"), [(4, False), (6, True)])
def test_parking_a_late_case_is_shown(day: int, late: bool) -> None:
    turn = Handling(UNIT, november(2), november(5), stopped_at=november(day))

    facts = facts_in(sent(turn, Happening(november(day), Step.PARK, UNIT)), PERIOD)

    assert facts is not None
    assert (facts.parked, facts.parked_late) == (True, late)


def test_a_case_parked_after_its_turn_ended_was_not_parked_late() -> None:
    turn = Handling(UNIT, november(2), november(5), november(6))

    facts = facts_in(sent(turn, Happening(november(8), Step.PARK, "desk.")), PERIOD)

    assert facts is not None
    assert not facts.parked_late


@pytest.mark.parametrize(
    ("told", "stands"),
    [
        ([(Step.MERGE, 1)], True),
        ([(Step.MERGE, 1), (Step.UNMERGE, 2)], False),
        ([(Step.MERGE, 1), (Step.UNMERGE, 2), (Step.MERGE, 3)], True),
        ([(Step.MERGE, 1), (Step.UNMERGE, 35)], False),  # after the month, before the cut-off
        ([(Step.MERGE, 1), (Step.UNMERGE, 45)], True),  # nobody knows of it yet at the cut-off
        ([(Step.MERGE, -3), (Step.UNMERGE, 1)], False),
        ([(Step.MERGE, -3)], False),  # of the month before
    ],
)
def test_a_join_counts_where_it_stands_at_the_cut_off(told: list[tuple[Step, int]], stands: bool) -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    happened = tuple(Happening(start + timedelta(days=day), step) for step, day in told)
    past = Past(start, (*happened, Happening(start + timedelta(days=29), "note")))
    facts = facts_in(past, Period(start, start + timedelta(days=30), start + timedelta(days=40)))
    assert facts is not None and facts.merge_stands is stands
