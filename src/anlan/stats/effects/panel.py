"""Counts of places over periods: Poisson with an effect of each place and each period.

mu = place x period x exposure x exp(effect x treatment). Place and period effects are solved by
proportional fitting, the one effect by Newton's method; the variance is the jackknife over clusters, which
does not need the counts to be Poisson nor the periods of a place to be independent (Cameron & Miller 2015,
section VI.B).
"""

from dataclasses import dataclass

import numpy as np

from anlan.stats._arrays import Flags, Floats, Integers

_ROUNDS = 100


@dataclass(frozen=True)
class PanelEffect:
    """The effect on the log scale with its variance and Satterthwaite's degrees of freedom."""

    estimate: float
    variance: float
    degrees_of_freedom: float


def panel_effect(
    counts: Floats, exposure: Floats, treatment: Floats, treated: Flags, clusters: Integers
) -> PanelEffect:
    """The effect of `treatment` (places, periods), clusters left out one at a time.

    `treated` and `clusters` are (places,): the jackknife's parts of treated and other clusters are summed
    as in Welch's test, so that two treated places count as two. The variance is never below the Poisson
    model's.
    """
    estimate, information = _solve(counts, exposure, treatment, 0.0)
    parts = [
        _jackknife(counts, exposure, treatment, clusters, np.unique(clusters[side]), estimate)
        for side in (treated, ~treated)
    ]
    spread = sum(variance for variance, _ in parts)
    floor = sum(variance**2 / freedom for variance, freedom in parts)
    return PanelEffect(
        estimate,
        max(spread, 1 / max(information, 1e-12)),
        spread**2 / floor if floor > 0 else float(parts[0][1]),
    )


def _jackknife(
    counts: Floats, exposure: Floats, treatment: Floats, clusters: Integers, names: Integers, start: float
) -> tuple[float, int]:
    kept = [clusters != name for name in names]
    without = np.array([_solve(counts[k], exposure[k], treatment[k], start)[0] for k in kept])
    freedom = len(names) - 1
    return float(freedom / len(names) * ((without - without.mean()) ** 2).sum()), freedom


def _solve(counts: Floats, exposure: Floats, treatment: Floats, start: float) -> tuple[float, float]:
    """The effect and its information; a group without events before or after gets half an event (Haldane)."""
    counts = _filled(counts, exposure, treatment)
    rows, columns = counts.sum(axis=1) > 0, counts.sum(axis=0) > 0
    counts, exposure, treatment = (part[rows][:, columns] for part in (counts, exposure, treatment))
    gamma, means, information = start, exposure, 0.0
    for _ in range(_ROUNDS):
        means = _proportional(counts, exposure * np.exp(gamma * treatment), means)
        information = float((means * _residual(treatment, means) ** 2).sum())
        step = float((treatment * (counts - means)).sum()) / max(information, 1e-12)
        gamma += float(np.clip(step, -2, 2))
        if abs(step) < 1e-9:
            break
        means = means * np.exp(np.clip(step, -2, 2) * treatment)
    return gamma, information


def _proportional(counts: Floats, offset: Floats, start: Floats) -> Floats:
    rows, columns = counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True)
    periods = np.ones_like(columns)
    means = offset
    for _ in range(_ROUNDS):
        means = offset * periods
        means = means * (rows / means.sum(axis=1, keepdims=True))
        factor = columns / means.sum(axis=0, keepdims=True)
        periods = periods * factor
        if np.abs(factor - 1).max() < 1e-10:
            break
    return means


def _residual(treatment: Floats, weights: Floats) -> Floats:
    """`treatment` less its weighted projection on places and periods."""
    left = treatment
    for _ in range(_ROUNDS):
        left = left - (weights * left).sum(axis=1, keepdims=True) / weights.sum(axis=1, keepdims=True)
        middle = (weights * left).sum(axis=0, keepdims=True) / weights.sum(axis=0, keepdims=True)
        left = left - middle
        if np.abs(middle).max() < 1e-10:
            break
    return left


def _filled(counts: Floats, exposure: Floats, treatment: Floats) -> Floats:
    touched = (treatment != 0).any(axis=1)
    late = (treatment != 0).any(axis=0)
    cells = [np.outer(side, when) for side in (touched, ~touched) for when in (late, ~late)]
    cells = [cell for cell in cells if exposure[cell].sum() > 0]
    if all(counts[cell].sum() > 0 for cell in cells):
        return counts
    extra = sum(0.5 * cell * exposure / exposure[cell].sum() for cell in cells)
    return np.asarray(counts + extra)
