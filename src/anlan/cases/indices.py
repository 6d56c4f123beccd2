"""How well cases are handled, as counts: what each index counts, and which facts of a case decide it.

A figure is a share: of the cases in its denominator, those that also hold one more fact. Every index hangs on
something that happened, or was promised to happen, within the period. The family is that of GB/T 30428.4
(areas, departments, posts).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from anlan.staff.terms import Role


class Index(StrEnum):
    """What is counted of areas, units and posts."""

    ACCEPTED = "accepted"
    CLOSED = "closed"
    ON_TIME = "on_time"
    REWORK = "rework"
    WRONG_DISPATCH = "wrong_dispatch"
    VERIFIED_ON_SITE = "verified_on_site"
    EFFECTIVE_REPORTS = "effective_reports"
    RECURRENCE = "recurrence"
    FIRST_TIME_FIX = "first_time_fix"
    SATISFACTION = "satisfaction"


class Guard(StrEnum):
    """What is counted to show how a figure may have come about; never good or bad by itself."""

    PARKED = "parked"
    PARKED_LATE = "parked_late"
    CANCELLED = "cancelled"
    MERGED = "merged"
    REDRAWN = "redrawn"
    RECATEGORISED = "recategorised"
    QUICK = "quick"
    SAME_PAIR = "same_pair"
    SAME_PEOPLE = "same_people"


class Holder(StrEnum):
    """Whose figure it is; each is a column with the path of a unit."""

    DECIDER = "decider_path"  # accepted or rejected the report
    DISPATCHER = "dispatcher_path"  # sent the case out first
    HANDLER = "handler_path"  # was responsible for the rectification
    VERIFIER = "verifier_path"  # said that the hazard is gone
    REPORTER = "reporter_path"  # the field worker's unit


class Better(StrEnum):
    """Which way an index is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"  # it describes: nobody is better for accepting more


@dataclass(frozen=True)
class Formula:
    """A share: `counted` facts put a case into the denominator, `met` puts it into the numerator as well.

    Where `met` is "", the numerator is a bare count: no case keeps whether it is part of it.
    """

    counted: tuple[str, ...]
    met: str
    holder: Holder
    better: Better = Better.NEITHER
    role: Role | None = None  # the post whose work it is


FORMULAS: Mapping[Index | Guard, Formula] = MappingProxyType(
    {
        Index.ACCEPTED: Formula(("decided",), "accepted", Holder.DECIDER, role=Role.DISPATCHER),
        Index.CLOSED: Formula(("due",), "closed", Holder.HANDLER, Better.HIGHER, Role.HANDLER),
        Index.ON_TIME: Formula(("due",), "on_time", Holder.HANDLER, Better.HIGHER, Role.HANDLER),
        Index.REWORK: Formula(("checked",), "redone", Holder.HANDLER, Better.LOWER, Role.HANDLER),
        Index.WRONG_DISPATCH: Formula(
            ("sent",), "sent_wrong", Holder.DISPATCHER, Better.LOWER, Role.DISPATCHER
        ),
        Index.VERIFIED_ON_SITE: Formula(
            ("verified",), "on_site", Holder.HANDLER, Better.HIGHER, Role.VERIFIER
        ),
        Index.EFFECTIVE_REPORTS: Formula(
            ("decided", "fielded"), "accepted", Holder.REPORTER, Better.HIGHER, Role.FIELD_WORKER
        ),
        Index.RECURRENCE: Formula(
            ("ended", "findable"), "recurred", Holder.HANDLER, Better.LOWER, Role.HANDLER
        ),
        Index.FIRST_TIME_FIX: Formula(
            ("checked",), "fixed_first", Holder.HANDLER, Better.HIGHER, Role.HANDLER
        ),
        Index.SATISFACTION: Formula(("answered",), "satisfied", Holder.HANDLER, Better.HIGHER, Role.HANDLER),
        Guard.PARKED: Formula((), "parked", Holder.HANDLER),
        Guard.PARKED_LATE: Formula((), "parked_late", Holder.HANDLER),
        Guard.CANCELLED: Formula((), "cancelled", Holder.HANDLER),
        Guard.MERGED: Formula((), "merge_stands", Holder.HANDLER),
        Guard.REDRAWN: Formula((), "redrawn", Holder.HANDLER),
        Guard.RECATEGORISED: Formula((), "recategorised", Holder.HANDLER),
        Guard.QUICK: Formula(("ended",), "quick", Holder.HANDLER),
        Guard.SAME_PAIR: Formula(("verified",), "same_pair", Holder.HANDLER),
        Guard.SAME_PEOPLE: Formula(("verified",), "", Holder.HANDLER),  # see cases/pairs.py
    }
)
"""The formulas in force; outcomes/score_definitions.py says since when, and what was before."""

FACTS = tuple(
    sorted({fact for formula in FORMULAS.values() for fact in (*formula.counted, formula.met) if fact})
)
"""The facts that formulas read, in alphabetical order."""


REVISED_FACTS = ("sent_wrong", "redone", "fixed_first", "recurred")
"""Facts that may come late: back at the desk, a failed check, a hazard not fixed after all, or back again."""

REVISED = tuple(index for index in Index if FORMULAS[index].met in REVISED_FACTS)
"""The indices of a published month that its revisions may change; the others stay as they were published."""


class ScoredFacts(Protocol):
    """A case in a period: a fact for each name in FACTS, and the indices it was left out of by an appeal."""

    @property
    def left_out(self) -> Iterable[str]: ...


@dataclass(frozen=True)
class Share:
    """A count and its denominator; without a denominator there is no data, neither 0 % nor 100 %."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """Numerator / denominator; None is "no data"."""
        return self.numerator / self.denominator if self.denominator else None

    def __add__(self, other: "Share") -> "Share":
        return Share(self.numerator + other.numerator, self.denominator + other.denominator)


def counts_in(formula: Formula, index: str, case: ScoredFacts) -> bool:
    """Is the case in the denominator of the index?"""
    return index not in case.left_out and all(getattr(case, fact) for fact in formula.counted)


def meets(formula: Formula, index: str, case: ScoredFacts) -> bool:
    """Is the case in the numerator of the index?"""
    return bool(formula.met) and counts_in(formula, index, case) and bool(getattr(case, formula.met))


def share(index: Index | Guard, cases: Iterable[ScoredFacts]) -> Share:
    """The figure of these cases under the formula in force."""
    formula = FORMULAS[index]
    counted = [case for case in cases if counts_in(formula, index, case)]
    return Share(sum(meets(formula, index, case) for case in counted), len(counted))
