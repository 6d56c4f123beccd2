"""Readings that came late, or out of order: their lanes are walked anew from what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from anlan.base.clock import EPOCH
from anlan.base.when_used import when_used
from anlan.flows.rule_states import store_states
from anlan.sensing.rules.judging import NEVER
from anlan.sensing.rules.lanes import Lanes, Moments, in_lanes
from anlan.sensing.rules.repairing import REPAIRED, UNREPAIRED, Repair, looks_back, repair, waits
from anlan.store.readers.rules import Judging, read_back, record_of, stored_already

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")


@dataclass(frozen=True)
class Late:
    """n readings that are older than the newest of their series: the place of their lane, series, time."""

    lane: NDArray[np.int64]
    series: NDArray[np.int32]
    at: Moments


def late_readings(lanes: Lanes, last: Moments) -> Late:
    """The readings that are older than `last`, one of each lane; what is more than a day late changes
    nothing."""
    counts = lanes.ends - lanes.starts
    lane_of = np.repeat(np.arange(len(lanes.key)), counts)
    places = np.arange(len(lane_of)) + np.repeat(lanes.starts - np.cumsum(counts) + counts, counts)
    at, newest = lanes.at[places], last[lane_of]
    old = np.flatnonzero((at < newest) & (at >= newest - REPAIRED))
    return Late(lane_of[old], lanes.series[places[old]], at[old])


def late_since(lanes: Lanes, late: Late) -> Moments:
    """Of each lane the first reading that is late and was never stored; NEVER without one."""
    since = np.full(len(lanes.key), NEVER, np.int64)
    if len(late.at):
        new = ~stored_already(late.series, late.at)
        np.minimum.at(since, late.lane[new], late.at[new])
    return since


def mend(rules: Sequence[Judging], lanes: Lanes, last: Moments, since: Moments, zone_us: int) -> list[Repair]:
    """Judge lanes of which readings come late, the first of them at `since`; what each rule makes of each."""
    mendable = [each for each in rules if each.kind not in UNREPAIRED]
    if not len(lanes.key) or not mendable:
        return []
    whole = _with_stored(mendable, lanes, last, since)
    found: list[Repair] = []
    for rule in mendable:
        for place in np.flatnonzero(np.isin(lanes.key, rule.series)).tolist():
            lane, key = _one(whole, place), int(lanes.key[place])
            record = record_of(rule.pk, key)
            done = repair(rule.versions, lane, record, int(since[place]), int(last[place]), zone_us)
            store_states(rule, lane.key, done.state, np.ones(1, np.bool_))
            found.append(done)
    return found


def _with_stored(rules: Sequence[Judging], lanes: Lanes, last: Moments, since: Moments) -> Lanes:
    """The same lanes with what is stored of them and needed; what is too late to judge is left out."""
    late = [EPOCH + timedelta(microseconds=each) for each in since.tolist()]
    waited = timedelta(microseconds=max(waits(each.versions) for each in rules))
    looked = timedelta(microseconds=max(looks_back(each.versions) for each in rules))
    series, at, value = read_back(lanes.key.tolist(), late, waited, looked)
    parts = [np.arange(start, end) for start, end in zip(lanes.starts, lanes.ends, strict=True)]
    kept = [part[lanes.at[part] >= newest - REPAIRED] for part, newest in zip(parts, last, strict=True)]
    new = np.concatenate(kept)
    return in_lanes(
        np.concatenate([series, lanes.series[new]]),
        np.concatenate([at, lanes.at[new]]),
        np.concatenate([value, lanes.value[new]]),
    )


def _one(lanes: Lanes, place: int) -> Lanes:
    """One lane alone, with its own readings alone."""
    first, stop = int(lanes.starts[place]), int(lanes.ends[place])
    bounds = np.zeros(1, np.int64), np.full(1, stop - first, np.int64)
    return Lanes(
        lanes.key[place : place + 1],
        *bounds,
        lanes.at[first:stop],
        lanes.value[first:stop],
        lanes.series[first:stop],
    )
