"""How a rule's memory of one series, or one site, lies in float64 numbers.

The first eight are of every kind: for each level, blue to red, whether it is on (0 or 1), and since when
(microseconds since 1970; NaN: not at all) the readings have been asking for the opposite. Behind them:

| kind | numbers |
|---|---|
| rate | how many anchors are held, then their times, then their values, the oldest first |
| stuck | the value that stays, and since when |
| cusum | how many were learnt, their mean, the sum of their squared deviations, the sum of CUSUM |
| baseline | for each of the 168 hours of the week: how many, mean, sum of squared deviations |
| agreement | time of the newest reading, then for each sensor: its series, its newest time, four levels |

What a lane begins with is `blank`; a lane that has nothing else to say has no row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.base.when_used import when_used
from anlan.sensing.rules.terms import RuleKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

LEVELS = 4
HEAD = 2 * LEVELS
ANCHORS = 34
"""So many past readings a rule of change remembers, at even distances in its span."""
HOURS = 168
SENSORS = 32
"""So many sensors of one site can agree; more are not counted."""
OF_SENSOR = 2 + LEVELS

EXTRA = {
    RuleKind.RATE: 1 + 2 * ANCHORS,
    RuleKind.STUCK: 2,
    RuleKind.CUSUM: 4,
    RuleKind.BASELINE: 3 * HOURS,
    RuleKind.AGREEMENT: 1 + OF_SENSOR * SENSORS,
}
FROM_NAN = frozenset({RuleKind.STUCK, RuleKind.AGREEMENT})

type States = NDArray[np.float64]
"""One row for each lane, as wide as the kind needs."""


def width(kind: RuleKind) -> int:
    """How many numbers a lane of this kind has."""
    return HEAD + EXTRA.get(kind, 0)


def blank(kind: RuleKind, lanes: int) -> States:
    """What `lanes` lanes begin with, (lanes, width)."""
    states = np.zeros((lanes, width(kind)))
    states[:, LEVELS:HEAD] = np.nan
    if kind in FROM_NAN:
        states[:, HEAD:] = np.nan
    return states


def at_level(kind: RuleKind, level: int) -> States:
    """What a lane remembers of which it is only known that it is at this level, (1, width)."""
    state = blank(kind, 1)
    state[0, :level] = 1.0
    return state


def levels(states: States) -> NDArray[np.int8]:
    """The worst level that is on in each lane: 0 is normal, 4 is red."""
    worst = np.zeros(len(states), np.int8)
    for place in range(LEVELS):
        worst[states[:, place] > 0] = place + 1
    return worst


def changed(before: States, after: States) -> NDArray[np.bool_]:
    """Which lanes are not as they were, NaN being equal to itself."""
    differs: NDArray[np.bool_] = (before.view(np.uint64) != after.view(np.uint64)).any(axis=1)
    return differs


def newest_of_sites(states: States) -> NDArray[np.int64]:
    """The time of the newest reading that each site of a rule of agreement remembers."""
    never = np.iinfo(np.int64).min
    known = ~np.isnan(states[:, HEAD])
    newest = np.full(len(states), never, np.int64)
    newest[known] = states[known, HEAD].astype(np.int64)
    return newest
