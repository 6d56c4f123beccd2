"""The compiled walk of rules over readings, lane by lane in the order of time; no object for a reading.

Each level is a switch of its own with two thresholds and two delays (a Schmitt trigger): on when the measure
has been at or beyond `at` for `hold`, off when it has been back beyond `clear` for `clear_after`; between the
two, nothing moves and both waits begin anew.
"""

import numpy as np
from numpy.typing import NDArray

from anlan.sensing.rules.lanes import Moments
from anlan.sensing.rules.states import ANCHORS, HEAD, HOURS, LEVELS, OF_SENSOR, SENSORS, States
from anlan.stats._compiling import compiled, inner

type Row = NDArray[np.float64]
type Keys = NDArray[np.int32]
type Levels = NDArray[np.int8]

THRESHOLD, RATE, STUCK, BASELINE, CUSUM = 0, 1, 2, 3, 4
HOUR_US = 3_600_000_000.0
SECOND_US = 1_000_000.0
FOUR_DAYS = 4 * 24  # 1970 began on a Thursday: the fourth hour-of-week day, counted from Sunday
CEILING = 2.0  # the sum of CUSUM is held at so many times its highest level, that it may come down


@compiled()
def ordered(key: Keys, at: Moments) -> tuple[Moments, Moments]:
    """The order of n readings by key and time, stable; those of key i lie from bounds[i] to bounds[i + 1].

    Readings mostly come in the order of time, so that counting puts them in place and little is moved.
    """
    most = -1
    for place in range(len(key)):
        most = max(most, key[place])
    bounds = np.zeros(most + 2, np.int64)
    for place in range(len(key)):
        bounds[key[place] + 1] += 1
    for lane in range(most + 1):
        bounds[lane + 1] += bounds[lane]
    free = bounds[:-1].copy()
    order = np.empty(len(key), np.int64)
    for place in range(len(key)):
        lane = key[place]
        slot = free[lane]
        free[lane] += 1
        while slot > bounds[lane] and at[order[slot - 1]] > at[place]:
            order[slot] = order[slot - 1]
            slot -= 1
        order[slot] = place
    return order, bounds


@inner
def switch(
    row: Row, place: int, wants_on: bool, wants_off: bool, t: float, hold: float, clear_after: float
) -> None:
    """Move one level of a lane by what a reading at `t` asks for."""
    if row[place] > 0:
        asks, delay = wants_off, clear_after
    else:
        asks, delay = wants_on, hold
    timer = LEVELS + place
    if not asks:
        row[timer] = np.nan
        return
    if np.isnan(row[timer]):
        row[timer] = t
    if t - row[timer] >= delay:
        row[place] = 0.0 if row[place] > 0 else 1.0
        row[timer] = np.nan


@inner
def move(
    row: Row, measured: float, facing: float, ats: Row, clears: Row, t: float, hold: float, clear_after: float
) -> None:
    """Move all levels of a lane by what was measured. NaN moves nothing and lets all waits begin anew.

    A version may have fewer levels than the one before, or more: where a level is on, the milder ones are.
    """
    beyond_worse = False
    for level in range(LEVELS - 1, -1, -1):
        if np.isnan(ats[level]):
            forget(row, level)
            continue
        beyond = facing * measured >= facing * ats[level]
        back = facing * measured < facing * clears[level]
        switch(row, level, beyond, back, t, hold, clear_after)
        if beyond_worse:
            put(row, level, on=True)
        beyond_worse = row[level] > 0


@inner
def put(row: Row, place: int, on: bool) -> None:
    """Set one level of a lane; where that changes it, its wait begins anew."""
    if (row[place] > 0) != on:
        row[place] = 1.0 if on else 0.0
        row[LEVELS + place] = np.nan


@inner
def forget(row: Row, place: int) -> None:
    """A level that the rule does not have is off and waits for nothing."""
    row[place] = 0.0
    row[LEVELS + place] = np.nan


@inner
def worst(row: Row) -> int:
    """The worst level that is on, 0 to 4."""
    found = 0
    for place in range(LEVELS):
        if row[place] > 0:
            found = place + 1
    return found


