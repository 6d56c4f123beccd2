"""Joins, splits and undoing them, over random sequences: nothing is lost, and undone is as if never done."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.cases.joining import Cases, Kind, Move, check_split
from tests.examples import examples

START = Cases({1: frozenset({11, 12, 13}), 2: frozenset({21, 22}), 3: frozenset({31}), 4: frozenset()})
ALL = frozenset().union(*START.reports.values())

small = st.integers(0, 9)
orders = st.lists(st.tuples(st.sampled_from(("join", "split", "undo")), small, small, small), max_size=14)
Order = tuple[str, int, int, int]


def picked(items: list[int], number: int) -> int:
    return items[number % len(items)] if items else 0


def tried(cases: Cases, number: int, order: Order) -> Cases:
    """The cases after an order; the same cases when it is refused."""
    what, first, second, third = order
    here = sorted(set(cases.reports) - cases.gone)
    acts: dict[str, Callable[[], Cases]] = {
        "join": lambda: cases.join(number, picked(here, first), picked(here, second)),
        "split": lambda: cases.split(
            number, picked(here, first), 100 + number, _chosen(cases, here, first, third)
        ),
        "undo": lambda: cases.undo(picked([move.number for move in cases.moves], first)),
    }
    try:
        return acts[what]()
    except Refused:
        return cases


def _chosen(cases: Cases, here: list[int], first: int, third: int) -> frozenset[int]:
    reports = sorted(cases.reports[picked(here, first)])
    return frozenset(report for place, report in enumerate(reports) if (third >> place) & 1)


def run(sequence: list[Order]) -> Cases:
    cases = START
    for number, order in enumerate(sequence, start=1):
        cases = tried(cases, number, order)
    return cases


def replayed(moves: tuple[Move, ...]) -> Cases:
    """The moves made one after another from the start, each with the reports it moved."""
    reports, gone = dict(START.reports), frozenset[int]()
    for move in moves:
        reports[move.source] = reports[move.source] - move.reports
        reports[move.target] = reports.get(move.target, frozenset()) | move.reports
        gone |= {move.source} if move.kind is Kind.JOIN else frozenset()
    return Cases(reports, gone, moves)


@settings(max_examples=examples(50))
@given(orders)
def test_every_report_is_in_one_case_and_no_case_that_had_one_is_left_without(sequence: list[Order]) -> None:
    cases = run(sequence)
    held = [report for reports in cases.reports.values() for report in reports]
    assert sorted(held) == sorted(ALL)
    without = {case for case, reports in cases.reports.items() if not reports}
    assert without <= cases.gone | {4}


@settings(max_examples=examples(50))
@given(orders)
def test_cases_stand_as_if_what_was_undone_had_never_been_done(sequence: list[Order]) -> None:
    cases = run(sequence)
    assert cases == replayed(cases.moves)


@settings(max_examples=examples(50))
@given(orders, st.tuples(st.sampled_from(("join", "split")), small, small, small))
def test_undoing_the_last_move_restores_exactly_what_was(sequence: list[Order], last: Order) -> None:
    before = run(sequence)
    after = tried(before, 50, last)
    if after != before:
        assert after.undo(50) == before


@given(orders)
def test_undone_from_the_last_to_the_first_everything_stands_as_at_the_start(sequence: list[Order]) -> None:
    cases = run(sequence)
    while cases.moves:
        cases = cases.undo(cases.moves[-1].number)
    assert cases == START


def test_what_rests_on_a_join_is_named_and_must_be_undone_first() -> None:
    chain = START.join(1, 3, 2).join(2, 2, 1)

    with pytest.raises(Refused, match="undo_later_first") as refusal:
        chain.undo(1)
    assert [move.number for move in refusal.value.facts["moves"]] == [2]
    assert chain.undo(2).undo(1) == START


def test_a_join_cannot_be_undone_that_would_leave_a_case_without_any_report() -> None:
    cases = START.join(1, 2, 3).split(2, 3, 100, frozenset({31}))

    with pytest.raises(Refused, match="undo_later_first"):
        cases.undo(1)
    assert cases.undo(2).undo(1) == START


def test_nor_can_it_once_other_reports_have_come_to_that_case() -> None:
    """Without the first join the split had taken all there was; the second join would rest on nothing."""
    cases = START.join(1, 2, 3).split(2, 3, 100, frozenset({31})).join(3, 1, 3)

    with pytest.raises(Refused, match="undo_later_first") as refusal:
        cases.undo(1)
    assert [move.number for move in refusal.value.facts["moves"]] == [2]
    assert cases.undo(2).undo(1) == START.join(3, 1, 3)


def test_moves_that_touch_other_reports_do_not_stand_in_the_way() -> None:
    cases = START.split(1, 1, 100, frozenset({11})).split(2, 1, 101, frozenset({12}))

    assert cases.undo(1).reports == {**START.reports, 1: frozenset({11, 13}), 101: frozenset({12})}


@pytest.mark.parametrize(
    ("chosen", "reason"), [({}, "split_nothing"), ({1, 2}, "split_everything"), ({3}, "split_not_of_case")]
)
def test_a_choice_that_is_no_split_is_refused(chosen: set[int], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        check_split({1, 2}, chosen)
