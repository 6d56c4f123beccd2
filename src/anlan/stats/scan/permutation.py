"""The space-time permutation scan: no population is needed."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from anlan.stats.scan import _checks
from anlan.stats.scan._draws import PermutationDraws
from anlan.stats.scan._plan import Kind, scan_places, settings_of
from anlan.stats.scan._replications import Progress, Workers
from anlan.stats.scan.terms import Clusters, Floats, Integers


class PermutationScan:
    """Where are events closer together in space *and* time than places and days alone explain?

    A place that always has many events is no cluster, nor is a day on which all places have many. What a
    circle expects in a time is its events of all times, times the share of all events that fell in that time.

    Parameters and results are those of `PoissonScan`; `max_share` is a share of the events, and when="never"
    is refused, as time is what is permuted. A place without events is a place like any other: circles are
    drawn around it, `neighbours` counts it, and clusters name it among their members.

    Source: Kulldorff, Heffernan, Hartman, Assuncao & Mostashari (2005) "A space-time permutation scan
    statistic for disease outbreak detection", PLoS Medicine 2, e59, pages 216-224 (methods).

    >>> points = [[0, 0], [1, 0], [2, 0], [9, 0], [10, 0]]
    >>> counts = [[3, 3, 3, 9], [1, 1, 0, 4], [9, 9, 9, 9], [2, 2, 2, 2], [3, 3, 3, 3]]
    >>> scan = PermutationScan(window=2, rng=1).fit(points, counts, geometry="plane")
    >>> scan.clusters_[0].members, scan.clusters_[0].start, scan.clusters_[0].observed
    ([0, 1], 3, 13)
    """

    clusters_: Clusters
    maxima_: Floats

    def __init__(
        self,
        *,
        window: int = 60,
        max_share: float = 0.5,
        neighbours: int | None = None,
        when: str = "prospective",
        rates: str = "high",
        min_events: int = 2,
        replications: int = 999,
        rng: int | Generator | None = None,
        h: int | None = None,
        workers: Workers = None,
        progress: Progress | None = None,
    ) -> None:
        self.window = window
        self.max_share = max_share
        self.neighbours = neighbours
        self.when = when
        self.rates = rates
        self.min_events = min_events
        self.replications = replications
        self.rng = rng
        self.h = h
        self.workers = workers
        self.progress = progress

    def fit(self, points: ArrayLike, counts: ArrayLike, geometry: str = "lonlat") -> Self:
        """Find the clusters; `points` (n, 2) and `counts` (n, periods) as for `PoissonScan.fit`.

        Raises ValueError as there, for when="never", and from 1,000,000,000 events on.
        """
        return self.fit_kinds(points, [counts], geometry)

    def fit_kinds(self, points: ArrayLike, counts: Sequence[ArrayLike], geometry: str = "lonlat") -> Self:
        """Find clusters of several kinds of events at once; see `PoissonScan.fit_kinds`.

        `counts` holds one (n, periods) array a kind. Raises ValueError as `fit`, and for kinds of different
        shapes.

        >>> points = [[0, 0], [1, 0], [2, 0], [9, 0], [10, 0]]
        >>> falls = [[3, 3, 3, 9], [1, 1, 0, 4], [9, 9, 9, 9], [2, 2, 2, 2], [3, 3, 3, 3]]
        >>> fires = [[1, 1, 1, 3], [1, 0, 1, 2], [4, 4, 4, 4], [2, 2, 2, 2], [1, 1, 1, 1]]
        >>> scan = PermutationScan(window=2, rng=1).fit_kinds(points, [falls, fires], geometry="plane")
        >>> best = scan.clusters_[0]
        >>> best.members, best.observed, [share.observed for share in best.shares]
        ([0, 1], 18, [13, 5])
        """
        settings = settings_of(self)
        if self.when == "never":
            raise ValueError('when="never": a permutation scan needs time; use PoissonScan for space alone')
        places = _checks.checked_points(points, geometry)
        tables = [_checks.checked_counts(one, len(places), self.when) for one in counts]
        _checks.same_shape(tables)
        _checks.few_enough_to_deal(tables)
        shares = [table.sum(axis=1) / table.sum() for table in tables if table.sum() > 0]
        weights = np.mean(shares, axis=0) if shares else np.ones(len(places))
        rows = np.arange(len(places))
        outcome = scan_places(settings, places, geometry, rows, weights, [_kind(table) for table in tables])
        self.clusters_, self.maxima_ = outcome.clusters, outcome.maxima
        return self


def _kind(counts: Integers) -> Kind:
    by_place, by_period = counts.sum(axis=1), counts.sum(axis=0)
    expected = np.outer(by_place, by_period) / max(1, int(counts.sum()))
    return Kind(counts, expected, _draws)


def _draws(kind: Kind, begin: int) -> PermutationDraws:
    return PermutationDraws.of(kind.counts, begin)
