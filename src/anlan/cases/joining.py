"""Reports move between cases: joins, splits, and what must be undone first.

A join moves all reports of a case to another and ends the first; a split moves some reports of a case to
a new one. Both can be undone while nothing later rests on them: undone, every case and report stands as if
the move had never been made. What rests on it is named, so that it can be undone first.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from anlan.base.errors import Refused


class Kind(StrEnum):
    """How reports came from one case to another."""

    JOIN = "join"
    SPLIT = "split"


@dataclass(frozen=True)
class Move:
    """A move that stands: `reports` went from the case `source` to the case `target`."""

    number: int  # moves are numbered in the order in which they were made
    kind: Kind
    source: int
    target: int
    reports: frozenset[int]


def check_split(reports: Collection[int], chosen: Collection[int]) -> None:
    """Raise Refused for what is no split: "split_nothing", "split_everything", "split_not_of_case"."""
    if not chosen:
        raise Refused("split_nothing")
    if not set(chosen) <= set(reports):
        raise Refused("split_not_of_case")
    if set(chosen) == set(reports):
        raise Refused("split_everything")


def blockers(move: Move, standing: Iterable[Move], at_target: Collection[int]) -> tuple[Move, ...]:
    """The moves that must be undone before `move` can be, newest first.

    `standing` are the moves not undone that touch its cases, `at_target` the reports that `target` has now.
    """
    moves = tuple(standing)
    later = [each for each in moves if each.number > move.number]
    resting = [each for each in later if _rests_on(each, move)]
    if move.kind is Kind.JOIN:
        resting += _taking_everything_else(move, later, set(at_target))
    return tuple(sorted(set(resting), key=lambda each: -each.number))


def _taking_everything_else(join: Move, later: list[Move], held: set[int]) -> list[Move]:
    """The later splits that left the target no report but those that came by the join.

    Without the join each had split off everything, whatever came to the target since. `held` are the reports
    that the target has now; going back in time, they become those that it had after each move.
    """
    found = []
    for each in sorted(later, key=lambda each: -each.number):
        if each.source == join.target:
            if each.kind is Kind.SPLIT and not held - join.reports:
                found.append(each)
            held = held | each.reports
        elif each.target == join.target:
            held = held - each.reports
    return found


def _rests_on(later: Move, move: Move) -> bool:
    if later.reports & move.reports:
        return True
    if later.kind is Kind.JOIN and later.source == move.target:
        return True
    if move.kind is Kind.JOIN:
        return False
    ended = later.kind is Kind.JOIN and later.source == move.source
    return ended or move.target in (later.source, later.target)


@dataclass(frozen=True)
class Cases:
    """Which case has which reports, which cases have ended by a join, and the moves that stand.

    The whole of what joins, splits and undoing change: the model that the flows are tested against.
    """

    reports: dict[int, frozenset[int]]
    gone: frozenset[int] = frozenset()
    moves: tuple[Move, ...] = ()

    def join(self, number: int, source: int, target: int) -> "Cases":
        """All reports of `source` go to `target`; raises Refused."""
        if source == target:
            raise Refused("join_with_itself")
        self._check_here(source, target)
        move = Move(number, Kind.JOIN, source, target, self.reports[source])
        return Cases(self._moved(move), self.gone | {source}, (*self.moves, move))

    def split(self, number: int, source: int, target: int, chosen: frozenset[int]) -> "Cases":
        """The chosen reports of `source` become the new case `target`; raises Refused."""
        self._check_here(source)
        check_split(self.reports[source], chosen)
        move = Move(number, Kind.SPLIT, source, target, chosen)
        return Cases(self._moved(move), self.gone, (*self.moves, move))

    def undo(self, number: int) -> "Cases":
        """Take a standing move back; raises Refused("undo_later_first") naming what rests on it."""
        move = next((each for each in self.moves if each.number == number), None)
        if move is None:
            raise Refused("nothing_to_undo")
        resting = blockers(move, self.moves, self.reports[move.target])
        if resting:
            raise Refused("undo_later_first", moves=resting)
        back = Move(number, move.kind, move.target, move.source, move.reports)
        reports, gone = self._moved(back), self.gone - {move.source}
        if move.kind is Kind.SPLIT:
            del reports[move.target]
        return Cases(reports, gone, tuple(each for each in self.moves if each != move))

    def _check_here(self, *cases: int) -> None:
        for case in cases:
            if case not in self.reports or case in self.gone:
                raise Refused("join_needs_open_case", number=case)

    def _moved(self, move: Move) -> dict[int, frozenset[int]]:
        return {
            **self.reports,
            move.source: self.reports[move.source] - move.reports,
            move.target: self.reports.get(move.target, frozenset()) | move.reports,
        }
