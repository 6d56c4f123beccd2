"""What the two scans have in common: their settings, and the way from arrays to clusters."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from anlan.stats import _arrays
from anlan.stats.scan import _checks
from anlan.stats.scan._circles import Circles, draw_circles
from anlan.stats.scan._clusters import apart, ranked, relative_risk, shares_of
from anlan.stats.scan._draws import PermutationDraws, PoissonDraws
from anlan.stats.scan._likelihood import ratio_high, ratio_low
from anlan.stats.scan._ranking import at_least_as_high, gumbel_p_value, p_value
from anlan.stats.scan._replications import Null, Progress, Workers, maxima
from anlan.stats.scan.terms import Cluster, Clusters, Floats, Integers, Rows

WHEN = ("prospective", "retrospective", "never")


@dataclass(frozen=True)
class Settings:
    """The parameters of a scan, checked; their meaning is told in `PoissonScan`."""

    window: int
    max_share: float
    neighbours: int | None
    when: str
    rates: str
    min_events: int
    replications: int
    rng: int | Generator | None
    h: int | None
    workers: Workers
    progress: Progress | None

    def __post_init__(self) -> None:
        _checks.one_of("when", self.when, WHEN)
        _checks.one_of("rates", self.rates, ("high", "low"))
        _checks.share("max_share", self.max_share)
        _checks.at_least("window", self.window, 1)
        _checks.at_least("min_events", self.min_events, 1)
        _checks.at_least("replications", self.replications, 0)
        for name in ("neighbours", "h"):
            if getattr(self, name) is not None:
                _checks.at_least(name, getattr(self, name), 1)

    def key(self) -> NDArray[np.uint64]:
        """The root of all random streams of one fit."""
        return _arrays.generator(self.rng).integers(0, 2**64, 2, dtype=np.uint64)


def settings_of(scan: object) -> Settings:
    """The parameters of a scan, checked, without what it learned."""
    return Settings(**{field.name: getattr(scan, field.name) for field in fields(Settings)})


@dataclass(frozen=True)
class Kind:
    """One kind of event: all its counts, what each cell expects (adding up to as much), how chance scatters
    it.
    """

    counts: Integers
    expected: Floats
    draws: Callable[["Kind", int], PoissonDraws | PermutationDraws]
    """From a kind and its first scanned period to what scatters it."""


@dataclass(frozen=True)
class Outcome:
    """Clusters, and the best ratio of each replication in order."""

    clusters: Clusters
    maxima: Floats


def first_period(settings: Settings, periods: int) -> int:
    """The first period that any cylinder can hold."""
    return max(0, periods - settings.window) if settings.when == "prospective" else 0


def scan_places(
    settings: Settings,
    points: Floats,
    geometry: str,
    rows: Integers,
    weights: Floats,
    kinds: Sequence[Kind],
) -> Outcome:
    """Draw the circles around the places `rows`, find the clusters of `kinds` in them and rank them.

    They are taken by where they lie (at one point, by their weight), so that the order in which they are
    given decides nothing.
    """
    rows = rows[np.lexsort((weights[rows], points[rows, 1], points[rows, 0]))]
    kept = [replace(kind, counts=kind.counts[rows], expected=kind.expected[rows]) for kind in kinds]
    circles = draw_circles(points[rows], geometry, weights[rows], settings.max_share, settings.neighbours)
    outcome = scan(settings, circles, kept)
    named = (
        replace(one, centre=int(rows[one.centre]), members=Rows(sorted(rows[one.members].tolist())))
        for one in outcome.clusters
    )
    return Outcome(Clusters(named), outcome.maxima)


def scan(settings: Settings, circles: Circles, kinds: Sequence[Kind]) -> Outcome:
    """Find the clusters of `kinds` in `circles` and rank them."""
    kinds = [kind for kind in kinds if kind.counts.sum() > 0]  # a kind without events says nothing
    if not kinds:
        return Outcome(Clusters(), np.empty(0))
    begin = first_period(settings, kinds[0].counts.shape[1])
    counts = np.stack([kind.counts[:, begin:] for kind in kinds])
    null = Null(
        circles=circles,
        expected=np.stack([kind.expected[:, begin:] for kind in kinds]),
        totals=np.array([float(kind.counts.sum()) for kind in kinds]),
        draws=tuple(kind.draws(kind, begin) for kind in kinds),
        key=settings.key(),
        prospective=settings.when != "retrospective",
        window=settings.window,
        high=settings.rates == "high",
        least=settings.min_events,
    )
    ratios, starts, ends = null.walk(counts, only_best=False)
    best = apart(circles.order, circles.first, ranked(circles, ratios, starts, ends), len(counts[0]))
    top = float(ratios[best[0]]) if best.size else None
    found = maxima(null, settings.replications, settings.workers, _enough(settings, top), settings.progress)
    if settings.h is not None and top is not None:
        found = found[: _last_wanted(found, top, settings.h)]
    clusters = [
        _cluster(settings, null, counts, int(at), int(starts[at]), int(ends[at]), begin, found) for at in best
    ]
    return Outcome(Clusters(_falling(clusters)), found)


def _falling(clusters: Sequence[Cluster]) -> Iterator[Cluster]:
    """Ties keep their order: a ratio that rounding put above the one before is set to that one."""
    lowest = np.minimum.accumulate([one.llr for one in clusters])
    return (replace(one, llr=float(llr)) for one, llr in zip(clusters, lowest, strict=True))


def _enough(settings: Settings, top: float | None) -> Callable[[Floats], bool]:
    if settings.h is None or top is None:
        return lambda found: False
    h = settings.h
    return lambda found: bool(at_least_as_high(found, top).sum() >= h)


def _last_wanted(found: Floats, top: float, h: int) -> int:
    higher = np.flatnonzero(at_least_as_high(found, top))
    return int(higher[h - 1]) + 1 if higher.size >= h else found.size


def _cluster(
    settings: Settings,
    null: Null,
    counts: Integers,
    at: int,
    start: int,
    end: int,
    begin: int,
    found: Floats,
) -> Cluster:
    circles = null.circles
    centre = int(np.searchsorted(circles.first, at, side="right")) - 1
    members = circles.order[circles.first[centre] : at + 1]
    observed = counts[:, members, start : end + 1].sum(axis=(1, 2))
    expected = null.expected[:, members, start : end + 1].sum(axis=(1, 2))
    ratio_of = ratio_high if null.high else ratio_low
    ratios = np.array([ratio_of(*one) for one in zip(observed, expected, null.totals, strict=True)])
    llr = float(ratios.sum())
    p = p_value(found, llr, settings.h)
    return Cluster(
        members=Rows(sorted(members.tolist())),
        centre=centre,
        radius=float(circles.distance[at]),
        start=begin + start,
        end=begin + end,
        observed=int(observed.sum()),
        expected=float(expected.sum()),
        relative_risk=relative_risk(float(observed.sum()), float(expected.sum()), float(null.totals.sum())),
        llr=llr,
        p_value=p,
        gumbel_p_value=gumbel_p_value(found, llr),
        recurrence_interval=1 / p if settings.when == "prospective" and found.size else None,
        shares=shares_of(observed, expected, null.totals, ratios) if len(null.totals) > 1 else (),
    )
