"""Shares of cases: what is counted, what has no data."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.cases.indices import FACTS, FORMULAS, Guard, Index, Share, counts_in, meets, share
from anlan.cases.scored_facts import CaseInPeriod

BOOLEANS = [each.name for each in fields(CaseInPeriod) if each.type is bool or each.type == "bool"]


@st.composite
def cases(draw: st.DrawFn) -> CaseInPeriod:
    """A case with any facts, perhaps left out of some indices."""
    facts = {name: draw(st.booleans()) for name in BOOLEANS}
    out = draw(st.sets(st.sampled_from([*Index, *Guard]), max_size=2))
    return CaseInPeriod(**facts, left_out=tuple(out))


def test_every_index_and_guard_has_a_formula_over_facts_that_a_case_has() -> None:
    assert set(FORMULAS) == {*Index, *Guard}
    assert set(FACTS) <= set(BOOLEANS)


@pytest.mark.parametrize("index", [*Index, *Guard])
def test_without_a_denominator_there_is_no_data(index: Index | Guard) -> None:
    assert share(index, []).value is None


@given(st.lists(cases(), max_size=12), st.sampled_from([*Index, *Guard]))
def test_a_figure_is_the_number_of_its_cases(found: list[CaseInPeriod], index: Index | Guard) -> None:
    formula = FORMULAS[index]

    counted = [case for case in found if counts_in(formula, index, case)]
    met = [case for case in found if meets(formula, index, case)]

    assert share(index, found) == Share(len(met), len(counted))
    assert all(case in counted for case in met)


@given(cases(), st.sampled_from([*Index, *Guard]))
def test_a_case_left_out_of_an_index_counts_in_no_part_of_it(
    case: CaseInPeriod, index: Index | Guard
) -> None:
    if index in case.left_out:
        assert share(index, [case]) == Share(0, 0)


@given(st.lists(cases(), max_size=8), st.lists(cases(), max_size=8), st.sampled_from(Index))
def test_the_figures_of_two_units_add_up_to_that_of_both(
    one: list[CaseInPeriod], other: list[CaseInPeriod], index: Index
) -> None:
    assert share(index, one) + share(index, other) == share(index, one + other)
