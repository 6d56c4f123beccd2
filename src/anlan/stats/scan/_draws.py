"""Events as chance would scatter them: given the total (Poisson), or given every place and every day
(permutation).
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from anlan.stats._compiling import compiled
from anlan.stats.scan._event_walk import ByCell
from anlan.stats.scan.terms import Floats, Integers

type Events = tuple[Integers, Integers]
"""Places and periods, one of each an event."""
type Cells = tuple[Integers, Integers, Integers]
"""Places, periods, and how many events they hold."""

_MANY = 30
"""Events a cell beyond which a permutation deals cells: that is quicker, and needs no memory an event."""


@dataclass(frozen=True)
class PoissonDraws:
    """Each of `total` events falls into a cell in proportion to what the cell expects; Kulldorff (1997).

    The cells are those of the scanned periods, `share` their part of all that is expected.
    """

    total: int
    share: float
    chance: Floats
    """(n,): of the table of aliases (Walker 1977): stay with the place, or else take its alias."""
    alias: Integers
    within: Floats
    """(n, periods), or (1, periods) for all: the share of a place's events up to the end of a period."""
    shares: Floats
    """(n * periods,): the share of each cell among the scanned ones; none where events are fewer than
    cells.
    """

    @classmethod
    def of(cls, total: int, expected: Floats) -> "PoissonDraws":
        """`expected` is (n, periods) of the scanned periods and adds up to at most `total`."""
        by_place = expected.sum(axis=1)
        here = float(by_place.sum())
        share = min(1.0, here / total) if here > 0 else 0.0  # 0: the scanned periods expect nothing
        shares = by_place / here if here > 0 else np.full(by_place.size, 1 / by_place.size)
        chance, alias = aliases(shares)
        within = np.cumsum(expected, axis=1)
        within /= np.where(by_place > 0, within[:, -1], 1.0)[:, None]
        if np.all(np.ptp(within, axis=0) < 1e-12):
            within = within[:1]  # one row for all is looked up quicker
        fewer = total * share < expected.size
        of_cells = np.empty(0) if fewer else expected.ravel() / (here or 1.0)
        return cls(total, 1.0 if share > 1 - 1e-12 else share, chance, alias, within, of_cells)

    def events(self, rng: Generator) -> Events:
        """One replication of the events in the scanned periods."""
        size = int(rng.binomial(self.total, self.share)) if self.share < 1 else self.total
        return scatter(rng, size, self.chance, self.alias, self.within)

    def counts(self, rng: Generator, shape: tuple[int, int]) -> Integers:
        """One replication as (n, periods) counts; where events outnumber cells, cells are drawn instead."""
        if self._events_are_fewer:
            return tally(*self.events(rng), shape)
        shares = np.append(self.shares * self.share, 1 - self.share)
        return rng.multinomial(self.total, shares / shares.sum())[:-1].reshape(shape)

    def cells(self, rng: Generator, shape: tuple[int, int]) -> Cells:
        """The same as the cells that hold events, some of them twice."""
        return one_each(self.events(rng)) if self._events_are_fewer else cells_of(self.counts(rng, shape))

    @property
    def _events_are_fewer(self) -> bool:
        return self.shares.size == 0


@dataclass(frozen=True)
class PermutationDraws:
    """Each event keeps its place; the periods are dealt anew; Kulldorff et al. (2005), "Statistical
    methods".
    """

    by_place: Integers
    """(n,): events of the study."""
    by_period: Integers
    """Events in each of the scanned periods."""
    places: Integers
    """(total,): of every event; none where each cell has so many that cells are dealt instead."""
    times: Integers
    """Of the events in the scanned periods."""

    @classmethod
    def of(cls, counts: Integers, begin: int) -> "PermutationDraws":
        """From all (n, periods) counts, scanned from the period `begin` on."""
        by_place, by_period = counts.sum(axis=1), counts.sum(axis=0)[begin:]
        single = int(by_place.sum()) <= _MANY * counts.size
        return cls(
            by_place,
            by_period,
            np.repeat(np.arange(by_place.size), by_place if single else 0),
            np.repeat(np.arange(by_period.size), by_period if single else 0),
        )

    def events(self, rng: Generator) -> Events:
        """One replication of the events in the scanned periods."""
        return deal(rng, self.places, self.times.size), self.times

    def counts(self, rng: Generator, shape: tuple[int, int]) -> Integers:
        """One replication as (n, periods) counts."""
        if self.places.size:
            return tally(*self.events(rng), shape)
        left, counts = self.by_place.copy(), np.zeros(shape, np.int64)
        for period, size in enumerate(self.by_period):
            counts[:, period] = rng.multivariate_hypergeometric(left, size, method="marginals")
            left -= counts[:, period]
        return counts

    def cells(self, rng: Generator, shape: tuple[int, int]) -> Cells:
        """The same as the cells that hold events, some of them twice."""
        if self.by_period.sum() > shape[0] * shape[1]:
            return cells_of(self.counts(rng, shape))
        return one_each(self.events(rng))


