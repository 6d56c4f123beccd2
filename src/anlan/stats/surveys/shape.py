"""The arrays of a design, checked: stages, weights, degrees of freedom."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from anlan.stats import _arrays
from anlan.stats._arrays import Floats, Integers
from anlan.stats.surveys.taylor import Stage

Labels = npt.NDArray[np.generic]
OneOrStages = npt.ArrayLike | Sequence[npt.ArrayLike] | None


def stages(
    strata: npt.ArrayLike | None,
    clusters: OneOrStages,
    population: OneOrStages,
    rows: int | None = None,
) -> tuple[Stage, ...]:
    """The stages of sampling of so many rows; an empty tuple while nothing says how many there are.

    Without strata, clusters and population the rows are drawn one by one from one endless population.
    """
    drawn, known = _per_stage(clusters), _per_stage(population)
    first = [] if strata is None else [np.asarray(strata)]
    size = _length([*first, *drawn, *(part for part in known if part.ndim)])
    size = rows if size is None else size
    if size is None:
        return ()
    if size == 0:
        raise ValueError("the sample holds no row; give one at least")
    known = [part if part.ndim else np.full(size, part) for part in known]
    if len(drawn) < max(len(known), 1):
        drawn.append(np.arange(size))
    if len(known) > len(drawn):
        raise ValueError(
            f"population has {len(known)} stages but clusters {len(drawn)}; give one population a stage"
        )
    parents = np.zeros(size, np.int64) if strata is None else _arrays.codes(strata, "strata")
    found = []
    for number, labels in enumerate(drawn):
        units = _within(parents, _arrays.codes(labels, f"clusters of stage {number + 1}"))
        amount = _population(known[number], parents, units, number) if number < len(known) else None
        found.append(Stage(parents, units, amount))
        parents = units
    return tuple(found)


def sampling_weights(weights: Floats | None, known: tuple[Stage, ...], size: int) -> Floats:
    """The weights given; else population over sample, stage by stage; else 1."""
    if weights is not None:
        if len(weights) != size:
            raise ValueError(
                f"weights has {len(weights)} rows but the design has {size}; give one for each row"
            )
        if not weights.any():
            raise ValueError("weights are all 0; give how many of the population each row stands for")
        return weights
    weights = np.ones(size)
    for stage in known:
        if stage.population is not None:
            parent_of_unit = stage.parents[np.unique(stage.units, return_index=True)[1]]
            weights = weights * stage.population / np.bincount(parent_of_unit)[stage.parents]
    return weights


def degrees_of_freedom(stage: Stage, rows: npt.NDArray[np.bool_]) -> int:
    """Clusters less strata among the rows, at least 1."""
    return max(len(np.unique(stage.units[rows])) - len(np.unique(stage.parents[rows])), 1)


def _per_stage(value: OneOrStages) -> list[Labels]:
    if value is None:
        return []
    if isinstance(value, list | tuple) and value and np.ndim(value[0]) > 0:
        return [np.asarray(part) for part in value]
    return [np.asarray(value)]


def _length(parts: list[Labels]) -> int | None:
    if any(part.ndim == 0 for part in parts):
        raise ValueError("strata and clusters take one label for each row; a single one was given")
    sizes = sorted({len(part) for part in parts})
    if len(sizes) > 1:
        raise ValueError(
            f"strata, clusters and population have {sizes} rows; give one value for each row in all of them"
        )
    return sizes[0] if sizes else None


def _within(parents: Integers, units: Integers) -> Integers:
    """Units named anew so that one label in two parents is two units."""
    named = np.unique(parents * (int(units.max()) + 1) + units, return_inverse=True)[1]
    return np.asarray(named, dtype=np.int64)


def _population(values: Labels, parents: Integers, units: Integers, number: int) -> Floats:
    name = f"population of stage {number + 1}"
    amount = _arrays.counts(values, name)
    highest = np.zeros(int(parents.max()) + 1)
    np.maximum.at(highest, parents, amount)
    if (amount != highest[parents]).any():
        row = int(np.argmax(amount != highest[parents]))
        raise ValueError(
            f"{name} differs within one stratum or cluster (row {row}); give one number for all its rows"
        )
    drawn = np.bincount(parents[np.unique(units, return_index=True)[1]])[parents]
    if (drawn > amount + 1e-9).any():
        row = int(np.argmax(drawn > amount))
        raise ValueError(
            f"{name} is {amount[row]:g} at row {row} but {drawn[row]} units were sampled there; "
            "give how many units there are in all (not the share sampled)"
        )
    return amount
