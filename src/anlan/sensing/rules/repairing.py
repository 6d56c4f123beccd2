"""What a reading that came late changes: the truth of a lane is walked anew and held against the record.

A series whose newest judged reading is newer than one that now comes is walked again from before the late
one: from so far back that nothing earlier can matter but the level that then held. Readings come one by one,
so that is: from the last reading as old as the longest wait, and, for what is measured there, from the last
one that is older still by what the measure looks back. The record says the level, and which changes were
written since. Where the truth differs, a line is added to the record, marked late; so the record, read at any
moment, is what would have been written had everything come in its order. A reading later than REPAIRED is
stored and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anlan.base.when_used import when_used
from anlan.sensing.rules.judging import SECOND, Span, explained, judge
from anlan.sensing.rules.lanes import Lanes, Moments
from anlan.sensing.rules.states import States, at_level
from anlan.sensing.rules.terms import ADVICE, SEVERITIES, Rule, RuleKind, Transition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

REPAIRED = 86_400 * SECOND
"""Microseconds: a reading that is later than a day changes no alarm any more."""
UNREPAIRED = ADVICE | {RuleKind.AGREEMENT, RuleKind.MISSING}
"""Kinds that pass late readings by: advice, and what looks at the newest readings alone."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A line of the record: from `at` on the lane was said to be at `level` (0: normal)."""

    at: int
    level: int


@dataclass(frozen=True, eq=False)
class Repair:
    """What a lane walked anew gives: lines that were missing or wrong, what is new, and its memory.

    `telling` are those among them that alarms must hear of: the worst that nobody knew of, and where it ends.
    """

    missed: list[Transition]
    telling: list[Transition]
    new: list[Transition]
    state: States


def repair(
    versions: Sequence[Span], lane: Lanes, record: Iterable[Recorded], late: int, last: int, zone_us: int = 0
) -> Repair:
    """Walk one lane anew; `lane` has its readings, old and new, from the first on that `late` needs.

    `record` has its lines in the order in which they were written, `last` is the newest time that was judged.
    What was before the rule last changed its mode is not looked at again.
    """
    versions = since_mode(versions, last)
    floor = versions[0].begins
    late = max(late, floor)
    begins = max(_first_needed(versions, lane.at, late), floor)
    lines = sorted((each for each in record if each.at >= floor), key=lambda each: each.at)  # stable
    state = at_level(versions[0].rule.kind, int(_levels_at(lines, np.array([begins - 1]))[0]))
    known = np.where(lane.at < late, _levels_at(lines, lane.at), -1).astype(np.int8)
    truth = judge(versions, lane, np.array([begins - 1]), state, zone_us, known)
    true = [each for each in truth if each.at <= last]
    said = [each for each in lines if late <= each.at <= last]
    level = int(_levels_at(lines, np.array([late - 1]))[0])
    missed, telling = _corrections(versions, lane, true, said, level)
    return Repair(missed, telling, [each for each in truth if each.at > last], state)


def waits(versions: Sequence[Span]) -> int:
    """Microseconds for which a level is kept, or left, at the longest before it moves."""
    rules = [each.rule for each in versions]
    return int(SECOND * max(max(each.hold_seconds, each.clear_seconds) for each in rules))


def looks_back(versions: Sequence[Span]) -> int:
    """Microseconds of readings behind one that decide, at the most, what is measured there."""
    return int(SECOND * max(_looks_back(each.rule) for each in versions)) + 1


def _looks_back(rule: Rule) -> float:
    if rule.kind is RuleKind.STUCK:
        return max((each.at for each in rule.levels), default=0.0)
    return rule.parameters.get("over_seconds", 0.0)


def _first_needed(versions: Sequence[Span], at: Moments, late: int) -> int:
    """The time of the first reading that a walk needs that is right from `late` on."""
    return _last_before(at, _last_before(at, late - waits(versions)) - looks_back(versions))


def _last_before(at: Moments, moment: int) -> int:
    """The time of the last reading that is not after `moment`, or of the first."""
    return int(at[max(int(np.searchsorted(at, moment, side="right")) - 1, 0)])


def since_mode(versions: Sequence[Span], at: int) -> list[Span]:
    """The versions from the one on with which lanes last began anew, as of `at`."""
    fresh = [place for place, each in enumerate(versions) if each.fresh and each.begins <= at]
    return list(versions[fresh[-1] if fresh else 0 :])


def _levels_at(lines: Sequence[Recorded], at: Moments) -> NDArray[np.int64]:
    """The level that the record says at each moment; of lines of one moment the last counts."""
    said = np.array([0, *[each.level for each in lines]])
    return said[np.searchsorted(np.array([each.at for each in lines], np.int64), at, side="right")]


def _rule_at(versions: Sequence[Span], at: int) -> Rule:
    return next((each.rule for each in versions if each.begins <= at < each.stops), versions[0].rule)


def _corrections(
    versions: Sequence[Span], lane: Lanes, truth: Sequence[Transition], record: Sequence[Recorded], level: int
) -> tuple[list[Transition], list[Transition]]:
    """Lines to add, and which of them alarms must hear of."""
    said = {each.at: each.level for each in record}
    true = {each.at: each for each in truth}
    holds = stands = was = level
    missed: list[Transition] = []
    worse: tuple[int, Transition] | None = None
    for at in sorted(said.keys() | true.keys()):
        was, stands = said.get(at, was), said.get(at, stands)
        holds = _number(true[at]) if at in true else holds
        if holds == stands:
            continue
        missed.append(_late(_rule_at(versions, at), lane, at, holds, stands, true.get(at)))
        stands = holds
        if holds > was and (worse is None or holds > worse[0]):
            worse = (holds, missed[-1])
    if worse is None:
        return missed, missed[-1:] if holds != was else []
    if holds == worse[0]:
        return missed, [worse[1]]
    if _number(missed[-1]) != holds or missed[-1] is worse[1]:  # the record says already where it ends
        at = max(said.keys() | true.keys())
        missed.append(_late(_rule_at(versions, at), lane, at, holds, worse[0], true.get(at)))
    return missed, [worse[1], missed[-1]]


def _number(found: Transition) -> int:
    return SEVERITIES.index(found.severity) + 1 if found.severity else 0


def _late(
    rule: Rule, lane: Lanes, at: int, level: int, instead_of: int, true: Transition | None
) -> Transition:
    """A line that says, late, what held from `at` on, by the reading of then."""
    place = int(np.searchsorted(lane.at, at, side="right")) - 1
    value = float(lane.value[max(place, 0)])
    values = dict(true.values) if true else explained(rule, value, value, instead_of, level)
    values |= {"before": SEVERITIES[instead_of - 1].value if instead_of else None, "late": True}
    severity = SEVERITIES[level - 1] if level else None
    return Transition(rule, int(lane.key[0]), None, at, severity, values)
