"""The quick walk over all cylinders of many replications at once, for high rates; exact.

For a fixed count the ratio falls as the expectation rises. So, with the best ratio of a replication so far,
an expectation tells how many events a cylinder needs to matter (`_needs`). Circles and times that differ
little are looked at together (`_look`): one addition and one comparison of small whole numbers, made for all
replications side by side. It leaves one circle in fifty, which is walked event by event (`_event_walk`).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.stats._compiling import compiled
from anlan.stats.scan._bands import Bands
from anlan.stats.scan._circles import Circles
from anlan.stats.scan._event_walk import ByCell, walk_events
from anlan.stats.scan._look import Expected, Room, add_up, fill_rows, look_outwards, marked
from anlan.stats.scan._needs import bin_of, first_needs, raise_needs
from anlan.stats.scan.terms import Floats, Integers

STALE = 1.03
"""Needs are raised when the best ratio grew by this: until then the old, lower ones are still right."""
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

    def expected(self) -> Expected:
        """The same for compiled functions."""
        bands = self.bands
        band_of = np.repeat(np.arange(len(bands)), np.diff(bands.edges))
        runs = (bands.opens, bands.closes, bands.begins, bands.ends, bands.shifts)
        return Expected(self.before, self.slowest, self.floors, self.bottom, band_of, runs, bands.step)


@compiled()
def walk(
    circles: tuple[Integers, Integers, Integers],
    expected: Expected,
    events: ByCell,
    room: Room,
    best: Floats,
    total: float,
    prospective: bool,
    window: int,
) -> None:
    """`best` (replications,), zeros before, becomes the best ratio of each.

    `circles` are order, first and finished of `Circles`.
    """
    order, first, finished = circles
    n, known, wanted = room.rows.shape[0], room.known, room.wanted
    fill_rows(events, expected.band_of, room)
    for turn in range(2 * n):
        centre = turn % n
        if (turn < n) != (centre % FIRST_LAP == 0) or first[centre] == first[centre + 1]:
            continue
        places = order[first[centre] : first[centre + 1]]
        ends = finished[first[centre] : first[centre + 1]]
        add_up(places, expected.before, room.table)
        add_up(places, expected.slowest, room.poorest)
        groups = look_outwards(places, ends, expected, window, room)
        marked(room.marks[:groups], room.any_mark)
        for r in range(best.size):
            if room.any_mark[r]:
                best[r] = walk_events(
                    places, ends, room.stops[:groups], room.marks[:groups, r], room.table, events, r, n,
                    prospective, window, room.days, wanted[r], total, best[r],
                )  # fmt: skip
                if best[r] > STALE * known[r]:
                    known[r] = best[r]
                    most = min(room.most, int(total))
                    raise_needs(wanted[r], most, expected.floors, expected.bottom, total, best[r])
                    for b in range(expected.floors.size):
                        room.needs[b, r] = wanted[r, b]


def best_ratios(
    circles: Circles,
    ground: Ground,
    events: ByCell,
    counted_in: type[np.unsignedinteger[Any]],
    size: int,
    total: float,
    least: int,
    prospective: bool,
    window: int,
) -> Floats:
    """The best ratio of each of `size` replications; `counted_in` is the type that counts are added up in."""
    best = np.zeros(size)
    room = _room(circles, ground, counted_in, size, least)
    outwards = (circles.order, circles.first, circles.finished)
    walk(outwards, ground.expected(), events, room, best, total, prospective, window)
    return best


def _room(
    circles: Circles, ground: Ground, counted_in: type[np.unsignedinteger[Any]], size: int, least: int
) -> Room:
    bands, (n, width) = len(ground.bands), ground.before.shape
    most = int(np.iinfo(counted_in).max)
    widest = max(1, int(np.diff(circles.first).max()))
    first = first_needs(ground.floors, least, most)
    sums = np.zeros((bands + 1, size), counted_in)
    return Room(
        most=most,
        rows=np.zeros((n, bands * size), counted_in),
        sums=sums,
        flat=sums.reshape(-1),
        needs=np.repeat(first[:, None], size, axis=1).astype(counted_in),
        wanted=np.tile(first, (size, 1)),
        table=np.empty((widest, width)),
        poorest=np.empty((widest, bands)),
        marks=np.zeros((widest, size), np.uint8),
        wrapped=np.zeros(size, np.uint8),
        overflown=np.zeros(size, np.uint8),
        any_mark=np.zeros(size, np.uint8),
        stops=np.empty(widest, np.int64),
        days=np.empty((3, width), np.int64),
        known=np.zeros(size),
    )
