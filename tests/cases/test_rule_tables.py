"""Rules in tables: there and back, and what is wrong where."""

import pytest
from hypothesis import given

from anlan.base.errors import Refused
from anlan.base.tables import Complaints
from anlan.cases.rule_tables import COLUMNS, KnownCodes, kept, read_rules, rows, taken
from anlan.cases.rules import Rule, Target, Window
from tests.cases.made_rules import FAMILIES, PATHS, RULES

KNOWN = KnownCodes(FAMILIES, PATHS, ("desk", "water-1", "gone"))
HEADER = ",".join(COLUMNS[:-1])
"""As tables were before rules knew roles; those still hold."""


def read(*lines: str, header: str = HEADER) -> tuple[list[Rule], list[tuple[int, str, str]]]:
    complaints = Complaints()
    rules = read_rules("rules.csv", [f"{line}\n" for line in (header, *lines)], KNOWN, complaints)
    return rules, [(bad.row, bad.column, bad.value) for bad in complaints.rows]


@given(RULES)
def test_a_table_gives_back_the_rules_it_was_made_of(rules: list[Rule]) -> None:
    lines = [",".join(row) for row in rows(rules)]

    assert read(*lines, header=",".join(COLUMNS)) == (rules, [])
    assert [taken(kept(rule)) for rule in rules] == rules


def test_cells_are_read_as_people_write_them() -> None:
    assert read("夜间,fire；water,990101,,severe;serious,1-5;7,22:00-6:00,刹车 ; brake,desk,,") == (
        [
            Rule(
                Target(unit="desk"),
                "夜间",
                ("fire", "water"),
                ("990101",),
                severities=("severe", "serious"),
                window=Window(frozenset({1, 2, 3, 4, 5, 7}), 1320, 360),
                words=("刹车", "brake"),
            )
        ],
        [],
    )


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        (",ufo,,,,,,,desk,,", [(2, "categories", "ufo")]),
        (",,ufo,,,,,,desk,,", [(2, "areas", "ufo")]),
        (",,,ufo,,,,,desk,,", [(2, "site_kinds", "ufo")]),
        (",,,,ufo,,,,desk,,", [(2, "severities", "ufo")]),
        (",,,,,0-9,,,desk,,", [(2, "days", "0-9")]),
        (",,,,,,25:00-26:00,,desk,,", [(2, "hours", "25:00-26:00")]),
        (",,,,,,08:00-24:30,,desk,,", [(2, "hours", "08:00-24:30")]),
        (",,,,,,,,nobody,,", [(2, "unit", "nobody")]),
        (",,,,,,,,,ufo,", [(2, "unit_kind", "ufo")]),
        (",,,,,,,,,,ufo", [(2, "level", "ufo")]),
        ("a,,,,,,,,,,", [(2, "unit", "")]),
        (",,,,,,,,desk,post,", [(2, "unit", "desk")]),
        (",ufo,,,,8,,,desk,,", [(2, "categories", "ufo"), (2, "days", "8")]),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(line: str, bad: list[tuple[int, str, str]]) -> None:
    assert read(line) == ([], bad)


def test_a_role_is_one_that_acts_and_a_version_without_roles_is_read() -> None:
    cells = "name,categories,areas,unit,unit_kind,level,role"
    found, wrong = read("a,,,desk,,,handler", "b,,,,,,field_worker", "c,,,,,,verifier", header=cells)

    assert [rule.target for rule in found] == [
        Target(unit="desk", role="handler"),
        Target(role="field_worker"),
    ]
    assert wrong == [(4, "role", "verifier")]
    old = {name: value for name, value in kept(Rule(Target(unit="desk"))).items() if name != "role"}
    assert taken(old) == Rule(Target(unit="desk"))


@pytest.mark.parametrize("target", ["rule 1", "rule:2", "规则3", "RULE#1"])
def test_a_rule_that_leads_to_a_rule_cannot_be_written(target: str) -> None:
    complaints = Complaints()

    read_rules("rules.csv", [f"{HEADER}\n", f",,,,,,,,{target},,\n"], KNOWN, complaints)

    assert [bad.right for bad in complaints.rows] == ["a unit: a rule never leads to another rule"]


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(Refused, match="column_unknown"):
        read_rules("rules.csv", [f"{HEADER},then\n"], KNOWN, Complaints())
