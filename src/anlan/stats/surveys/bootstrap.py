"""How many standard errors an interval must reach when few clusters were drawn: the studentised bootstrap.

The units of the first stage are drawn anew, with replacement within strata, and each time the estimate's
distance from that of the sample is set against its own standard error (Efron & Tibshirani 1993; symmetric,
as in Hall 1988). Student's t is too short for ratios of few clusters and for skewed amounts, since there the
estimate and its standard error move together.
"""

from dataclasses import dataclass

import numpy as np

from anlan.stats._arrays import Floats, Seed, generator
from anlan.stats.surveys.taylor import Stage

_AT_ONCE = 100


@dataclass(frozen=True)
class Ratio:
    """One ratio of totals in an estimate: weighted rows (n,) above and below, and its sign."""

    above: Floats
    below: Floats
    sign: float = 1.0


def quantile(ratios: list[Ratio], stage: Stage, level: float, replications: int, rng: Seed) -> float:
    """The share `level` of distances in standard errors; 0 where none can be told."""
    units = int(stage.units.max()) + 1
    above, below = (
        np.stack([np.bincount(stage.units, rows, units) for rows in parts])
        for parts in ([one.above for one in ratios], [one.below for one in ratios])
    )
    signs = np.array([one.sign for one in ratios])
    strata = np.eye(int(stage.parents.max()) + 1)[stage.parents[np.unique(stage.units, return_index=True)[1]]]
    seen, _ = _estimated(np.ones((1, units)), above, below, signs, strata)
    draws, found = generator(rng), []
    for start in range(0, replications, _AT_ONCE):
        drawn = _drawn(min(_AT_ONCE, replications - start), strata, draws)
        estimate, variance = _estimated(drawn, above, below, signs, strata)
        told = (variance > 0) & np.isfinite(variance)
        found.append(np.abs(estimate[told] - seen) / np.sqrt(variance[told]))
    distances = np.concatenate(found)
    return float(np.quantile(distances, level)) if distances.size else 0.0


def _drawn(times: int, strata: Floats, rng: np.random.Generator) -> Floats:
    """(times, units): how often each unit is drawn, as many of a stratum as it had."""
    drawn = np.zeros((times, len(strata)))
    for stratum in strata.T:
        rows = np.flatnonzero(stratum)
        drawn[:, rows] = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), times)
    return drawn


def _estimated(
    drawn: Floats, above: Floats, below: Floats, signs: Floats, strata: Floats
) -> tuple[Floats, Floats]:
    """Estimate and variance (times,) of each sample of units, by linearisation with replacement."""
    under = drawn @ below.T
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (drawn @ above.T) / under
        influence = sum(
            sign * (above[k] - ratio[:, k, None] * below[k]) / under[:, k, None]
            for k, sign in enumerate(signs)
        )
        sizes = strata.sum(axis=0)
        centre = (drawn * influence) @ strata / sizes
        square = (drawn * influence**2) @ strata - sizes * centre**2
        variance = (square * sizes / np.maximum(sizes - 1, 1)).sum(axis=1)
    return ratio @ signs, np.asarray(variance)
