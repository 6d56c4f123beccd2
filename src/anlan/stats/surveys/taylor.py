"""Variance of totals under stratified sampling in stages (Taylor linearisation).

Särndal, Swensson & Wretman 1992, sections 4.3 and 5.5; the recursion over stages as in Lumley 2010, chapter
3. Own code: it is short, agrees with R's `survey` to all printed digits, and needs nothing beyond numpy
(decision record 0070).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from anlan.stats._arrays import Floats, Integers

Lonely = Literal["error", "centre", "certainty"]


@dataclass(frozen=True)
class Stage:
    """One stage of sampling: `parents` (n,) in which `units` (n,) were drawn, of `population` (n,) or None.

    Labels are 0, 1, 2 ...; a unit belongs to one parent. `population`: units that the parent has in all.
    """

    parents: Integers
    units: Integers
    population: Floats | None


def covariance(scores: Floats, stages: tuple[Stage, ...], lonely: Lonely) -> Floats:
    """Covariance (q, q) of the totals of weighted scores (n, q).

    A stage after the first counts only where the one before was sampled from a known, finite population.
    """
    weight = np.ones(len(scores))
    total = np.zeros((scores.shape[1], scores.shape[1]))
    for stage in stages:
        total = total + _of_stage(scores, stage, weight, lonely)
        if stage.population is None:
            break
        weight = weight * _fractions(stage)[stage.parents]
    return total


def _of_stage(scores: Floats, stage: Stage, weight: Floats, lonely: Lonely) -> Floats:
    units, parent = _unit_totals(scores, stage)
    sizes = np.bincount(parent).astype(np.float64)
    centres = np.stack([np.bincount(parent, column) for column in units.T], axis=1) / sizes[:, None]
    alone = (sizes == 1) & (_fractions(stage) < 1)
    if alone.any():
        _check_lonely(lonely, int(alone.sum()), int(np.argmax(alone[stage.parents])))
        centres[alone] = units.mean(axis=0) if lonely == "centre" else units[alone[parent]]
    factor = (1 - _fractions(stage)) * np.where(sizes > 1, sizes / np.maximum(sizes - 1, 1), 1.0)
    factor = factor * _first(weight, stage.parents)
    left = units - centres[parent]
    return np.asarray((left * factor[parent][:, None]).T @ left)


def _unit_totals(scores: Floats, stage: Stage) -> tuple[Floats, Integers]:
    totals = np.stack([np.bincount(stage.units, column) for column in scores.T], axis=1)
    return totals, _first(stage.parents, stage.units).astype(np.int64)


def _fractions(stage: Stage) -> Floats:
    """The share of its units that each parent's sample holds; 0 where the population is not known."""
    parent = _first(stage.parents, stage.units).astype(np.int64)
    if stage.population is None:
        return np.zeros(int(parent.max()) + 1)
    return np.asarray(np.bincount(parent) / _first(stage.population, stage.parents))


def _first(values: Floats | Integers, labels: Integers) -> Floats:
    """For each label, the value of its first row."""
    return np.asarray(values, dtype=np.float64)[np.unique(labels, return_index=True)[1]]


def _check_lonely(lonely: Lonely, number: int, row: int) -> None:
    if lonely == "error":
        raise ValueError(
            f"{number} strata (or clusters) hold a single sampled unit, so their variance cannot be seen "
            f"(the first: row {row}); join them with others, give their population if taken whole, or say "
            "lonely='centre' (careful) or lonely='certainty' (no variance from them)"
        )
