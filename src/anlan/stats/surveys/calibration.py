"""Weights that reproduce known totals: post-stratification and raking."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from anlan.stats import _arrays
from anlan.stats._arrays import Floats

Margin = tuple[npt.ArrayLike, Mapping[Any, float]]
_ROUNDS = 100


def indicators(
    groups: npt.ArrayLike, totals: Mapping[Any, float], size: int
) -> tuple[Floats, Floats, list[object]]:
    """Columns (n, groups) of 0 and 1, the totals in their order, and the names of the groups.

    Raises ValueError for a label without a total, a total without rows, a total that is not above 0.
    """
    labels = _arrays.in_rows(groups, "groups")
    if labels.shape != (size,):
        raise ValueError(f"groups has shape {labels.shape}; give one label for each of {size} rows")
    names = list(totals)
    missing = sorted(map(str, set(labels.tolist()) - set(names)))
    if missing:
        raise ValueError(
            f"no total is given for {', '.join(missing)}; add it, or join these rows with another group"
        )
    columns = np.stack([labels == name for name in names], axis=1).astype(np.float64)
    empty = [str(name) for name, there in zip(names, columns.any(axis=0), strict=True) if not there]
    if empty:
        raise ValueError(
            f"nobody answered in {', '.join(empty)}; join it with another group and add the totals"
        )
    amounts = np.array([float(totals[name]) for name in names])
    if not (np.isfinite(amounts) & (amounts > 0)).all():
        raise ValueError("totals must be numbers above 0; leave out groups that do not exist")
    return columns, amounts, names


def raked(
    weights: Floats, margins: Sequence[Margin], bounds: tuple[float, float] | None, tolerance: float
) -> tuple[Floats, Floats]:
    """New weights and the indicator columns of all margins.

    weight x exp(columns @ multipliers) (Deville & Särndal 1992, case 2), cut at `bounds` as their case 7 cuts
    the linear method's, by Newton's method.
    Raises ValueError when margins disagree about the population, or no such weights are found.
    """
    parts = [indicators(groups, totals, len(weights)) for groups, totals in margins]
    _check_agree([float(amounts.sum()) for _, amounts, _ in parts], tolerance)
    columns, amounts = np.hstack([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    low, high = bounds if bounds is not None else (0.0, np.inf)
    if not 0 <= low < 1 < high:
        raise ValueError(f"bounds are {bounds}; give (below 1, above 1), such as (0.3, 3)")
    # Raking starts from weights that already sum to the population, so that bounds speak of the pattern only.
    start = weights * amounts[: parts[0][1].size].sum() / weights.sum()
    factor = _solve(start, columns, amounts, low, high, tolerance)
    names = [name for part in parts for name in part[2]]
    _check_reached(start * factor, columns, amounts, names, tolerance, bounds)
    return start * factor, columns


def residuals(scores: Floats, columns: Floats, weights: Floats) -> Floats:
    """What the calibrated columns leave unexplained of the scores (n, q): the variance is theirs alone.

    `weights` are the calibrated ones (Deville & Särndal 1992, section 3). With those from before, the other
    usual choice, errors of the raked clusters in tests/data differ by 0.2 to 0.6 %.
    """
    roots = np.sqrt(weights)[:, None]
    coefficients = np.linalg.lstsq(columns * roots, scores * roots, rcond=None)[0]
    return np.asarray(scores - columns @ coefficients)


def _solve(
    weights: Floats, columns: Floats, amounts: Floats, low: float, high: float, tolerance: float
) -> Floats:
    multipliers = np.zeros(columns.shape[1])
    factor = np.ones(len(weights))
    miss = _miss(weights * factor, columns, amounts)
    for _ in range(_ROUNDS):
        if miss < tolerance / 10:
            break
        free = (factor > low) & (factor < high)
        slope = (columns.T * (weights * factor * free)) @ columns
        gap = amounts - columns.T @ (weights * factor)
        step = np.linalg.lstsq(slope, gap, rcond=1e-12)[0]
        length = 1.0
        for _ in range(30):
            trial = np.clip(np.exp(np.clip(columns @ (multipliers + length * step), -50, 50)), low, high)
            if _miss(weights * trial, columns, amounts) < miss:
                break
            length /= 2
        multipliers, factor = multipliers + length * step, trial
        miss = _miss(weights * factor, columns, amounts)
    return factor


def _miss(weights: Floats, columns: Floats, amounts: Floats) -> float:
    return float((np.abs(columns.T @ weights - amounts) / amounts).max())


def _check_agree(sums: list[float], tolerance: float) -> None:
    if max(sums) - min(sums) > tolerance * max(sums):
        said = ", ".join(f"{total:,.10g}" for total in sums)
        raise ValueError(
            f"the margins sum to different populations ({said}); correct their totals so that they agree"
        )


def _check_reached(
    weights: Floats,
    columns: Floats,
    amounts: Floats,
    names: list[object],
    tolerance: float,
    bounds: tuple[float, float] | None,
) -> None:
    reached = columns.T @ weights
    worst = int(np.argmax(np.abs(reached - amounts) / amounts))
    if abs(reached[worst] - amounts[worst]) <= tolerance * amounts[worst]:
        return
    what = f"widen the bounds {bounds}, or " if bounds is not None else ""
    raise ValueError(
        f"raking did not converge: {names[worst]} reaches {reached[worst]:,.6g} of {amounts[worst]:,.6g}; "
        f"{what}join small groups so that every combination that the margins need has rows"
    )
