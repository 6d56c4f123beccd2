"""Kulldorff's scan for events against a population or an expectation."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from anlan.stats.scan import _checks
from anlan.stats.scan._draws import PoissonDraws
from anlan.stats.scan._plan import Kind, scan_places, settings_of
from anlan.stats.scan._replications import Progress, Workers
from anlan.stats.scan.terms import Clusters, Floats, Integers


class PoissonScan:
    """Where, and when, are events more (or fewer) than the baseline explains?

    Circles of every size around every place, each over every time of up to `window` periods, are compared
    with what the baseline expects; the best are reported with the p-value of the best of all: many looks are
    paid for.

    Parameters
    ----------
    window : longest time of a cluster, in periods.
    max_share : circles hold at most this share of the baseline over all periods, in (0, 1].
    neighbours : circles grow to at most so many places, their centre counted; None: no such limit. Places at
        one distance enter together, or not at all; what lies at the centre's very coordinates is in its first
        circle whatever the number, so that no place goes unseen.
    when : "prospective": clusters that last until the last period; "retrospective": at any time; "never":
        space only.
    rates : "high" or "low".
    min_events : a cluster of high rates holds at least so many events (of low rates it may hold none).
    replications : data sets made by chance that the p-value ranks among; 0: none, and the p-values are nan.
    rng : a seed, or a numpy Generator; the same seed gives the same answer with any number of workers.
    h : stop once so many replications are at least as high as the best cluster (Besag & Clifford 1991).
    workers : None: a thread a processor; a number of threads; a `concurrent.futures` executor; or a dask
        client.
    progress : called with (replications done, replications wanted) now and then.

    Learned
    -------
    clusters_ : `Clusters`, by falling `llr`; each later one is the best that shares no place with an earlier
        one.
    maxima_ : (replications made,), the best log likelihood ratio of each.

    Source: Kulldorff (1997) "A spatial scan statistic", Communications in Statistics 26, pages 1481-1496;
    Kulldorff (2001) "Prospective time periodic geographical disease surveillance using a scan statistic",
    JRSS A 164, pages 61-72; several kinds: Kulldorff et al. (2007), Statistics in Medicine 26, pages
    1824-1833; `h`: Besag & Clifford (1991), Biometrika 78, pages 301-304.

    >>> points = [[0, 0], [1, 0], [2, 0], [9, 0], [10, 0]]
    >>> counts = [[1, 0, 1, 4], [0, 1, 0, 5], [1, 1, 0, 1], [0, 1, 1, 0], [1, 0, 1, 1]]
    >>> scan = PoissonScan(window=2, rng=1).fit(points, counts, geometry="plane")
    >>> scan.clusters_[0].members, scan.clusters_[0].start, scan.clusters_[0].observed
    ([0, 1], 3, 9)
    >>> round(scan.clusters_[0].llr, 4)
    8.1195
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

    def fit(
        self,
        points: ArrayLike,
        counts: ArrayLike,
        baseline: ArrayLike | None = None,
        geometry: str = "lonlat",
    ) -> Self:
        """Find the clusters.

        `points` (n, 2): longitude, latitude in degrees, distances then in km on a sphere of radius 6371 km;
        or any plane units with geometry="plane". `counts` (n, periods), or (n,) with when="never".
        `baseline`: population or expected events, (n,) or (n, periods), scaled to the number of events;
        None: equal everywhere. Covariates enter through the baseline: see `stratified_baseline`.

        Raises ValueError, saying where and what would be right, for shapes that do not fit, values that are
        not finite, negative or broken counts, and events where the baseline is 0.
        """
        return self.fit_kinds(points, [counts], [baseline], geometry)

    def fit_kinds(
        self,
        points: ArrayLike,
        counts: Sequence[ArrayLike],
        baselines: Sequence[ArrayLike | None] | None = None,
        geometry: str = "lonlat",
    ) -> Self:
        """Find clusters of several kinds of events at once: their ratios add up, cylinder by cylinder.

        `counts` and `baselines` hold one array a kind, each as for `fit`. A circle's share of the baseline
        is the mean of its shares over the kinds. Each cluster's `shares` say what each kind adds. Raises
        ValueError as `fit`, and for kinds of different shapes or another number of baselines.

        >>> points, falls = [[0, 0], [1, 0], [5, 0], [6, 0]], [[0, 6], [1, 5], [2, 2], [3, 1]]
        >>> fires = [[1, 3], [0, 2], [1, 1], [2, 0]]
        >>> best = PoissonScan(rng=1).fit_kinds(points, [falls, fires], geometry="plane").clusters_[0]
        >>> best.members, best.observed, [share.observed for share in best.shares]
        ([0, 1], 16, [11, 5])
        """
        settings = settings_of(self)
        places = _checks.checked_points(points, geometry)
        tables = [_checks.checked_counts(one, len(places), self.when) for one in counts]
        _checks.same_shape(tables)
        given = [None] * len(tables) if baselines is None else list(baselines)
        _checks.same_number(tables, given)
        bases = [
            _checks.checked_baseline(one, table, self.when) for one, table in zip(given, tables, strict=True)
        ]
        weights = np.mean([base.sum(axis=1) / base.sum() for base in bases], axis=0)
        kinds = [_kind(table, base) for table, base in zip(tables, bases, strict=True)]
        del bases  # each is as large as the study
        held = np.flatnonzero(weights > 0)  # what can neither hold nor expect an event is no place
        outcome = scan_places(settings, places, geometry, held, weights, kinds)
        self.clusters_, self.maxima_ = outcome.clusters, outcome.maxima
        return self