@inner
def put_level(row: Row, level: int, ats: Row) -> None:
    """Set a lane to the level that is known to hold."""
    for place in range(LEVELS):
        put(row, place, place < level and not np.isnan(ats[place]))


@inner
def rate_of(row: Row, t: float, value: float, over: float, sign: float) -> float:
    """Change an hour since the oldest anchor within `over`, at least half of it away; then keep an anchor.

    Anchors are the first readings of each 32nd part of `over`, counted from 1970: wherever a walk begins,
    after `over` it remembers the same.
    """
    held = int(row[HEAD])
    times, values = HEAD + 1, HEAD + 1 + ANCHORS
    gone = 0
    while gone < held and row[times + gone] < t - over:
        gone += 1
    if gone:
        for place in range(held - gone):
            row[times + place] = row[times + place + gone]
            row[values + place] = row[values + place + gone]
        held -= gone
    measured = np.nan
    if held and t - row[times] >= over / 2:
        measured = sign * (value - row[values]) / (t - row[times]) * HOUR_US
    part = over / (ANCHORS - 2)
    if held == 0 or t // part != row[times + held - 1] // part:
        row[times + held] = t
        row[values + held] = value
        held += 1
    row[HEAD] = held
    for place in range(held, ANCHORS):  # equal memories are equal numbers
        row[times + place] = 0.0
        row[values + place] = 0.0
    return measured


@inner
def stuck_for(row: Row, t: float, value: float, tolerance: float) -> float:
    """Seconds for which the value has stayed where it was."""
    if np.isnan(row[HEAD]) or abs(value - row[HEAD]) > tolerance:
        row[HEAD] = value
        row[HEAD + 1] = t
    return float((t - row[HEAD + 1]) / SECOND_US)


@inner
def learn(row: Row, place: int, value: float) -> None:
    """Add a value to (how many, mean, sum of squared deviations), by Welford."""
    row[place] += 1
    apart = value - row[place + 1]
    row[place + 1] += apart / row[place]
    row[place + 2] += apart * (value - row[place + 1])


@inner
def deviation(row: Row, place: int, value: float) -> float:
    """By how many standard deviations a value lies from what was learnt."""
    sd = np.sqrt(row[place + 2] / (row[place] - 1))
    apart = value - row[place + 1]
    if sd > 0:
        return float(apart / sd)
    return 0.0 if apart == 0 else float(np.sign(apart) * 1000.0)


