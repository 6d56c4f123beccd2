"""Which unit is responsible, and why."""

from dataclasses import dataclass
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.cases.routing import Directory, Suggestion, area_at, resolve, suggest
from anlan.cases.rule_boxes import Space, is_covered, meet
from anlan.cases.rules import Hazard, Rule, Target
from tests.cases.made_rules import FAMILIES, HAZARDS, PATHS, RULE, RULES


@dataclass(frozen=True)
class Unit:
    code: str
    kind: str
    area: str
    active: bool = True
    successor_code: str = ""

    @property
    def area_path(self) -> str:
        return PATHS[self.area]


UNITS = [
    Unit("desk", "desk", "990100"),
    Unit("water-1", "agency", "990101"),
    Unit("office-1", "township_office", "990101"),
    Unit("office-11", "township_office", "990101001"),
    Unit("office-11b", "township_office", "990101001"),
    Unit("committee-111", "village_committee", "990101001201"),
    Unit("old-fire", "post", "990101001", active=False, successor_code="older-fire"),
    Unit("older-fire", "post", "990101001", active=False, successor_code="office-11"),
    Unit("gone", "post", "990101001", active=False),
]
NAMED = {("990101", "fire"): "water-1", ("990101", "charging"): "old-fire", ("990100", "water"): "gone"}
CITY = Directory(UNITS, NAMED)
OFFICE = Target(kind="township_office", level="township")
MONDAY = datetime(2026, 11, 23, 9)


def at(area: str, category: str = "stairwell") -> Hazard:
    return Hazard(category, PATHS[area], MONDAY, family=FAMILIES[category], severity="serious")


def test_the_unit_of_the_kind_with_the_smallest_area_that_holds_the_place() -> None:
    reason = {"rule": "kind_in_area", "kind": "township_office"}

    assert suggest(at("990101001201"), [], OFFICE, CITY) == Suggestion("office-11", reason)


def test_from_the_level_upwards_and_not_below() -> None:
    county = Target(kind="township_office", level="county")

    assert suggest(at("990101001201"), [], county, CITY) == Suggestion(
        "office-1", {"rule": "kind_in_area", "kind": "township_office"}
    )


def test_a_unit_named_by_the_category_comes_first() -> None:
    found = suggest(at("990101001"), [], Target(unit="water-1"), CITY)

    assert found == Suggestion("water-1", {"rule": "named_by_category"})


def test_without_such_a_unit_a_person_decides() -> None:
    assert suggest(at("990101001201"), [], Target(kind="enterprise"), CITY) is None


def test_a_rule_that_holds_says_its_number_and_what_of_it_held() -> None:
    rules = [
        Rule(Target(unit="desk"), categories=("water",)),
        Rule(Target(unit="water-1"), name="重大火险", categories=("fire",), severities=("serious",)),
    ]

    assert suggest(at("990101001"), rules, OFFICE, CITY) == Suggestion(
        "water-1",
        {
            "rule": "numbered",
            "number": 2,
            "name": "重大火险",
            "found": {"categories": "fire", "severities": "serious"},
        },
    )


@pytest.mark.parametrize(
    ("category", "level", "unit"),
    [
        ("stairwell", "county", "water-1"),  # named for the family
        ("charging", "county", "office-11"),  # named for the category; closed, and closed again
        ("open_water", "city", None),  # closed, and nobody followed
        ("stairwell", "township", None),
    ],
)
def test_whoever_is_named_at_a_level(category: str, level: str, unit: str | None) -> None:
    found = suggest(at("990101001", category), [Rule(Target(level=level))], Target(kind="enterprise"), CITY)

    assert (found and found.unit_code) == unit


def test_a_rule_that_finds_nobody_is_said_and_no_later_rule_decides() -> None:
    rules = [Rule(Target(kind="enterprise")), Rule(Target(unit="desk"))]

    assert suggest(at("990101001"), rules, OFFICE, CITY) == Suggestion(
        "office-11", {"rule": "kind_in_area", "kind": "township_office", "found_nobody": 1}
    )


