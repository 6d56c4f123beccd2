"""Which level hears of an alarm, and when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.sensing.alarms.stepping import (
    STANDARD,
    check_minutes,
    level_due,
    levels_between,
    next_at,
    up_to_somebody,
)
from anlan.sensing.alarms.terms import DutyLevel
from anlan.sensing.terms import Colour

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
MINUTES = st.lists(st.integers(0, 500), min_size=1, max_size=3).map(
    lambda waits: dict(
        zip((DutyLevel.TOWNSHIP, DutyLevel.COUNTY, DutyLevel.CITY), sorted(waits), strict=False)
    )
)
LEVELS = st.sampled_from(DutyLevel)


@pytest.mark.parametrize("colour", Colour)
def test_the_standard_holds_its_own_rules_and_tells_the_township_at_once(colour: Colour) -> None:
    check_minutes(STANDARD[colour])
    assert level_due(STANDARD[colour], NOON, NOON) is DutyLevel.TOWNSHIP


@given(MINUTES, LEVELS, st.sets(LEVELS))
def test_where_a_level_has_nobody_the_next_hears_at_once_and_no_level_hears_later(
    minutes: dict[DutyLevel, int], due: DutyLevel, staffed: set[DutyLevel]
) -> None:
    up_to = up_to_somebody(due, minutes, staffed.__contains__)

    there = sorted(level for level in minutes if level in staffed)
    assert up_to >= due
    assert up_to == max([due, *there[:1]])


def test_a_red_alarm_that_nobody_answers_reaches_the_city_in_ten_minutes() -> None:
    red = STANDARD[Colour.RED]
    heard = [level_due(red, NOON, NOON + timedelta(minutes=waited)) for waited in (0, 3, 9, 10)]
    assert heard == [DutyLevel.TOWNSHIP, DutyLevel.COUNTY, DutyLevel.COUNTY, DutyLevel.CITY]


def test_a_worse_alarm_never_waits_longer() -> None:
    for better, worse in (
        (Colour.BLUE, Colour.YELLOW),
        (Colour.YELLOW, Colour.ORANGE),
        (Colour.ORANGE, Colour.RED),
    ):
        for level, waited in STANDARD[better].items():
            assert STANDARD[worse][level] <= waited


@given(MINUTES, LEVELS, st.integers(0, 1000))
def test_the_next_level_hears_exactly_when_it_is_due(
    minutes: dict[DutyLevel, int], told: DutyLevel, waited: int
) -> None:
    at = next_at(minutes, told, NOON)
    assert (at is None) == all(level <= told for level in minutes)
    if at is not None:
        assert level_due(minutes, NOON, at) > told
        assert (
            level_due(minutes, NOON, at - timedelta(microseconds=1)) <= max(told, DutyLevel.NONE)
            or at == NOON
        )


@given(MINUTES, st.lists(st.integers(0, 1000), max_size=6))
def test_each_level_hears_once_however_often_and_late_anybody_looks(
    minutes: dict[DutyLevel, int], looks: list[int]
) -> None:
    told, heard = DutyLevel.NONE, []
    for waited in [*looks, 1000]:
        due = level_due(minutes, NOON, NOON + timedelta(minutes=waited))
        heard += levels_between(told, due, minutes)
        told = max(told, due)
    assert heard == sorted(minutes)


@pytest.mark.parametrize(
    ("minutes", "reason"),
    [
        ({DutyLevel.COUNTY: 0}, "policy_without_township"),
        ({DutyLevel.TOWNSHIP: -1}, "policy_minutes_negative"),
        ({DutyLevel.TOWNSHIP: 10, DutyLevel.COUNTY: 5}, "policy_out_of_order"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(minutes: dict[DutyLevel, int], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        check_minutes(minutes)
