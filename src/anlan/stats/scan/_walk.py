"""The quick walk over all cylinders of many replications at once, for high rates; exact.

Three facts make it quick.

- For a fixed count the ratio falls as the expectation rises. So, with the best ratio of a replication so far,
  each count has a limit: a cylinder with so many events matters only if it expects less than that.
- A best cylinder begins on an event, ends on one (a prospective one ends with the last period), and its
  outermost places hold an event. So events are walked, place by place outwards, not days or empty places.
- A cylinder that was not looked at before holds the event that just entered. The limit for all events around
  it bounds how long that cylinder can be; fewer events are left in that time, with a lower limit, and so on.
  Nearly always nothing is left after one to three rounds.

A place whose distance is tied enters event by event against the expectation of the whole tie. The unfinished
cylinders hold fewer events than the finished one against the same expectation, so they never win.

The functions are long because a call with many arrays inside the innermost loop would cost more than its
work.
"""

import numpy as np

from anlan.stats._compiling import compiled
from anlan.stats.scan._likelihood import largest_expected, ratio_high
from anlan.stats.scan.terms import Floats, Integers

STALE = 1.02
"""Limits are drawn anew when the best ratio grew by this: until then the old, wider ones are still right."""
BLOCK = 2
"""Events are also counted by blocks of 2**BLOCK periods, so that a rough count is one subtraction."""


@compiled()
def add_up(places: Integers, rows: Floats, table: Floats) -> None:
    """Row j of `table` becomes the sum of `rows` over the first j + 1 of `places`."""
    table[0] = rows[places[0]]
    for j in range(1, places.size):
        place = places[j]
        for t in range(rows.shape[1]):
            table[j, t] = table[j - 1, t] + rows[place, t]


@compiled()
def _widest(first: Integers) -> int:
    widest = 1
    for centre in range(first.size - 1):
        widest = max(widest, first[centre + 1] - first[centre])
    return widest


@compiled()
def _add_up_paces(places: Integers, slowest: Floats, paces: Floats) -> None:
    """`paces[j]`: no run of periods in the first j + 1 places is longer than this, per event it expects."""
    least = 0.0
    for j in range(places.size):
        least += slowest[places[j]]
        paces[j] = (1 + 1e-9) / least if least > 0 else np.inf


@compiled()
def _best_to_the_end(
    held: Integers, earliest: int, tail: Floats, limits: Floats, total: float, least: int, best: float
) -> float:
    """The best ratio among `best` and the cylinders from one of the events `held` to the end."""
    for start in held:
        if start < earliest:
            continue
        inside = 0
        for other in held:
            inside += other >= start
        if inside >= least and tail[start] < limits[inside]:
            best = max(best, ratio_high(inside, tail[start], total))
    return best


@compiled()
def walk_prospective(
    order: Integers,
    first: Integers,
    finished: Integers,
    expected: Floats,
    starts: Integers,
    replications: Integers,
    times: Integers,
    size: int,
    most: int,
    total: float,
    least: int,
) -> Floats:
    """The best ratio of each of `size` replications, over cylinders that end with the last period.

    `order[first[i]:first[i + 1]]` are the places of centre i outwards, `finished` the rank that ends the tie
    a place is in; `expected` is (n, window). The events of place p are `starts[p]:starts[p + 1]` of
    `replications` and `times` (periods of the window); no replication has more than `most`.
    """
    n, window = expected.shape
    tails = np.empty((n, window))
    slowest = np.empty(n)
    for place in range(n):
        tails[place] = np.cumsum(expected[place, ::-1])[::-1]
        slowest[place] = expected[place].min()
    best = np.zeros(size)
    limits = np.empty((size, most + 1))
    filled = np.ones(size, np.int64)
    ratio_of_limits = np.zeros(size)
    held = np.empty((size, most), times.dtype)
    count = np.zeros(size, np.int64)
    table = np.empty((_widest(first), window))
    paces = np.empty(table.shape[0])
    for centre in range(n):
        begin, end = first[centre], first[centre + 1]
        if begin == end:
            continue
        count[:] = 0
        add_up(order[begin:end], tails, table)
        _add_up_paces(order[begin:end], slowest, paces)
        for at in range(begin, end):
            place = order[at]
            j = finished[at]
            pace = paces[j]
            for k in range(starts[place], starts[place + 1]):
                r = replications[k]
                time = times[k]
                held[r, count[r]] = time
                count[r] += 1
                left = count[r]
                while left >= least:
                    while filled[r] <= left:
                        limits[r, filled[r]] = largest_expected(filled[r], total, ratio_of_limits[r])
                        filled[r] += 1
                    limit = limits[r, left]
                    if table[j, time] >= limit:
                        break
                    earliest = window - int(min(limit * pace, window))
                    earliest = min(np.int64(time), max(0, earliest))
                    while table[j, earliest] >= limit:
                        earliest += 1
                    from_then = times.dtype.type(earliest)
                    inside = 0
                    for x in range(count[r]):
                        inside += held[r, x] >= from_then
                    if inside < left:
                        left = inside
                        continue
                    found = _best_to_the_end(
                        held[r, : count[r]], earliest, table[j], limits[r], total, least, best[r]
                    )
                    if found > best[r]:
                        best[r] = found
                        if found > STALE * ratio_of_limits[r]:
                            ratio_of_limits[r] = found
                            filled[r] = 1
                    break
    return best