def one_each(events: Events) -> Cells:
    """Each event a cell of its own."""
    return events[0], events[1], np.ones(events[0].size, np.int64)


def cells_of(counts: Integers) -> Cells:
    """The cells of (n, periods) that hold events."""
    places, periods = np.nonzero(counts)
    return places, periods, counts[places, periods]


def aliases(shares: Floats) -> tuple[Floats, Integers]:
    """Walker's (1977) tables to draw from `shares` in constant time, as built by Vose (1991)."""
    chance, alias = shares * shares.size, np.full(shares.size, np.argmax(shares))
    _give_away(chance, alias, np.empty(shares.size, np.int64))
    return chance, alias


@compiled()
def _give_away(chance: Floats, alias: Integers, stack: Integers) -> None:
    """Let who has more than 1 fill up who has less; `stack` is room to work in."""
    n = chance.size  # places below their share lie in `stack` from the left, above it from the right
    small, large = 0, n
    for i in range(n):
        if chance[i] < 1:
            stack[small] = i
            small += 1
        else:
            large -= 1
            stack[large] = i
    while small > 0 and large < n:
        i, j = stack[small - 1], stack[large]
        small -= 1
        alias[i] = j
        chance[j] -= 1 - chance[i]
        if chance[j] < 1:
            stack[small] = j
            small += 1
            large += 1
    for k in range(large, n):
        chance[stack[k]] = 1.0


@compiled()
def scatter(rng: Generator, size: int, chance: Floats, alias: Integers, within: Floats) -> Events:
    """`size` events: a place by its alias table, then a period by the place's own shares."""
    n, periods = chance.size, within.shape[1]
    places, times = np.empty(size, np.int64), np.empty(size, np.int64)
    for k in range(size):
        spot = rng.random() * n
        place = min(int(spot), n - 1)
        if spot - place >= chance[place]:
            place = alias[place]
        places[k] = place
        at = rng.random()
        shares = within[place if within.shape[0] > 1 else 0]
        low, high = 0, periods - 1
        while low < high:
            middle = (low + high) >> 1
            if at < shares[middle]:
                high = middle
            else:
                low = middle + 1
        times[k] = low
    return places, times


@compiled()
def deal(rng: Generator, places: Integers, size: int) -> Integers:
    """`size` of `places` without putting back, in random order (the first steps of Fisher & Yates's
    shuffle).
    """
    deck = places.copy()
    for k in range(size):
        other = k + min(int(rng.random() * (deck.size - k)), deck.size - k - 1)
        deck[k], deck[other] = deck[other], deck[k]
    return deck[:size]


def tally(places: Integers, times: Integers, shape: tuple[int, int]) -> Integers:
    """How many events lie in each place and period."""
    return np.bincount(places * shape[1] + times, minlength=shape[0] * shape[1]).reshape(shape)


def by_cell(
    places: Integers, replications: Integers, periods: Integers, numbers: Integers, n: int, size: int
) -> ByCell:
    """Sort events by replication, then place: where the events of each cell `replication * n + place` start,
    then their periods and numbers.

    One replication's places lie side by side, and so, mostly, do the neighbours of a place.
    """
    starts = np.zeros(n * size + 1, np.int32)
    times, weights = np.empty_like(periods), np.empty_like(numbers)
    _sort(places, replications, periods, numbers, n, np.empty(n * size, np.int32), starts, times, weights)
    return ByCell(starts, times, weights)


@compiled()
def _sort(
    places: Integers,
    replications: Integers,
    periods: Integers,
    numbers: Integers,
    n: int,
    free: Integers,
    starts: Integers,
    times: Integers,
    weights: Integers,
) -> None:
    """By counting; `starts` holds zeros before, `free` (cells,) is room to work in."""
    for k in range(places.size):
        starts[replications[k] * n + places[k] + 1] += 1
    for cell in range(free.size):
        free[cell] = starts[cell]
        starts[cell + 1] += starts[cell]
    for k in range(places.size):
        cell = replications[k] * n + places[k]
        at = free[cell]
        free[cell] += 1
        times[at], weights[at] = periods[k], numbers[k]


def stream(key: NDArray[np.uint64], replication: int, kind: int) -> Generator:
    """A generator of its own for each replication and kind: Philox's counter (Salmon et al. 2011) keeps them
    apart.
    """
    return np.random.Generator(np.random.Philox(key=key, counter=[0, 0, replication, kind]))
