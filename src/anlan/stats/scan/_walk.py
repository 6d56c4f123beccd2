"""The quick walk over all cylinders of many replications at once, for high rates; exact.

Two facts make it quick.

- For a fixed count the ratio falls as the expectation rises. So, with the best ratio of a replication so far,
  an expectation tells how many events a cylinder needs to matter (`_needs`).
- Circles that differ little are looked at together, and so are times (`_bands`): the largest of them holds at
  least the events of each, the smallest expects at most what each expects. If that many events are too few
  for that little, none of them matters. This is one addition and one comparison of small whole numbers, made
  for all replications side by side. It leaves one circle in fifty.

What it leaves is walked in double precision, event by event: a best cylinder begins on an event, ends on one
(a prospective one ends with the last period), and its outermost places hold an event.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from anlan.stats._compiling import compiled, inner
from anlan.stats.scan._bands import Bands
from anlan.stats.scan._circles import Circles
from anlan.stats.scan._likelihood import ratio_high
from anlan.stats.scan._needs import bin_of, first_needs, raise_needs
from anlan.stats.scan.terms import Floats, Integers

STALE = 1.03
"""Needs are raised when the best ratio grew by this: until then the old, lower ones are still right."""
WIDER, DEVIATIONS = 0.3, 0.4
"""Circles are looked at together while they expect at most so much more than the smallest of them: this
share of it, or so many of its standard deviations.
"""
FIRST_LAP = 32
"""One centre in so many goes first, so that good ratios are known early."""


@dataclass(frozen=True)
class Ground:
    """What is the same for all replications.

    `before` (n, periods + 1) is expected before each period, `slowest` (n, bands) in the poorest period of a
    band; no expectation above 0 is in a bin below `bottom`.
    """

    before: Floats
    slowest: Floats
    floors: Floats
    bottom: int
    bands: Bands

    @classmethod
    def of(cls, expected: Floats, bands: Bands, floors: Floats) -> "Ground":
        before = np.zeros((expected.shape[0], expected.shape[1] + 1))
        np.cumsum(expected, axis=1, out=before[:, 1:])
        least = float(expected[expected > 0].min(initial=np.inf))
        bottom = bin_of(least, floors.size - 1) if np.isfinite(least) else 0
        return cls(before, np.minimum.reduceat(expected, bands.edges[:-1], axis=1), floors, bottom, bands)


@inner
def _fill_rows(
    events: tuple[Integers, Integers, Integers],
    band_of: Integers,
    most: int,
    rows: Integers,
    overflown: Integers,
) -> None:
    """`rows` (n, bands * replications), zeros before, become the events up to the end of each band.

    A replication of which one place holds more than `most`, which the type of `rows` can say, is noted in
    `overflown`.
    """
    starts, periods, numbers = events
    n, size = rows.shape[0], overflown.size
    for r in range(size):
        for place in range(n):
            held = 0
            for k in range(starts[r * n + place], starts[r * n + place + 1]):
                rows[place, band_of[periods[k]] * size + r] += rows.dtype.type(numbers[k])
                held += numbers[k]
            overflown[r] |= np.uint8(held > most)
    for place in range(n):
        for x in range(size, rows.shape[1]):
            rows[place, x] += rows[place, x - size]


@inner
def _add(sums: Integers, row: Integers) -> None:
    for x in range(row.size):
        sums[x] += row[x]


@inner
def _note_overflow(sums: Integers, row: Integers, overflown: Integers) -> None:
    """A sum that is now below what was just added went past the largest number of its type."""
    for r in range(row.size):
        overflown[r] |= np.uint8(sums[r] < row[r])


@inner
def _add_up(places: Integers, rows: Floats, table: Floats) -> None:
    """Row j of `table` becomes the sum of `rows` over the first j + 1 of `places`."""
    for t in range(rows.shape[1]):
        table[0, t] = rows[places[0], t]
    for j in range(1, places.size):
        now, last, row = table[j], table[j - 1], rows[places[j]]
        for t in range(row.size):
            now[t] = last[t] + row[t]


@compiled(inline="always")
def _mark(high: Integers, low: Integers, need: Integers, marks: Integers) -> None:
    """Mark the replications with at least the events they need; differences are right modulo 2^bits."""
    for r in range(marks.size):
        marks[r] |= np.uint8(high.dtype.type(high[r] - low[r]) >= need[r])


@inner
def _look(
    sums: Integers,
    before: Floats,
    slowest: Floats,
    runs: tuple[Integers, Integers, Integers, Integers, Integers],
    step: int,
    needs: Integers,
    marks: Integers,
) -> None:
    """Mark the replications that may beat their best in circles up to one with `sums` (bands + 1,
    replications), of which the smallest expects `before`.
    """
    opens, closes, begins, ends, shifts = runs
    for w in range(opens.size):
        if ends[w] < 0:
            expected = slowest[opens[w]]
        else:
            expected = before[ends[w]] - before[begins[w]]
            for shift in range(step, shifts[w] * step, step):
                expected = min(expected, before[ends[w] + shift] - before[begins[w] + shift])
        need = needs[bin_of(expected, needs.shape[0] - 1)]
        _mark(sums[closes[w] + 1], sums[opens[w]], need, marks)


@inner
def _insert(day: Integers, held: Integers, came: Integers, k: int, time: int, number: int, rank: int) -> int:
    """Let `number` events of a period enter the sorted `day`, `held` and `came`; how many days there are."""
    at = k
    while at > 0 and day[at - 1] > time:
        at -= 1
    if at > 0 and day[at - 1] == time:
        held[at - 1] += number
        came[at - 1] = rank
        return k
    for x in range(k, at, -1):
        day[x], held[x], came[x] = day[x - 1], held[x - 1], came[x - 1]
    day[at], held[at], came[at] = time, number, rank
    return k + 1


@inner
def _best_to_the_end(
    day: Integers,
    held: Integers,
    came: Integers,
    rank: int,
    before: Floats,
    needs: Integers,
    total: float,
    best: float,
) -> float:
    """The best ratio among `best` and times from an event to the end that hold one that came at `rank`."""
    inside, new = 0, False
    for i in range(day.size - 1, -1, -1):
        inside += held[i]
        new |= came[i] == rank
        expected = before[before.size - 1] - before[day[i]]
        if new and inside >= needs[bin_of(expected, needs.size - 1)]:
            best = max(best, ratio_high(inside, expected, total))
    return best


@inner
def _best_anywhere(
    day: Integers,
    held: Integers,
    came: Integers,
    rank: int,
    before: Floats,
    window: int,
    needs: Integers,
    total: float,
    best: float,
) -> float:
    """The same for times from one event to another: those that hold the new one at `p`, and none before."""
    last = -1
    for p in range(day.size):
        if came[p] != rank:
            continue
        upto = 0
        for i in range(p, last, -1):
            if day[p] - day[i] >= window:
                break
            upto += held[i]
            inside = upto - held[p]
            for j in range(p, day.size):
                if day[j] - day[i] >= window:
                    break
                inside += held[j]
                expected = before[day[j] + 1] - before[day[i]]
                if inside >= needs[bin_of(expected, needs.size - 1)]:
                    best = max(best, ratio_high(inside, expected, total))
        last = p
    return best


@inner
def _walk_circles(
    places: Integers,
    finished: Integers,
    stops: Integers,
    marks: Integers,
    table: Floats,
    events: tuple[Integers, Integers, Integers],
    r: int,
    n: int,
    prospective: bool,
    window: int,
    days: Integers,
    needs: Integers,
    total: float,
    best: float,
) -> float:
    """The best ratio among `best` and the circles of one centre for replication `r`, where `marks` are set.

    `stops` are the ranks that end the circles looked at together; `days` (3, periods) is working memory.
    """
    starts, periods, numbers = events
    day, held, came = days[0], days[1], days[2]
    k, group, last, newest = 0, 0, stops.size - 1, -1
    while not marks[last]:
        last -= 1
    for rank in range(stops[last] + 1):
        cell = r * n + places[rank]
        for x in range(starts[cell], starts[cell + 1]):
            newest = finished[rank]
            k = _insert(day, held, came, k, periods[x], numbers[x], newest)
        if newest != rank:
            continue
        while rank > stops[group]:
            group += 1
        if marks[group] and prospective:
            best = _best_to_the_end(day[:k], held[:k], came[:k], rank, table[rank], needs, total, best)
        elif marks[group]:
            best = _best_anywhere(day[:k], held[:k], came[:k], rank, table[rank], window, needs, total, best)
    return best


@inner
def _look_outwards(
    places: Integers,
    finished: Integers,
    table: Floats,
    poorest: Floats,
    rows: Integers,
    sums: Integers,
    flat: Integers,
    wrapped: Integers,
    overflown: Integers,
    runs: tuple[Integers, Integers, Integers, Integers, Integers],
    step: int,
    window: int,
    needs: Integers,
    marks: Integers,
    stops: Integers,
) -> int:
    """Look at the circles of one centre in groups: their `marks` and last ranks; how many groups.

    `flat` is `sums` in one row, as those of `rows` are.
    """
    group, smallest, most = 0, -1, 0.0
    periods = table.shape[1] - 1
    share = min(1.0, window / periods)
    size = wrapped.size
    for x in range(flat.size):
        flat[x] = 0
    for r in range(size):
        overflown[r] = wrapped[r]
    for rank in range(places.size):
        row = rows[places[rank]]
        _add(flat[size:], row)
        _note_overflow(flat[flat.size - size :], row[row.size - size :], overflown)
        if finished[rank] != rank:
            continue
        if smallest < 0:
            smallest = rank
            expected = table[rank, periods] * share
            most = expected + min(WIDER * expected, DEVIATIONS * sqrt(expected))
        if rank + 1 < places.size and table[finished[rank + 1], periods] * share <= most:
            continue
        for r in range(size):
            marks[group, r] = overflown[r]
        _look(sums, table[smallest], poorest[smallest], runs, step, needs, marks[group])
        stops[group] = rank
        group, smallest = group + 1, -1
    return group


@inner
def _marked(marks: Integers, any_mark: Integers) -> None:
    for r in range(any_mark.size):
        any_mark[r] = 0
    for group in range(marks.shape[0]):
        row = marks[group]
        for r in range(row.size):
            any_mark[r] |= row[r]


@compiled()
def walk(
    circles: tuple[Integers, Integers, Integers],
    before: Floats,
    slowest: Floats,
    floors: Floats,
    bottom: int,
    band_of: Integers,
    most: int,
    runs: tuple[Integers, Integers, Integers, Integers, Integers],
    step: int,
    events: tuple[Integers, Integers, Integers],
    rows: Integers,
    sums: Integers,
    flat: Integers,
    needs: Integers,
    wanted: Integers,
    table: Floats,
    poorest: Floats,
    marks: Integers,
    flags: Integers,
    stops: Integers,
    days: Integers,
    best: Floats,
    known: Floats,
    total: float,
    prospective: bool,
    window: int,
) -> None:
    """`best` (replications,), zeros before, becomes the best ratio of each; see `best_ratios`."""
    order, first, finished = circles
    n, size = rows.shape[0], best.size
    wrapped, any_mark, overflown = flags[0], flags[1], flags[2]
    _fill_rows(events, band_of, most, rows, wrapped)
    for turn in range(2 * n):
        centre = turn % n
        if (turn < n) != (centre % FIRST_LAP == 0) or first[centre] == first[centre + 1]:
            continue
        places = order[first[centre] : first[centre + 1]]
        ends = finished[first[centre] : first[centre + 1]]
        _add_up(places, before, table)
        _add_up(places, slowest, poorest)
        groups = _look_outwards(
            places, ends, table, poorest, rows, sums, flat, wrapped, overflown, runs, step, window, needs,
            marks, stops,
        )  # fmt: skip
        _marked(marks[:groups], any_mark)
        for r in range(size):
            if any_mark[r]:
                found = _walk_circles(
                    places, ends, stops[:groups], marks[:groups, r], table, events, r, n, prospective,
                    window, days, wanted[r], total, best[r],
                )  # fmt: skip
                best[r] = found
                if found > STALE * known[r]:
                    known[r] = found
                    raise_needs(wanted[r], min(most, int(total)), floors, bottom, total, found)
                    for b in range(floors.size):
                        needs[b, r] = wanted[r, b]


def best_ratios(
    circles: Circles,
    ground: Ground,
    events: tuple[Integers, Integers, Integers],
    counted_in: type[np.unsignedinteger[Any]],
    size: int,
    total: float,
    least: int,
    prospective: bool,
    window: int,
) -> Floats:
    """The best ratio of each of `size` replications.

    `events` are starts, periods and numbers: cell `r * n + place` has the events
    `starts[cell]:starts[cell + 1]`, each with its period and how many it stands for. `counted_in` is the type
    that counts are added up in.
    """
    bands, (n, periods) = ground.bands, ground.before.shape
    most = int(np.iinfo(counted_in).max)
    widest = max(1, int(np.diff(circles.first).max()))
    first = first_needs(ground.floors, least, most)
    sums, best = np.zeros((len(bands) + 1, size), counted_in), np.zeros(size)
    walk(
        (circles.order, circles.first, circles.finished),
        ground.before,
        ground.slowest,
        ground.floors,
        ground.bottom,
        np.repeat(np.arange(len(bands)), np.diff(bands.edges)),
        most,
        (bands.opens, bands.closes, bands.begins, bands.ends, bands.shifts),
        bands.step,
        events,
        np.zeros((n, len(bands) * size), counted_in),
        sums,
        sums.reshape(-1),
        np.repeat(first[:, None], size, axis=1).astype(counted_in),
        np.tile(first, (size, 1)),
        np.empty((widest, periods)),
        np.empty((widest, len(bands))),
        np.zeros((widest, size), np.uint8),
        np.zeros((3, size), np.uint8),
        np.empty(widest, np.int64),
        np.empty((3, periods), np.int64),
        best,
        np.zeros(size),
        total,
        prospective,
        window,
    )
    return best
