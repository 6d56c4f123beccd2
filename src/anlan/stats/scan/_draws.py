"""Events as chance would scatter them: given the total (Poisson), or given every place and every day
(permutation).
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from anlan.stats._compiling import compiled
from anlan.stats.scan.terms import Floats, Integers

type Events = tuple[Integers, Integers]
"""Places and periods, one of each an event."""


@dataclass(frozen=True)
class PoissonDraws:
    """Each of `total` events falls into a cell in proportion to what the cell expects; Kulldorff (1997),
    section 4.

    The cells are those of the scanned periods, `share` their part of all that is expected.
    """

    total: int
    share: float
    chance: Floats
    """(n,): of the table of aliases (Walker 1977): stay with the place, or else take its alias."""
    alias: Integers
    within: Floats
    """(n, periods): for a place, the share of its events up to the end of a period."""
    cells: Floats
    """(n * periods,): the share of each cell among the scanned ones."""

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
        cells = expected.ravel() / (here or 1.0)
        return cls(total, 1.0 if share > 1 - 1e-12 else share, chance, alias, within, cells)

    def events(self, rng: Generator) -> Events:
        """One replication of the events in the scanned periods."""
        size = int(rng.binomial(self.total, self.share)) if self.share < 1 else self.total
        return scatter(rng, size, self.chance, self.alias, self.within)

    def counts(self, rng: Generator, shape: tuple[int, int]) -> Integers:
        """One replication as (n, periods) counts; where events outnumber cells, cells are drawn instead."""
        if self.total * self.share < self.cells.size:
            return tally(*self.events(rng), shape)
        cells = np.append(self.cells * self.share, 1 - self.share)
        return rng.multinomial(self.total, cells / cells.sum())[:-1].reshape(shape)


@dataclass(frozen=True)
class PermutationDraws:
    """Each event keeps its place; the periods are dealt anew; Kulldorff et al. (2005), "Statistical
    methods".
    """

    places: Integers
    """(total,): of every event of the study."""
    times: Integers
    """Of the events in the scanned periods."""

    def events(self, rng: Generator) -> Events:
        """One replication of the events in the scanned periods."""
        return deal(rng, self.places, self.times.size), self.times

    def counts(self, rng: Generator, shape: tuple[int, int]) -> Integers:
        """One replication as (n, periods) counts."""
        return tally(*self.events(rng), shape)


@compiled()
def aliases(shares: Floats) -> tuple[Floats, Integers]:
    """Walker's (1977) tables to draw from `shares` in constant time, as built by Vose (1991)."""
    n = shares.size
    chance, alias = shares * n, np.full(n, np.argmax(shares))
    stack = np.empty(n, np.int64)  # places below their share from the left, above it from the right
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
    return chance, alias


@compiled()
def scatter(rng: Generator, size: int, chance: Floats, alias: Integers, within: Floats) -> Events:
    """`size` events: a place by its alias table, then a period by the place's own shares."""
    n, periods = within.shape
    places, times = np.empty(size, np.int64), np.empty(size, np.int64)
    for k in range(size):
        spot = rng.random() * n
        place = min(int(spot), n - 1)
        if spot - place >= chance[place]:
            place = alias[place]
        places[k] = place
        at = rng.random()
        low, high = 0, periods - 1
        while low < high:
            middle = (low + high) >> 1
            if at < within[place, middle]:
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


@compiled()
def tally(places: Integers, times: Integers, shape: tuple[int, int]) -> Integers:
    """How many events lie in each place and period."""
    counts = np.zeros(shape, np.int64)
    for k in range(places.size):
        counts[places[k], times[k]] += 1
    return counts


@compiled()
def by_place(
    places: Integers, replications: Integers, times: Integers, n: int
) -> tuple[Integers, Integers, Integers]:
    """Sort events by place: where each place's events start, then their replications and times."""
    starts = np.zeros(n + 1, np.int64)
    for place in places:
        starts[place + 1] += 1
    for place in range(n):
        starts[place + 1] += starts[place]
    free = starts[:-1].copy()
    sorted_replications, sorted_times = np.empty_like(replications), np.empty_like(times)
    for k in range(places.size):
        at = free[places[k]]
        free[places[k]] += 1
        sorted_replications[at], sorted_times[at] = replications[k], times[k]
    return starts, sorted_replications, sorted_times


def stream(key: NDArray[np.uint64], replication: int, kind: int) -> Generator:
    """A generator of its own for each replication and kind: Philox's counter (Salmon et al. 2011) keeps them
    apart.
    """
    return np.random.Generator(np.random.Philox(key=key, counter=[0, 0, replication, kind]))