@inner
def unusual(row: Row, t: float, value: float, least: float, sign: float, zone_us: float) -> float:
    """Standard deviations from what this hour of the week was until now; NaN before `least` were seen."""
    hour = int((t + zone_us) // HOUR_US + FOUR_DAYS) % HOURS
    place = HEAD + 3 * hour
    measured = np.nan
    if row[place] >= max(least, 2):
        measured = sign * deviation(row, place, value)
    learn(row, place, value)
    return measured


@inner
def summed(row: Row, value: float, least: float, slack: float, sign: float, ceiling: float) -> float:
    """Page's one-sided sum of deviations beyond `slack`; NaN while the first `least` readings are learnt."""
    if row[HEAD] < max(least, 2):
        learn(row, HEAD, value)
        return np.nan
    moved = row[HEAD + 3] + sign * deviation(row, HEAD, value) - slack
    row[HEAD + 3] = min(max(0.0, moved), ceiling)
    return float(row[HEAD + 3])


@inner
def measured_by(
    kind: int, row: Row, t: float, value: float,
    first: float, second: float, sign: float, ceiling: float, zone_us: float,
) -> float:  # fmt: skip
    """What a rule of this kind compares with its levels; NaN while it cannot say."""
    if kind == RATE:
        return rate_of(row, t, value, first * SECOND_US, sign)
    if kind == STUCK:
        return stuck_for(row, t, value, first)
    if kind == BASELINE:
        return unusual(row, t, value, first, sign, zone_us)
    if kind == CUSUM:
        return summed(row, value, first, second, sign, ceiling)
    return value


@compiled()
def walk(
    at: Moments, value: Row, starts: Moments, ends: Moments, last: Moments, states: States, known: Levels,
    kind: int, sign: float, ats: Row, clears: Row, hold: float, clear_after: float,
    first: float, second: float, begins: int, stops: int, zone_us: float,
    out_lane: Moments, out_place: Moments, out_before: Levels, out_after: Levels, out_measured: Row,
) -> int:  # fmt: skip
    """Walk all lanes; how many transitions were written. What is not after `last` of its lane is passed by.

    Where `known` (n levels, or none at all) is not negative, the level after that reading is known to be
    that: no wait ends there, and the walk only learns what the lane remembers besides.
    """
    count = 0
    highest = -np.inf
    for level in range(LEVELS):
        if ats[level] > highest:  # not where it is NaN
            highest = ats[level]
    ceiling = CEILING * highest
    facing = sign if kind == THRESHOLD else 1.0
    for lane in range(len(starts)):
        row = states[lane]
        newest = last[lane]
        for place in range(starts[lane], ends[lane]):
            if at[place] <= newest or at[place] < begins or at[place] >= stops:
                continue
            newest = at[place]
            t = float(newest)  # with whole numbers too, all that is called would be compiled twice
            measured = measured_by(kind, row, t, value[place], first, second, sign, ceiling, zone_us)
            if len(known) and known[place] >= 0:
                move(row, measured, facing, ats, clears, t, np.inf, np.inf)
                put_level(row, known[place], ats)
                continue
            before = worst(row)
            move(row, measured, facing, ats, clears, t, hold, clear_after)
            after = worst(row)
            if after != before:
                out_lane[count] = lane
                out_place[count] = place
                out_before[count] = before
                out_after[count] = after
                out_measured[count] = measured
                count += 1
    return count


@inner
def sensor_slot(row: Row, series: float) -> int:
    """Where a site remembers this sensor; a free place for a new one, -1 when there is none."""
    for number in range(SENSORS):
        slot = HEAD + 1 + OF_SENSOR * number
        if row[slot] == series:
            return slot
        if np.isnan(row[slot]):
            row[slot] = series
            row[slot + 1] = -np.inf
            for level in range(LEVELS):
                row[slot + 2 + level] = 0.0
            return slot
    return -1


@inner
def agreeing(row: Row, level: int, t: float, window: float) -> int:
    """How many sensors are beyond a level by a reading no older than `window`."""
    count = 0
    for number in range(SENSORS):
        slot = HEAD + 1 + OF_SENSOR * number
        if np.isnan(row[slot]):
            break
        if row[slot + 2 + level] > 0 and t - row[slot + 1] <= window:
            count += 1
    return count


@compiled()
def walk_sites(
    at: Moments, value: Row, series: Keys, starts: Moments, ends: Moments, states: States,
    sign: float, ats: Row, clears: Row, hold: float, clear_after: float, least: float, window: float,
    begins: int, stops: int,
    out_lane: Moments, out_place: Moments, out_before: Levels, out_after: Levels, out_measured: Row,
) -> int:  # fmt: skip
    """Walk all sites; of each sensor the newest reading counts, and an older one of it is passed by."""
    count = 0
    for lane in range(len(starts)):
        row = states[lane]
        for place in range(starts[lane], ends[lane]):
            if at[place] < begins or at[place] >= stops:
                continue
            slot = sensor_slot(row, float(series[place]))
            if slot < 0 or at[place] <= row[slot + 1]:
                continue
            row[slot + 1] = at[place]
            if np.isnan(row[HEAD]) or at[place] > row[HEAD]:
                row[HEAD] = at[place]
            t = row[HEAD]
            before = worst(row)
            for level in range(LEVELS):
                if np.isnan(ats[level]):
                    forget(row, level)
                    continue
                if sign * value[place] >= sign * ats[level]:
                    row[slot + 2 + level] = 1.0
                elif sign * value[place] < sign * clears[level]:
                    row[slot + 2 + level] = 0.0
                enough = agreeing(row, level, t, window * SECOND_US) >= least
                switch(row, level, enough, not enough, t, hold, clear_after)
            after = worst(row)
            if after != before:
                out_lane[count] = lane
                out_place[count] = place
                out_before[count] = before
                out_after[count] = after
                out_measured[count] = agreeing(row, max(before, after) - 1, t, window * SECOND_US)
                count += 1
    return count
