"""A composite: weights that add to 1, and a direction that is known."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.cases.indices import FORMULAS, Better, Index, Share, share
from anlan.cases.scored_facts import CaseInPeriod
from anlan.outcomes.composites import COMPOSITES, Composed, Composite, compose, composite_for
from tests.cases.test_indices import cases

MONTH = date(2026, 11, 1)


def value_of(composite: Composite, found: list[CaseInPeriod]) -> Composed | None:
    return compose(composite, {index: share(index, found) for index in Index})


OPEN = {"due": True, "left_out": ()} | dict.fromkeys(("on_time", "closed", "ended", "verified"), False)
"""A case that is due and goes on."""


def closed_on_time(case: CaseInPeriod) -> CaseInPeriod:
    """The same case, had it been rectified by its deadline and closed; a first check passed on site."""
    unchecked = not case.checked
    return replace(
        case,
        on_time=True,
        closed=True,
        ended=True,
        verified=True,
        on_site=True,
        checked=True,
        recurred=False,
        redone=False if unchecked else case.redone,
        fixed_first=True if unchecked else case.fixed_first,
    )


@pytest.mark.parametrize("composite", COMPOSITES, ids=lambda composite: f"version {composite.version}")
def test_closing_one_more_case_on_time_never_lowers_it(composite: Composite) -> None:
    @given(st.lists(cases(), max_size=8), cases())
    def holds(others: list[CaseInPeriod], case: CaseInPeriod) -> None:
        case = replace(case, **OPEN)
        before = value_of(composite, [*others, case])
        after = value_of(composite, [*others, closed_on_time(case)])

        assert before is not None and after is not None
        assert after.value >= before.value

    holds()


@given(st.integers(0, 20), st.integers(0, 20))
def test_an_index_that_is_better_when_lower_is_turned_round(met: int, missed: int) -> None:
    assume(met + missed)
    alone = Composite(1, MONTH, {Index.REWORK: Fraction(1)})

    found = compose(alone, {Index.REWORK: Share(met, met + missed)})

    assert found == Composed(missed / (met + missed), 1.0)


def test_a_part_without_data_leaves_its_weight_to_the_others() -> None:
    half = Composite(1, MONTH, {Index.ON_TIME: Fraction("0.4"), Index.SATISFACTION: Fraction("0.6")})

    assert compose(half, {Index.ON_TIME: Share(3, 4), Index.SATISFACTION: Share(0, 0)}) == Composed(0.75, 0.4)


def test_without_any_data_there_is_no_composite() -> None:
    assert compose(composite_for(MONTH), {}) is None


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        ({Index.ON_TIME: "0.5", Index.CLOSED: "0.4"}, "weights_do_not_add"),
        ({Index.ON_TIME: "0.7", Index.CLOSED: "0.4"}, "weights_do_not_add"),
        ({Index.ON_TIME: "1.5", Index.CLOSED: "-0.5"}, "weight_not_positive"),
        ({Index.ACCEPTED: "1"}, "index_has_no_direction"),
        ({}, "weights_do_not_add"),
    ],
)
def test_weights_that_mean_nothing_are_refused(weights: dict[Index, str], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        Composite(1, MONTH, {index: Fraction(words) for index, words in weights.items()})


def test_every_composite_is_made_of_indices_with_a_direction() -> None:
    parts = {index for composite in COMPOSITES for index in composite.weights}

    assert {FORMULAS[index].better for index in parts} <= {Better.HIGHER, Better.LOWER}
