"""Intervals and funnel limits of many figures at once; it loads scipy, so only the nightly job imports it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anlan.cases.indices import Share
from anlan.stats import binomial_interval
from anlan.stats.rates.funnel import exact_limits

LEVELS = (0.95, 0.998)
STEPS = 16
"""Points of a funnel's curve."""

Curve = list[list[float]]


@dataclass(frozen=True)
class Limits:
    """For each figure its 95 % interval and band; for each league table its pooled share and curve."""

    of_figures: list[tuple[float, float, int]]
    funnels: list[tuple[str, str, float, Curve]]


def limits_of(figures: Sequence[tuple[str, str, Share]]) -> Limits:
    """Limits of figures given as (peers, index, share); "" has no peers. Every denominator is above 0.

    Intervals are exact (Clopper & Pearson 1934); limits are those of anlan.stats.funnel_limits,
    without extra spread.
    """
    if not figures:
        return Limits([], [])
    counts = np.array([(share.numerator, share.denominator) for _, _, share in figures])
    pairs, which = np.unique(counts, axis=0, return_inverse=True)
    found = binomial_interval(pairs[:, 0], pairs[:, 1])
    lower, upper = np.asarray(found.lower)[which.ravel()], np.asarray(found.upper)[which.ravel()]
    targets = _targets(figures)
    bands = _bands(figures, targets)
    of_figures = [(float(lo), float(hi), band) for lo, hi, band in zip(lower, upper, bands, strict=True)]
    return Limits(of_figures, _funnels(figures, targets))


def _targets(figures: Sequence[tuple[str, str, Share]]) -> dict[tuple[str, str], float]:
    """The pooled share of each table of two or more; none where all or nobody met."""
    pooled: dict[tuple[str, str], list[Share]] = defaultdict(list)
    for peers, index, share in figures:
        if peers:
            pooled[peers, index].append(share)
    sums = {key: sum(shares, Share(0, 0)) for key, shares in pooled.items() if len(shares) > 1}
    return {
        key: total.numerator / total.denominator
        for key, total in sums.items()
        if 0 < total.numerator < total.denominator
    }


def _bands(figures: Sequence[tuple[str, str, Share]], targets: dict[tuple[str, str], float]) -> list[int]:
    known = [place for place, (peers, index, _) in enumerate(figures) if (peers, index) in targets]
    bands = np.zeros(len(figures), dtype=int)
    if known:
        aims = np.array([targets[figures[place][0], figures[place][1]] for place in known])
        exposed = np.array([figures[place][2].denominator for place in known])
        rates = np.array([figures[place][2].numerator for place in known]) / exposed
        for lower, upper in _limits(aims, exposed):
            bands[known] += (rates > upper).astype(int) - (rates < lower).astype(int)
    return [int(band) for band in bands]


def _limits(aims: np.ndarray, exposed: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Lower and upper limits at each level, computed once for each pair of target and denominator."""
    pairs, which = np.unique(np.column_stack([aims, exposed]), axis=0, return_inverse=True)
    found = [exact_limits(pairs[:, 0], pairs[:, 1], level, "binomial") for level in LEVELS]
    again = which.ravel()
    return [(np.maximum(lower, 0.0)[again], np.minimum(upper, 1.0)[again]) for lower, upper in found]


def _funnels(
    figures: Sequence[tuple[str, str, Share]], targets: dict[tuple[str, str], float]
) -> list[tuple[str, str, float, Curve]]:
    largest: dict[tuple[str, str], int] = defaultdict(int)
    for peers, index, share in figures:
        largest[peers, index] = max(largest[peers, index], share.denominator)
    grids = {key: _grid(largest[key]) for key in targets}
    if not grids:
        return []
    exposed = np.concatenate([*grids.values()])
    aims = np.concatenate([np.full(len(grid), targets[key]) for key, grid in grids.items()])
    (low95, high95), (low998, high998) = _limits(aims, exposed)
    rows = np.column_stack([exposed, low998, low95, high95, high998]).round(4).tolist()
    funnels, first = [], 0
    for (peers, index), grid in grids.items():
        funnels.append((peers, index, targets[peers, index], rows[first : first + len(grid)]))
        first += len(grid)
    return funnels


def _grid(largest: int) -> np.ndarray:
    """Whole denominators from 1 to a little above the largest, closer together where the funnel bends."""
    return np.unique(np.geomspace(1, max(largest * 1.05, 4), STEPS).round())
