"""Bands of periods, and the runs of bands that together cover every time a cluster may have.

A run stands for all the times that lie within it but in no shorter kind of run: it holds at least their
events, and the least that one of them expects is known. So one look at a run can rule them all out.
"""

from dataclasses import dataclass

import numpy as np

from anlan.stats.scan.terms import Integers

LONGER = 1.3
"""Times up to so much longer share a run: more would look less often, and rule out less."""
GROWING = 1.15
"""The same for times that last until the last period: a look costs less there, so it may be nearer."""
SHIFTED = 0.2
"""Runs of a kind begin so much of their length apart."""
BANDS_A_WINDOW = 20


@dataclass(frozen=True)
class Bands:
    """Band b holds the periods `edges[b]` to `edges[b + 1]` - 1.

    Run w covers the bands `opens[w]` to `closes[w]`. The shortest time it stands for lies between the periods
    `begins[w]` and `ends[w]` (not included), or up to `shifts[w]` - 1 times `step` periods later. Where
    `ends[w]` is -1 it may be any period of the band.
    """

    edges: Integers
    opens: Integers
    closes: Integers
    begins: Integers
    ends: Integers
    shifts: Integers
    step: int

    def __len__(self) -> int:
        return self.edges.size - 1


def bands_to_the_end(periods: int) -> Bands:
    """For times that last until the last period: bands of growing length, backwards."""
    lengths = [0]
    while lengths[-1] < periods:
        lengths.append(min(periods, max(lengths[-1] + 1, round(lengths[-1] * GROWING))))
    edges = periods - np.array(lengths[::-1])
    every = np.arange(edges.size - 1)
    last = np.full_like(every, edges.size - 2)
    return Bands(edges, every, last, edges[1:] - 1, np.full_like(every, periods), np.ones_like(every), 1)


def bands_anywhere(periods: int, window: int, most: int) -> Bands:
    """For times of up to `window` periods: at most about `most` bands of one length."""
    window = min(window, periods)
    step = max(1, round(window / BANDS_A_WINDOW), -(-periods // most))
    edges = np.append(np.arange(0, periods, step), periods)
    bands, longest = edges.size - 1, (window - 2) // step + 2 if window > 1 else 1
    runs, shortest = [], 1
    while shortest <= min(longest, bands):
        longer = min(longest, max(shortest, int(shortest * LONGER)))
        apart = max(1, int(shortest * SHIFTED))
        for open_ in range(0, bands - shortest + 1, apart):
            shifts = min(apart, bands - shortest + 1 - open_)
            end = edges[open_ + shortest - 1] + 1 if shortest > 1 else -1
            close = min(bands, open_ + apart - 1 + longer) - 1
            runs.append((open_, close, edges[open_ + 1] - 1, end, shifts))
        shortest = longer + 1
    opens, closes, begins, ends, shifted = np.array(runs).T.copy()
    return Bands(edges, opens, closes, begins, ends, shifted, step)
