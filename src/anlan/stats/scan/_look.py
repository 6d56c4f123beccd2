"""Looks over all circles of a centre for many replications side by side, in small whole numbers.

Circles that differ little are looked at together, and so are times (`_bands`): the largest of them holds at
least the events of each, the smallest expects at most what each expects. If that many events are too few for
that little, none of them matters.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np

from anlan.stats._compiling import compiled, inner
from anlan.stats.scan._event_walk import ByCell
from anlan.stats.scan._needs import bin_of
from anlan.stats.scan.terms import Floats, Integers

WIDER, DEVIATIONS = 0.3, 0.4
"""Circles are looked at together while they expect at most so much more than the smallest of them: this
share of it, or so many of its standard deviations.
"""

type Runs = tuple[Integers, Integers, Integers, Integers, Integers]
"""Opens, closes, begins, ends and shifts of `Bands`."""


class Expected(NamedTuple):
    """What is the same for all replications: `before` and `slowest` of `Ground`, and its bands."""

    before: Floats
    slowest: Floats
    floors: Floats
    bottom: int
    band_of: Integers
    runs: Runs
    step: int


class Room(NamedTuple):
    """Working memory of one walk, for `size` replications.

    `rows` (n, bands * size) and `sums` (bands + 1, size) are of the type that counts are added up in, of
    which `most` is the largest number; `flat` is `sums` in one row, as those of `rows` are. `needs`
    (bins, size) says how many events matter, `wanted` (size, bins) the same in int64. `table` and `poorest`
    are (widest circle, periods + 1) and (widest circle, bands) of one centre; `marks` (widest circle, size)
    and `stops` (widest circle,) of its groups of circles.
    """

    most: int
    rows: Integers
    sums: Integers
    flat: Integers
    needs: Integers
    wanted: Integers
    table: Floats
    poorest: Floats
    marks: Integers
    wrapped: Integers
    overflown: Integers
    any_mark: Integers
    stops: Integers
    days: Integers
    known: Floats


@inner
def fill_rows(events: ByCell, band_of: Integers, room: Room) -> None:
    """The rows, zeros before, become the events up to the end of each band.

    A replication of which one place holds more than their type can say is noted in `wrapped`.
    """
    starts, periods, numbers = events
    rows, size = room.rows, room.wrapped.size
    n = rows.shape[0]
    for r in range(size):
        for place in range(n):
            held = 0
            for k in range(starts[r * n + place], starts[r * n + place + 1]):
                rows[place, band_of[periods[k]] * size + r] += rows.dtype.type(numbers[k])
                held += numbers[k]
            room.wrapped[r] |= np.uint8(held > room.most)
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
def add_up(places: Integers, rows: Floats, table: Floats) -> None:
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
    runs: Runs,
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
def look_outwards(places: Integers, finished: Integers, expected: Expected, window: int, room: Room) -> int:
    """Look at the circles of one centre in groups: their marks and last ranks; how many groups."""
    table, flat, overflown = room.table, room.flat, room.overflown
    group, smallest, most = 0, -1, 0.0
    periods = table.shape[1] - 1
    share = min(1.0, window / periods)
    size = overflown.size
    for x in range(flat.size):
        flat[x] = 0
    for r in range(size):
        overflown[r] = room.wrapped[r]
    for rank in range(places.size):
        row = room.rows[places[rank]]
        _add(flat[size:], row)
        _note_overflow(flat[flat.size - size :], row[row.size - size :], overflown)
        if finished[rank] != rank:
            continue
        if smallest < 0:
            smallest = rank
            least = table[rank, periods] * share
            most = least + min(WIDER * least, DEVIATIONS * sqrt(least))
        if rank + 1 < places.size and table[finished[rank + 1], periods] * share <= most:
            continue
        for r in range(size):
            room.marks[group, r] = overflown[r]
        _look(
            room.sums, table[smallest], room.poorest[smallest], expected.runs, expected.step, room.needs,
            room.marks[group],
        )  # fmt: skip
        room.stops[group] = rank
        group, smallest = group + 1, -1
    return group


@inner
def marked(marks: Integers, any_mark: Integers) -> None:
    """Which replications have a mark in any of the groups."""
    for r in range(any_mark.size):
        any_mark[r] = 0
    for group in range(marks.shape[0]):
        row = marks[group]
        for r in range(row.size):
            any_mark[r] |= row[r]
