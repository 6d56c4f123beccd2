"""A rule over stored readings: what it would have found had it been in force."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from anlan.base.when_used import when_used
from anlan.sensing.rules.judging import LONG_AGO, judge, judge_sites, spans
from anlan.sensing.rules.lanes import Lanes, Moments, in_lanes
from anlan.sensing.rules.states import blank
from anlan.sensing.rules.terms import Rule, RuleKind, RuleMode, Transition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")


def try_rule(
    rule: Rule,
    series: NDArray[np.int32],
    at: Moments,
    value: NDArray[np.float64],
    site: NDArray[np.int32],
    interval: NDArray[np.float64],
    now: int,
    zone_us: int = 0,
) -> list[Transition]:
    """What the rule finds in n readings, in the order of time; it begins with nothing in its memory.

    `site` and `interval` (seconds) are those of the series of each reading; `now` ends the last silence.
    """
    versions = spans([replace(rule, mode=RuleMode.LIVE, in_force_from=None)])
    if rule.kind is RuleKind.MISSING:
        lanes = _silences(rule, in_lanes(series, at, interval), now)
    else:
        lanes = in_lanes(series, at, value, site if rule.kind is RuleKind.AGREEMENT else None)
    states, last = blank(rule.kind, len(lanes.key)), np.full(len(lanes.key), LONG_AGO)
    if rule.kind is RuleKind.AGREEMENT:
        found = judge_sites(versions, lanes, last, states)
    else:
        found = judge(versions, lanes, last, states, zone_us)
    return sorted(found, key=lambda each: each.at)


def _silences(rule: Rule, lanes: Lanes, now: int) -> Lanes:
    """Lanes of how long each series was silent: at each reading nothing, in a pause what a level waits for.

    The values of `lanes` are intervals in seconds.
    """
    until = np.append(lanes.at[1:], now)
    until[lanes.ends - 1] = now
    lane = np.repeat(lanes.key, lanes.ends - lanes.starts)
    keys, moments, silent = [lane], [lanes.at], [np.zeros(len(lanes.at))]
    for level in rule.levels:
        reached = lanes.at + (level.at * lanes.value * 1e6).astype(np.int64)
        missed = reached < until
        keys.append(lane[missed])
        moments.append(reached[missed])
        silent.append(np.full(int(missed.sum()), level.at))
    return in_lanes(np.concatenate(keys), np.concatenate(moments), np.concatenate(silent))
