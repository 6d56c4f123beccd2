"""What each index of the scores means: its names, in words and as a formula, and since when.

A definition is never edited: a change is a new line with the next version and the first month it holds for.
Months before keep the version they were published with. Words are phrases that the pages translate.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from anlan.base.errors import Refused
from anlan.cases.indices import FORMULAS, Formula, Guard, Holder, Index

FIRST = date(2020, 1, 1)
"""The first versions hold for every month that can be scored."""


@dataclass(frozen=True)
class Definition:
    """One version of one index, from the month of `effective` on."""

    index: Index | Guard
    version: int
    effective: date  # the first day of a month
    name: str
    numerator: str
    denominator: str
    left_out: str
    formula: Formula


def _first(index: Index | Guard, name: str, numerator: str, denominator: str, left_out: str) -> Definition:
    return Definition(index, 1, FIRST, name, numerator, denominator, left_out, FORMULAS[index])


DEFINITIONS: tuple[Definition, ...] = (
    _first(
        Index.ACCEPTED,
        "Accepted",
        "those accepted as a hazard",
        "reports that the desk accepted or rejected in the month",
        "reports that nobody has decided on yet; joined reports",
    ),
    _first(
        Index.CLOSED,
        "Closed",
        "those closed by the data cut-off",
        "cases whose rectification fell due in the month",
        "turns given back, recalled or cancelled before their end; cases parked before it, until they go on",
    ),
    _first(
        Index.ON_TIME,
        "On time",
        "those rectified by the deadline",
        "cases whose rectification fell due in the month",
        "turns given back, recalled or cancelled before their end; cases parked before it, until they go on",
    ),
    _first(
        Index.REWORK,
        "Rework",
        "those that failed a check, or were reopened within 14 days of their closure",
        "cases checked for the first time in the month",
        "cases that were not checked",
    ),
    _first(
        Index.WRONG_DISPATCH,
        "Wrong dispatch",
        "those that a unit returned or the desk recalled",
        "cases sent to a unit for the first time in the month",
        "cases that were not sent to a unit",
    ),
    _first(
        Index.VERIFIED_ON_SITE,
        "Verified on site",
        "those at which somebody from outside the unit looked on site and found the hazard gone",
        "cases found to be rectified for the first time in the month",
        "cases that failed every check",
    ),
    _first(
        Index.EFFECTIVE_REPORTS,
        "Effective reports",
        "those accepted as a hazard",
        "reports of field workers that the desk accepted or rejected in the month",
        "reports of residents, sensors and other systems",
    ),
    _first(
        Index.RECURRENCE,
        "Recurrence",
        "those after which the same hazard was found at the same place again",
        "cases closed for the first time in the month",
        "cases without an exact place; kinds of hazard for which returns are not looked for",
    ),
    _first(
        Index.FIRST_TIME_FIX,
        "First-time fix",
        "those that never failed a check, were not reopened within 14 days and did not recur",
        "cases checked for the first time in the month",
        "cases that were not checked",
    ),
    _first(
        Index.SATISFACTION,
        "Satisfaction",
        "those of which every answer was yes",
        "cases on which residents said in the month whether the hazard is gone",
        "residents who did not answer: no answer is not a yes",
    ),
    _first(
        Guard.PARKED,
        "Parked",
        "those parked in the month",
        "cases in which something happened or fell due in the month",
        "nothing",
    ),
    _first(
        Guard.PARKED_LATE,
        "Parked when already late",
        "those parked in the month after the rectification was due",
        "cases in which something happened or fell due in the month",
        "nothing",
    ),
    _first(
        Guard.CANCELLED,
        "Cancelled",
        "those cancelled in the month",
        "cases in which something happened or fell due in the month",
        "nothing",
    ),
    Definition(
        Guard.MERGED,
        1,
        FIRST,
        "Joined to another case",
        "those joined to another case in the month",
        "cases in which something happened or fell due in the month",
        "nothing",
        Formula((), "merged", Holder.HANDLER),
    ),
    Definition(
        Guard.MERGED,
        2,
        date(2026, 11, 1),
        "Joined to another case",
        "those joined to another case in the month and not taken apart again by the data cut-off",
        "cases in which something happened or fell due in the month",
        "joins that were undone",
        FORMULAS[Guard.MERGED],
    ),
    _first(
        Guard.REDRAWN,
        "Verifiers drawn anew",
        "those for which, or for a task in which, verifiers were drawn anew in the month",
        "cases in which something happened or fell due in the month",
        "nothing",
    ),
    _first(
        Guard.RECATEGORISED,
        "Put under another category",
        "those whose category was changed in the month",
        "cases in which something happened or fell due in the month",
        "nothing",
    ),
    _first(
        Guard.QUICK,
        "Closed within 30 minutes",
        "those closed within 30 minutes of the report",
        "cases closed for the first time in the month",
        "nothing",
    ),
    _first(
        Guard.SAME_PAIR,
        "Verified by the same unit",
        "those verified by the unit that verified this unit's work most often",
        "cases found to be rectified for the first time in the month",
        "nothing",
    ),
    _first(
        Guard.SAME_PEOPLE,
        "Verified by the same pair of people",
        "those in which the same two people of a unit and its verifiers met most often, 3 times or more",
        "cases found to be rectified for the first time in the month",
        "who they are: only the count is made, and no case keeps it",
    ),
)


def definition_for(
    index: Index | Guard, month: date, definitions: Iterable[Definition] = DEFINITIONS
) -> Definition:
    """The version of an index that holds for the month beginning at `month`.

    Raises Refused("no_definition") for a month before the first version.
    """
    versions = [each for each in definitions if each.index == index and each.effective <= month]
    if not versions:
        raise Refused("no_definition", index=index, month=month)
    return max(versions, key=lambda each: each.effective)


def definitions_for(month: date) -> dict[str, Definition]:
    """The definitions that hold for a month, by the code of their index, in the order of the table."""
    return {each: definition_for(each, month) for each in (*Index, *Guard)}
