"""Conditions of rules, and which rule comes first."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.cases.rules import DAY, Hazard, Rule, Target, Window, first_match, match
from tests.cases.made_rules import HAZARDS, RULES

FRIDAY_LATE = datetime(2026, 11, 27, 23, 10)
SATURDAY_EARLY = datetime(2026, 11, 28, 5, 59)
NIGHTS_OF_FRIDAY = Window(frozenset({5}), 22 * 60, 6 * 60)
DESK = Target(unit="desk")


def hazard(**facts) -> Hazard:
    known = {"category": "stairwell", "family": "fire", "area_path": "990100.990101.990101001."}
    return Hazard(**known | {"at": FRIDAY_LATE, "words": "一楼 E-bike charging"} | facts)


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (Rule(DESK), {}),
        (Rule(DESK, categories=("stairwell",)), {"categories": "stairwell"}),
        (Rule(DESK, categories=("water", "fire")), {"categories": "fire"}),  # the family takes its own
        (Rule(DESK, categories=("water",)), None),
        (Rule(DESK, areas=("990101",)), {"areas": "990101"}),
        (Rule(DESK, areas=("9901",)), None),  # a code is a whole one
        (Rule(DESK, site_kinds=("pond",)), None),
        (Rule(DESK, severities=("severe",)), None),
        (Rule(DESK, words=("刹车", "e-BIKE")), {"words": "e-BIKE"}),
        (Rule(DESK, words=("护栏",)), None),
        (Rule(DESK, window=NIGHTS_OF_FRIDAY), {"window": "2026-11-27T23:10"}),
        (Rule(DESK, categories=("fire",), words=("护栏",)), None),  # all conditions must hold
    ],
)
def test_a_rule_says_what_of_it_held(rule: Rule, found: dict[str, str] | None) -> None:
    assert match(rule, hazard()) == found


@pytest.mark.parametrize(
    ("at", "held"),
    [
        (FRIDAY_LATE, True),
        (SATURDAY_EARLY, True),  # the night of Friday goes on
        (SATURDAY_EARLY.replace(hour=6, minute=0), False),
        (FRIDAY_LATE.replace(hour=5), False),  # that is the night of Thursday
        (datetime(2026, 11, 28, 23, 10), False),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(at: datetime, held: bool) -> None:
    assert NIGHTS_OF_FRIDAY.holds(at) is held


@given(st.frozensets(st.integers(1, 7)), st.integers(0, DAY - 1), st.integers(0, DAY))
def test_a_window_and_its_stretches_are_as_long_as_the_hours_say(
    days: frozenset[int], start: int, end: int
) -> None:
    window = Window(days, start, end)
    length = sum(last - first for _, first, last in window.stretches())

    assert length == (len(days) or 7) * ((end - start) if start < end else DAY - start + end)


@pytest.mark.parametrize(
    "target",
    [{}, {"unit": "desk", "level": "city"}, {"unit": "desk", "kind": "post"}],
)
def test_a_target_is_one_thing(target: dict[str, str]) -> None:
    with pytest.raises(Refused, match="target_wrong"):
        Target(**target)


@pytest.mark.parametrize(
    "window", [(frozenset({8}), 0, 10), (frozenset(), -1, 10), (frozenset(), 0, DAY + 1)]
)
def test_a_window_that_no_clock_shows_is_refused(window: tuple[frozenset[int], int, int]) -> None:
    with pytest.raises(Refused, match="window_wrong"):
        Window(*window)


@given(RULES, HAZARDS)
def test_the_first_rule_that_holds_wins(rules: list[Rule], hazard: Hazard) -> None:
    held = [number for number, rule in enumerate(rules, start=1) if match(rule, hazard) is not None]
    ruled = first_match(rules, hazard)

    assert (ruled and ruled.number) == (held[0] if held else None)
