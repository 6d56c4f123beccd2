"""The plain walk: every cylinder of every circle, for high and low rates, one kind of event or several.

The observed events always go this way (each circle's best cylinder is wanted, not only the best of all); the
replications do so when rates are low, kinds are several, or events are thousands of millions.

Several kinds: Kulldorff, Mostashari, Duczmal, Yih, Kleinman & Platt (2007) "Multivariate scan statistics for
disease surveillance", Statistics in Medicine 26: the ratios of the kinds are added up, cylinder by cylinder.
"""

import numpy as np

from anlan.stats._compiling import compiled, inner
from anlan.stats.scan._likelihood import SLACK, ratio_high, ratio_low
from anlan.stats.scan.terms import Floats, Integers


@inner
def _ratio(
    count: Integers, expected: Floats, totals: Floats, s: int, t: int, high: bool, least: int
) -> float:
    """The ratio of one cylinder, its kinds added up; `count` and `expected` are (kinds, periods + 1)
    before.
    """
    ratio, events = 0.0, 0
    for kind in range(totals.size):
        c = count[kind, t + 1] - count[kind, s]
        e = expected[kind, t + 1] - expected[kind, s]
        events += c
        if high:
            ratio += ratio_high(c, e, totals[kind])
        else:
            ratio += ratio_low(c, e, totals[kind])
    return ratio if events >= least or not high else 0.0


@inner
def _hopeless(
    count: Integers, expected: Floats, totals: Floats, s: int, t: int, high: bool, floor: float
) -> bool:
    """Whether one kind's ratio cannot reach `floor`: it is at most Pearson's chi-square, which needs no
    logarithm.
    """
    c = count[0, t + 1] - count[0, s]
    e = expected[0, t + 1] - expected[0, s]
    if (c <= e) == high:
        return True
    return totals.size == 1 and (c - e) ** 2 * totals[0] < floor * e * (totals[0] - e)


@inner
def _days(count: Integers, high: bool, days: Integers) -> int:
    """Periods on which a best cylinder may begin or end: high ones on an event, low ones anywhere."""
    size = 0
    for t in range(count.shape[1] - 1):
        held = not high
        for kind in range(count.shape[0]):
            held |= count[kind, t + 1] > count[kind, t]
        if held:
            days[size] = t
            size += 1
    return size


@inner
def _best_window(
    count: Integers,
    expected: Floats,
    totals: Floats,
    days: Integers,
    prospective: bool,
    window: int,
    high: bool,
    least: int,
    floor: float,
) -> tuple[float, int, int]:
    """Best ratio above `floor` with its first and last period; ties go to the shorter, then the earlier."""
    best, start, end = floor, -1, -1
    size = _days(count, high, days)
    last = count.shape[1] - 2
    single = totals.size == 1
    for i in range(size):
        for j in range(size - 1 if prospective else i, size):
            s, t = days[i], last if prospective else days[j]
            if t - s >= window:
                break
            if single and _hopeless(count, expected, totals, s, t, high, best * (1 - SLACK)):
                continue
            ratio = _ratio(count, expected, totals, s, t, high, least)
            tied = start >= 0 and ratio >= best * (1 - SLACK) and t - s < end - start
            if ratio > best * (1 + SLACK) + SLACK or tied:
                best, start, end = ratio, s, t
    return best, start, end


def walk_circles(
    order: Integers,
    first: Integers,
    finished: Integers,
    counts: Integers,
    expected: Floats,
    totals: Floats,
    prospective: bool,
    window: int,
    high: bool,
    least: int,
    only_best: bool,
) -> tuple[Floats, Integers, Integers]:
    """For each place in `order`, the best ratio, start and end of the circle it completes (0, -1, -1: none).

    `counts` and `expected` are (kinds, n, periods + 1): what lies before each period. With `only_best`,
    circles that cannot beat an earlier one are left at 0.
    """
    kinds, _, width = counts.shape
    ratios = np.zeros(order.size)
    starts, ends = np.full(order.size, -1), np.full(order.size, -1)
    room = np.empty((kinds, width), np.int64), np.empty((kinds, width)), np.empty(width, np.int64)
    _walk(
        order, first, finished, counts, expected, totals, prospective, window, high, least, only_best,
        *room, ratios, starts, ends,
    )  # fmt: skip
    return ratios, starts, ends


@compiled()
def _walk(
    order: Integers,
    first: Integers,
    finished: Integers,
    counts: Integers,
    expected: Floats,
    totals: Floats,
    prospective: bool,
    window: int,
    high: bool,
    least: int,
    only_best: bool,
    count: Integers,
    held: Floats,
    days: Integers,
    ratios: Floats,
    starts: Integers,
    ends: Integers,
) -> None:
    """Write the ratios, starts and ends of `walk_circles`; `count`, `held` and `days` are room to work in."""
    kinds, width = count.shape
    best = 0.0
    for centre in range(first.size - 1):
        for kind in range(kinds):
            for t in range(width):
                count[kind, t] = 0
                held[kind, t] = 0.0
        came = 0
        for at in range(first[centre], first[centre + 1]):
            place = order[at]
            for kind in range(kinds):
                came += counts[kind, place, width - 1]
                for t in range(width):
                    count[kind, t] += counts[kind, place, t]
                    held[kind, t] += expected[kind, place, t]
            if finished[at] != at - first[centre] or (high and came == 0):
                continue  # an unfinished tie, or places without events: they only raise what is expected
            came = 0
            floor = best if only_best else 0.0
            found, start, end = _best_window(
                count, held, totals, days, prospective, window, high, least, floor
            )
            if start >= 0:
                ratios[at], starts[at], ends[at] = found, start, end
                best = max(best, found)
