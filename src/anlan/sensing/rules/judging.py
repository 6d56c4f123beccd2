"""One rule over the lanes of a batch: what changed, and what it remembers.

A rule is a list of versions in the order of their dates of effect; a reading is judged by the version that
was in force at its time. What a lane remembers goes on from version to version, except where the mode
changes: a rule that goes live begins anew, so what it has long known as abnormal is raised then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from anlan.base.clock import micros
from anlan.base.when_used import when_used
from anlan.sensing.rules.lanes import Lanes, Moments
from anlan.sensing.rules.states import LEVELS, States, blank
from anlan.sensing.rules.terms import SEVERITIES, Rule, RuleKind, RuleMode, Side, Transition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

NEVER = 2**63 - 1
LONG_AGO = -(2**63)
SECOND = 1_000_000
CODES = {RuleKind.RATE: 1, RuleKind.STUCK: 2, RuleKind.BASELINE: 3, RuleKind.CUSUM: 4}
"""Other kinds hold the value itself against their levels."""
PARAMETERS = {
    RuleKind.RATE: ("over_seconds", None),
    RuleKind.STUCK: ("tolerance", None),
    RuleKind.BASELINE: ("learn", None),
    RuleKind.CUSUM: ("learn", "slack"),
    RuleKind.AGREEMENT: ("sensors", "window_seconds"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A version with the time in which it is in force; `fresh` when lanes begin anew with it."""

    rule: Rule
    begins: int
    stops: int
    fresh: bool


def spans(versions: Sequence[Rule]) -> list[Span]:
    """The versions of one rule, in their order, each until the next."""
    starts = [LONG_AGO if each.in_force_from is None else micros(each.in_force_from) for each in versions]
    stops = [*starts[1:], NEVER]
    fresh = [True] + [before.mode is not after.mode for before, after in pairwise(versions)]
    return [Span(*each) for each in zip(versions, starts, stops, fresh, strict=True)]


def judge(
    versions: Sequence[Span],
    lanes: Lanes,
    last: Moments,
    states: States,
    zone_us: int = 0,
    known: NDArray[np.int8] | None = None,
) -> list[Transition]:
    """What changed, in the order of lanes and of time; `states` is moved on in place.

    `last` is the time of the newest reading of each lane that was judged before: older ones and equal ones
    are passed by. Lanes are series; `states` is (lanes, width of the kind). `zone_us` is how far the clock
    on the wall is ahead of UTC, in microseconds, for hours of the week. `known` has a level for each reading
    of which the level is known already, -1 for the others: see `repairing.py`.
    """
    levels = np.empty(0, np.int8) if known is None else known
    found: list[Transition] = []
    for span in versions:
        if span.fresh:
            begin_anew(span, lanes, last, states)
        if span.rule.mode is not RuleMode.OFF:
            found += _walked(span, lanes, last, states, zone_us, levels)
    return found


def judge_sites(versions: Sequence[Span], lanes: Lanes, last: Moments, states: States) -> list[Transition]:
    """As `judge` for a rule of agreement; lanes are sites, each with the readings of all of its sensors.

    The newest reading of each sensor counts; `last` is that of the site, and only says where lanes begin.
    """
    found: list[Transition] = []
    for span in versions:
        if span.fresh:
            begin_anew(span, lanes, last, states)
        if span.rule.mode is not RuleMode.OFF:
            found += _walked_sites(span, lanes, states)
    return found


def begin_anew(span: Span, lanes: Lanes, last: Moments, states: States) -> None:
    """Lanes forget what they knew when their first reading in a fresh version comes."""
    if not len(lanes.key):
        return
    newest = lanes.at[lanes.ends - 1]
    states[(last < span.begins) & (newest >= span.begins)] = blank(span.rule.kind, 1)


def _walked(
    span: Span, lanes: Lanes, last: Moments, states: States, zone_us: int, known: NDArray[np.int8]
) -> Iterator[Transition]:
    from anlan.sensing.rules.walking import walk  # numba takes its time to load

    rule, out = span.rule, Out(_readings(lanes))
    kind = CODES.get(rule.kind, 0)
    count = walk(
        lanes.at, lanes.value, lanes.starts, lanes.ends, last, states, known, kind, *setting(rule),
        span.begins, span.stops, float(zone_us), out.lane, out.place, out.before, out.after, out.measured,
    )  # fmt: skip
    return out.transitions(rule, lanes, count)


def _walked_sites(span: Span, lanes: Lanes, states: States) -> Iterator[Transition]:
    from anlan.sensing.rules.walking import walk_sites

    rule, out = span.rule, Out(_readings(lanes))
    count = walk_sites(
        lanes.at, lanes.value, lanes.series, lanes.starts, lanes.ends, states, *setting(rule),
        span.begins, span.stops, out.lane, out.place, out.before, out.after, out.measured,
    )  # fmt: skip
    return out.transitions(rule, lanes, count)


def _readings(lanes: Lanes) -> int:
    return int((lanes.ends - lanes.starts).sum())


type Setting = tuple[float, NDArray[np.float64], NDArray[np.float64], float, float, float, float]


def setting(rule: Rule) -> Setting:
    """Sign, levels, waits in microseconds and parameters, as the compiled walks take them."""
    ats, clears = level_arrays(rule)
    names = PARAMETERS.get(rule.kind, (None, None))
    first, second = (float(rule.parameters[name]) if name else 0.0 for name in names)
    sign = -1.0 if rule.side is Side.BELOW else 1.0
    hold, clear_after = float(rule.hold_seconds * SECOND), float(rule.clear_seconds * SECOND)
    return sign, ats, clears, hold, clear_after, first, second


def level_arrays(rule: Rule) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`at` and `clear` of the four severities, blue to red; NaN where the rule has no such level."""
    ats, clears = np.full(LEVELS, np.nan), np.full(LEVELS, np.nan)
    for level in rule.levels:
        place = SEVERITIES.index(level.severity)
        ats[place], clears[place] = level.at, level.clear
    return ats, clears


class Out:
    """Room for what a walk finds: at most one transition a reading."""

    def __init__(self, readings: int) -> None:
        self.lane, self.place = np.empty(readings, np.int64), np.empty(readings, np.int64)
        self.before, self.after = np.empty(readings, np.int8), np.empty(readings, np.int8)
        self.measured = np.empty(readings)

    def transitions(self, rule: Rule, lanes: Lanes, count: int) -> Iterator[Transition]:
        """The first `count` of them, each with what explains it."""
        of_site = rule.kind is RuleKind.AGREEMENT
        for each in range(count):
            lane, place = self.lane[each], self.place[each]
            key, before, after = int(lanes.key[lane]), int(self.before[each]), int(self.after[each])
            yield Transition(
                rule,
                None if of_site else key,
                key if of_site else None,
                int(lanes.at[place]),
                SEVERITIES[after - 1] if after else None,
                explained(rule, float(lanes.value[place]), float(self.measured[each]), before, after),
            )


def explained(rule: Rule, value: float, measured: float, before: int, after: int) -> dict[str, object]:
    """The values of a transition from one level to another: see Transition."""
    ats, clears = level_arrays(rule)
    threshold = ats[after - 1] if after > before else clears[before - 1]
    return {
        "value": value,
        "measured": measured,
        "threshold": None if np.isnan(threshold) else float(threshold),
        "before": SEVERITIES[before - 1].value if before else None,
        "late": False,
    }
