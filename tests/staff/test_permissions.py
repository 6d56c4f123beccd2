"""The table of permissions, cell by cell, against a second writing of it."""

from itertools import product

import pytest

from anlan.staff.permissions import TABLE, deciding, may
from anlan.staff.terms import Action, Relation, Role, Spot
from anlan.store.models import Membership

# Columns: desk, dispatcher, handler, verifier, field worker, analyst, administrator, auditor.
# A: in the own area. U: in the own unit. B: in both. A dot: never.
GRID = """
view_case          A A U A B A . A
view_evidence      A A U A U . . A
view_contact       A A . . . . . .
type_report        A A . . A . . .
triage             . A . . . . . .
dispatch           . A . . . . . .
handle             . . U . . . . .
park               . A . . . . . .
verify             . . . A . . . .
close              . A . . . . . .
reopen             . A . . . . . .
view_overview      . A . . . A A A
export             . A . . . A . .
moderate           A A . . . . . .
view_scores        U B U U U A . A
appeal             . U U . . . . .
decide_appeal      . A . . . . . .
view_audit         . . . . . . . A
supervise          . A . . . . . .
edit_sites         . A . . . . A .
manage_members     . . . . . . A .
manage_units       . . . . . . A .
manage_categories  . . . . . . A .
view_routing       . A . . . . A A
manage_routing     . . . . . . A .
name_responsible   . . . . . . A .
view_calendar      B B B B B B B B
manage_calendar    . . . . . . A .
manage_areas       . . . . . . A .
manage_webhooks    . . . . . . A .
view_devices       . A U A B A A A
manage_devices     . . . . . . A .
draft_warning      . A . . . . . .
sign_warning       . A . . . . . .
view_alarms        . A U A B A A A
handle_alarm       . A U . U . . .
silence_alarm      . A . . . . . .
manage_rules       . . . . . . A .
manage_rosters     . A . . . . A .
"""
LETTERS = {
    ".": set(),
    "A": {Relation.OWN_AREA},
    "U": {Relation.OWN_UNIT},
    "B": {Relation.OWN_AREA, Relation.OWN_UNIT},
}
EXPECTED = {
    (role, Action(action)): LETTERS[letter]
    for action, *letters in map(str.split, GRID.strip().splitlines())
    for role, letter in zip(Role, letters, strict=True)
}
THINGS = {
    Relation.OWN_UNIT: Spot("elsewhere.", "unit.below."),
    Relation.OWN_AREA: Spot("area.below.", "elsewhere."),
    Relation.ELSEWHERE: Spot("elsewhere.", "elsewhere."),
}


def test_the_grid_names_every_action_and_every_role() -> None:
    assert set(EXPECTED) == set(product(Role, Action))
    assert set(TABLE) == set(Role)


@pytest.mark.parametrize("relation", Relation)
@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_each_cell_allows_what_the_grid_says(role: Role, action: Action, relation: Relation) -> None:
    membership = Membership(role=role, unit_path="unit.", area_path="area.")

    assert may([membership], action, THINGS[relation]) is (relation in EXPECTED[role, action])


@pytest.mark.parametrize("action", Action)
def test_without_a_role_nothing_is_allowed(action: Action) -> None:
    assert not any(may([], action, thing) for thing in THINGS.values())


@pytest.mark.parametrize("path", ["are", "area", "area1.", "are.a.", ""])
def test_a_path_that_only_looks_alike_lies_elsewhere(path: str) -> None:
    membership = Membership(role=Role.DISPATCHER, unit_path="unit.", area_path="area.")

    assert not may([membership], Action.VIEW_CASE, Spot(path))


def test_what_is_above_the_own_area_is_not_in_it() -> None:
    membership = Membership(role=Role.DISPATCHER, unit_path="unit.", area_path="city.county.")

    assert not may([membership], Action.VIEW_CASE, Spot("city."))


def test_a_thing_without_a_unit_is_of_nobodys_unit() -> None:
    membership = Membership(role=Role.HANDLER, unit_path="unit.", area_path="area.")

    assert not may([membership], Action.VIEW_CASE, Spot("area.below.", ""))


def test_of_several_roles_the_one_that_allows_decides() -> None:
    handler = Membership(role=Role.HANDLER, unit_path="unit.", area_path="area.")
    dispatcher = Membership(role=Role.DISPATCHER, unit_path="unit.", area_path="area.")

    assert deciding([handler, dispatcher], Action.CLOSE, Spot("area.")) is dispatcher


def test_administrators_see_no_case_no_evidence_and_no_contact() -> None:
    cases = {Action.VIEW_CASE, Action.VIEW_EVIDENCE, Action.VIEW_CONTACT, Action.EXPORT, Action.VIEW_AUDIT}

    assert not cases & set(TABLE[Role.ADMINISTRATOR])