def test_the_work_of_a_closed_unit_goes_to_who_followed_it() -> None:
    found = suggest(at("990101001"), [Rule(Target(unit="old-fire"))], OFFICE, CITY)

    assert found is not None
    assert (found.unit_code, found.reason["followed"]) == ("office-11", "old-fire")


def test_units_that_follow_one_another_in_a_ring_are_nobody() -> None:
    ring = [
        Unit("a", "post", "990101", active=False, successor_code="b"),
        Unit("b", "post", "990101", active=False, successor_code="a"),
    ]

    assert Directory(ring, {}).acting("a") is None


def test_a_level_that_the_tree_leaves_out_has_no_area() -> None:
    assert (area_at("441900.441900003.", "county"), area_at("441900.441900003.", "township")) == (
        "",
        "441900003",
    )


@given(RULES, RULE, HAZARDS)
def test_a_rule_that_is_never_reached_changes_nothing(rules: list[Rule], more: Rule, hazard: Hazard) -> None:
    space = Space([*rules, more], FAMILIES, PATHS)
    if is_covered(space.box(more), map(space.box, rules)):
        assert suggest(hazard, [*rules, more], OFFICE, CITY) == suggest(hazard, rules, OFFICE, CITY)


@given(RULES, HAZARDS, st.randoms(use_true_random=False))
def test_the_order_of_rules_that_share_nothing_changes_nothing(
    rules: list[Rule], hazard: Hazard, rng
) -> None:
    space = Space(rules, FAMILIES, PATHS)
    apart: list[Rule] = []
    for rule in rules:
        if not any(meet(space.box(rule), space.box(other)) for other in apart):
            apart.append(rule)
    mixed = rng.sample(apart, len(apart))
    one, other = (suggest(hazard, order, OFFICE, CITY) for order in (apart, mixed))

    assert (one and one.unit_code) == (other and other.unit_code)


ROLES = {("office-11b", "handler"), ("office-1", "handler"), ("water-1", "field_worker")}
STAFFED = Directory(UNITS, NAMED, ROLES)


@pytest.mark.parametrize(
    ("target", "area", "unit"),
    [
        (Target(role="handler"), "990101001201", "office-11b"),
        (Target(role="handler", level="county"), "990101001201", "office-1"),
        (Target(role="field_worker"), "990101001201", "water-1"),
        (Target(kind="township_office", role="handler"), "990101001202", "office-11b"),
        (Target(kind="agency", role="handler"), "990101001201", None),
        (Target(unit="office-1", role="handler"), "990102001", "office-1"),
        (Target(unit="office-11", role="handler"), "990102001", None),
        (Target(unit="old-fire", role="handler"), "990102001", None),
        (Target(role="dispatcher"), "990101001201", None),
    ],
)
def test_a_role_is_somebody_in_a_unit(target: Target, area: str, unit: str | None) -> None:
    assert resolve(target, at(area), STAFFED) == unit


def test_a_rule_that_sends_to_a_role_nobody_has_leaves_it_to_the_category() -> None:
    found = suggest(at("990101001201"), [Rule(Target(role="dispatcher"))], OFFICE, STAFFED)

    assert found == Suggestion(
        "office-11", {"rule": "kind_in_area", "kind": "township_office", "found_nobody": 1}
    )


def test_the_reason_names_the_role() -> None:
    found = suggest(at("990101001201"), [Rule(Target(role="handler"), name="posts")], OFFICE, STAFFED)

    assert found is not None
    assert (found.unit_code, found.reason["role"], found.reason["name"]) == ("office-11b", "handler", "posts")


@given(RULES, HAZARDS)
def test_whoever_is_found_for_a_role_has_somebody_in_it(rules: list[Rule], hazard: Hazard) -> None:
    for rule in rules:
        unit = resolve(rule.target, hazard, STAFFED)
        assert unit is None or not rule.target.role or (unit, rule.target.role) in ROLES


@pytest.mark.parametrize(
    "wrong", [{}, {"unit": "a", "kind": "b"}, {"unit": "a", "level": "city", "role": "handler"}]
)
def test_a_target_is_one_thing(wrong: dict[str, str]) -> None:
    with pytest.raises(Refused, match="target_wrong"):
        Target(**wrong)
