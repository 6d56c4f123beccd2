"""What is found in a list of rules, and that it is true."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.cases.rule_lint import Finding, Flaw, Ground, lint
from anlan.cases.rules import Hazard, Rule, Target, Window, first_match, match
from anlan.cases.terms import Severity
from anlan.places.terms import SiteKind
from tests.cases.made_rules import FAMILIES, HAZARDS, PATHS, RULE, RULES
from tests.cases.test_routing import CITY
from tests.examples import examples

DESK, BUREAU = Target(unit="desk"), Target(unit="water-1")
GROUND = Ground(
    families=FAMILIES,
    paths=PATHS,
    ended=frozenset({"990101001202"}),
    places=[PATHS["990101001201"], PATHS["990102001"]],
    defaults={"stairwell": DESK, "open_water": Target(kind="agency", level="county")},
    directory=CITY,
)
QUIET = replace(GROUND, defaults={})


def found(rules: list[Rule], flaw: Flaw) -> list[tuple[int, object]]:
    return [(each.number, each.facts) for each in lint(rules, QUIET) if each.flaw is flaw]


@pytest.mark.parametrize(
    ("rule", "finding"),
    [
        (Rule(Target(unit="no-such")), Finding(Flaw.UNIT_UNKNOWN, 1, {"code": "no-such"})),
        (
            Rule(Target(unit="old-fire")),
            Finding(Flaw.UNIT_CLOSED, 1, {"code": "old-fire", "successor": "office-11"}),
        ),
        (Rule(DESK, areas=("990909",)), Finding(Flaw.AREA_UNKNOWN, 1, {"code": "990909"})),
        (Rule(DESK, areas=("990101001202",)), Finding(Flaw.AREA_ENDED, 1, {"code": "990101001202"})),
        (Rule(DESK, categories=("ufo",)), Finding(Flaw.CATEGORY_UNKNOWN, 1, {"code": "ufo"})),
    ],
)
def test_what_is_not_there_is_an_error(rule: Rule, finding: Finding) -> None:
    first = lint([rule], GROUND)[0]

    assert (first, first.gravity) == (finding, "error")


def test_a_rule_hidden_by_an_earlier_one_is_never_reached() -> None:
    rules = [Rule(DESK, categories=("fire",)), Rule(BUREAU, categories=("charging",), severities=("severe",))]

    assert found(rules, Flaw.NEVER_REACHED) == [(2, {"by": [1]})]


def test_a_rule_hidden_by_several_together_is_never_reached() -> None:
    weekend, week = Window(frozenset({6, 7})), Window(frozenset({1, 2, 3, 4, 5}))
    rules = [Rule(DESK, window=week), Rule(BUREAU, window=weekend), Rule(DESK, categories=("water",))]

    assert found(rules, Flaw.NEVER_REACHED) == [(3, {"by": [1, 2]})]


def test_who_says_the_longer_word_says_the_shorter() -> None:
    rules = [Rule(DESK, words=("车",)), Rule(BUREAU, words=("刹车",)), Rule(BUREAU, words=("护栏", "刹车"))]

    assert found(rules, Flaw.NEVER_REACHED) == [(2, {"by": [1]})]


def test_only_rules_of_which_neither_is_an_exception_to_the_other_overlap() -> None:
    rules = [
        Rule(DESK, categories=("charging",)),
        Rule(BUREAU, categories=("fire",)),  # after its exception: no overlap
        Rule(DESK, areas=("990101",)),
    ]

    assert found(rules, Flaw.OVERLAP) == [(3, {"before": 2})]


def test_areas_in_which_nobody_is_found_are_named() -> None:
    findings = lint([Rule(Target(kind="village_committee"), categories=("fire",))], GROUND)

    assert findings == [
        Finding(Flaw.NO_UNIT, 0, {"category": "open_water", "count": 1, "areas": [PATHS["990102001"]]}),
        Finding(Flaw.FINDS_NOBODY, 1, {"count": 1, "areas": [PATHS["990102001"]]}),
    ]


@settings(max_examples=examples(30))
@given(RULES, HAZARDS)
def test_a_rule_said_to_be_never_reached_is_the_first_for_no_hazard(
    rules: list[Rule], hazard: Hazard
) -> None:
    never = {number for number, _ in found(rules, Flaw.NEVER_REACHED)}
    ruled = first_match(rules, hazard)

    assert ruled is None or ruled.number not in never


KINDS = ["", *list(SiteKind)[:3]]
TIMES = [
    datetime(2026, 11, 23) + timedelta(days=day, minutes=at) for day in range(7) for at in (0, 360, 720, 1320)
]
EVERY_HAZARD = [
    Hazard(category, path, at, family=FAMILIES[category], site_kind=kind, severity=severity)
    for category, path, at, kind, severity in product(FAMILIES, PATHS.values(), TIMES, KINDS, Severity)
]
"""One of each sort that rules without words can tell apart."""


@settings(max_examples=examples(8), deadline=None)
@given(st.lists(RULE.map(lambda rule: replace(rule, words=())), min_size=2, max_size=4))
def test_it_is_said_of_exactly_those_that_are_the_first_for_no_hazard_and_overlaps_are_true(
    rules: list[Rule],
) -> None:
    holds = [
        {n for n, hazard in enumerate(EVERY_HAZARD) if match(rule, hazard) is not None} for rule in rules
    ]
    before: set[int] = set()
    never = []
    for number, reached in enumerate(holds, start=1):
        if reached <= before:
            never.append(number)
        before |= reached

    assert [number for number, _ in found(rules, Flaw.NEVER_REACHED)] == never
    for number, facts in found(rules, Flaw.OVERLAP):
        earlier, later = holds[facts["before"] - 1], holds[number - 1]  # type: ignore[index]
        assert earlier & later and not earlier <= later


def test_a_rule_after_one_for_each_severity_or_for_the_whole_city_is_never_reached() -> None:
    every = [Rule(DESK, severities=tuple(Severity)), Rule(BUREAU, severities=("severe",))]
    city = [Rule(DESK, areas=("990100",)), Rule(BUREAU, categories=("fire",))]

    assert found(every, Flaw.NEVER_REACHED) == found(city, Flaw.NEVER_REACHED) == [(2, {"by": [1]})]
