"""How often the same two people meet: a number without names."""

from hypothesis import given
from hypothesis import strategies as st

from anlan.cases.pairs import AGAIN, met_most

meetings = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=20)


def test_a_pair_that_met_twice_did_not_meet_again_and_again() -> None:
    assert met_most([(1, 2), (1, 2)]) == 0
    assert met_most([(1, 2)] * AGAIN + [(1, 3)]) == AGAIN


@given(meetings)
def test_it_is_never_more_than_there_were(found: list[tuple[int, int]]) -> None:
    assert 0 <= met_most(found) <= len(found)


@given(meetings, st.permutations(range(4)))
def test_who_they_are_does_not_matter(found: list[tuple[int, int]], others: list[int]) -> None:
    assert met_most(found) == met_most([(others[one], others[other]) for one, other in found])


@given(meetings, st.tuples(st.integers(0, 3), st.integers(0, 3)))
def test_another_meeting_never_lowers_it(found: list[tuple[int, int]], more: tuple[int, int]) -> None:
    assert met_most(found) <= met_most([*found, more]) <= max(met_most(found) + 1, AGAIN)