def _kind(counts: Integers, baseline: Floats) -> Kind:
    return Kind(counts, _steady(baseline * (counts.sum() / baseline.sum())), _draws)


def _steady(values: Floats) -> Floats:
    """`values` to twelve digits: the last bits of a sum must not decide which events chance draws."""
    digits, power = np.frexp(values)
    return np.asarray(np.ldexp(np.round(digits * 2.0**40) / 2.0**40, power))


def _draws(kind: Kind, begin: int) -> PoissonDraws:
    return PoissonDraws.of(int(kind.counts.sum()), kind.expected[:, begin:])


def stratified_baseline(counts: ArrayLike, population: ArrayLike) -> Floats:
    """Expected events of each place, its strata (age, kind of road, ...) taken into account.

    `counts` and `population` are (n, strata): events, and people or other exposure. Every stratum has its
    rate over all places; a place expects the sum of these rates over its own population (indirect
    standardisation). Gives (n,), adding up to the number of events. Raises ValueError for shapes that
    differ, values negative or missing, or events in a stratum without population.

    Source: Breslow & Day (1987) "Statistical Methods in Cancer Research" II, chapter 2; Kulldorff, Feuer,
    Miller & Freedman (1997), American Journal of Epidemiology 146, pages 161-170.

    >>> stratified_baseline([[1, 3], [1, 5]], [[10, 10], [10, 30]]).tolist()
    [3.0, 7.0]
    """
    events = _checks.amounts("counts", counts, "numbers of events from 0")
    people = _checks.amounts("population", population, "people or other exposure from 0")
    if events.shape != people.shape or events.ndim != 2:
        raise ValueError(f"counts {events.shape} and population {people.shape}: give both as (n, strata)")
    by_stratum = people.sum(axis=0)
    if np.any((by_stratum <= 0) & (events.sum(axis=0) > 0)):
        stratum = int(np.flatnonzero((by_stratum <= 0) & (events.sum(axis=0) > 0))[0])
        raise ValueError(
            f"population of stratum {stratum} is 0 but it has events: join it with another stratum"
        )
    rates = np.divide(events.sum(axis=0), by_stratum, out=np.zeros_like(by_stratum), where=by_stratum > 0)
    return people @ rates