def blocks_of(size: int, periods: int, most: int) -> Integers:
    """Working memory to count events by block; small numbers are quicker to add."""
    return np.empty((size, (periods >> BLOCK) + 2), np.int16 if most < 2**15 else np.int32)


@compiled()
def _near(held: Integers, earliest: int, latest: int, near: Integers) -> int:
    """Put the events within [earliest, latest] into `near` by time; how many they are."""
    size = 0
    for time in held:
        if earliest <= time <= latest:
            at = size
            while at > 0 and near[at - 1] > time:
                near[at] = near[at - 1]
                at -= 1
            near[at] = time
            size += 1
    return size


@compiled()
def _best_around(
    near: Integers,
    event: int,
    window: int,
    before: Floats,
    limits: Floats,
    total: float,
    least: int,
    best: float,
) -> float:
    """The best ratio among `best` and the cylinders from one of `near` to another that hold `event`."""
    for i in range(near.size):
        if near[i] > event:
            break
        for j in range(near.size - 1, i - 1, -1):
            inside = j - i + 1
            if near[j] < event or inside < least:
                break
            if near[j] - near[i] < window:
                expected = before[near[j] + 1] - before[near[i]]
                if expected < limits[inside]:
                    best = max(best, ratio_high(inside, expected, total))
    return best


@compiled()
def walk_retrospective(
    order: Integers,
    first: Integers,
    finished: Integers,
    expected: Floats,
    starts: Integers,
    replications: Integers,
    times: Integers,
    size: int,
    most: int,
    total: float,
    least: int,
    window: int,
    since: Integers,
) -> Floats:
    """The same over cylinders of at most `window` periods anywhere; `expected` is (n, periods).

    `since` (size, blocks) is working memory, see `blocks_of`; its type must hold a circle's events.
    """
    n, periods = expected.shape
    befores = np.zeros((n, periods + 1))
    slowest = np.empty(n)
    for place in range(n):
        befores[place, 1:] = np.cumsum(expected[place])
        slowest[place] = expected[place].min()
    best = np.zeros(size)
    limits = np.empty((size, most + 1))
    filled = np.ones(size, np.int64)
    ratio_of_limits = np.zeros(size)
    held = np.empty((size, most), times.dtype)
    count = np.zeros(size, np.int64)
    near = np.empty(most, np.int64)
    table = np.empty((_widest(first), periods + 1))
    paces = np.empty(table.shape[0])
    for centre in range(n):
        begin, end = first[centre], first[centre + 1]
        if begin == end:
            continue
        count[:] = 0
        since[:] = 0
        add_up(order[begin:end], befores, table)
        _add_up_paces(order[begin:end], slowest, paces)
        for at in range(begin, end):
            place = order[at]
            j = finished[at]
            pace = paces[j]
            for k in range(starts[place], starts[place + 1]):
                r = replications[k]
                time = int(times[k])
                held[r, count[r]] = time
                count[r] += 1
                for block in range((time >> BLOCK) + 1):
                    since[r, block] += since.dtype.type(1)
                left = count[r]
                earliest: int = max(0, time - window + 1)
                latest: int = min(periods, time + window) - 1
                here, after = table[j, time], table[j, time + 1]
                rough = True
                while left >= least:
                    if rough:
                        inside = np.int64(since[r, earliest >> BLOCK]) - since[r, (latest >> BLOCK) + 1]
                        rough = inside < left
                        inside = min(inside, left)
                    else:
                        low, high = times.dtype.type(earliest), times.dtype.type(latest)
                        inside = 0
                        for x in range(count[r]):
                            inside += (held[r, x] >= low) & (held[r, x] <= high)
                    if inside < least:
                        break
                    while filled[r] <= inside:
                        limits[r, filled[r]] = largest_expected(filled[r], total, ratio_of_limits[r])
                        filled[r] += 1
                    limit = limits[r, inside]
                    if after - here >= limit:
                        break
                    if rough or inside < left:
                        left = inside
                        reach = int(min(limit * pace, window))
                        earliest = max(earliest, time - reach)
                        latest = min(latest, time + reach)
                        continue
                    settled = True
                    while after - table[j, earliest] >= limit:
                        earliest += 1
                        settled = False
                    while table[j, latest + 1] - here >= limit:
                        latest -= 1
                        settled = False
                    if not settled:
                        continue
                    kept = _near(held[r, : count[r]], earliest, latest, near)
                    found = _best_around(
                        near[:kept], time, window, table[j], limits[r], total, least, best[r]
                    )
                    if found > best[r]:
                        best[r] = found
                        if found > STALE * ratio_of_limits[r]:
                            ratio_of_limits[r] = found
                            filled[r] = 1
                    break
    return best
