"""Quasi-Poisson regression of many series on one design, compiled.

The design is a factor (one group a row) and a few dense columns (trend, covariates), so the normal equations
have the shape of an arrow: the factor is eliminated by hand and only a matrix of the dense columns is left to
invert. A group without events has its maximum at a mean of 0: it is set there instead of being chased.
"""

import numpy as np

from anlan.stats._arrays import Floats, Integers
from anlan.stats._compiling import compiled, inner

_ROUNDS = 60
_CLOSE = 1e-7  # Newton's steps: the next one would be of the order of its square
_ALIASED = 1e-10
_LIMIT = 30.0  # of the linear predictor, so that separated data stay finite


@inner
def _invert(matrix: Floats, start: Floats) -> int:
    """In place, by sweeping; columns that others already say are left out. How many were kept.

    `start` (q,) is room to work in.
    """
    size, kept = matrix.shape[0], 0
    for j in range(size):
        start[j] = matrix[j, j]
    for j in range(size):
        if matrix[j, j] <= _ALIASED * start[j] or start[j] <= 0:
            for k in range(size):
                matrix[j, k] = matrix[k, j] = 0.0
            continue
        kept += 1
        pivot = matrix[j, j]
        for i in range(size):
            if i == j:
                continue
            factor = matrix[i, j] / pivot
            for k in range(size):
                if k != j:
                    matrix[i, k] -= factor * matrix[j, k]
            matrix[i, j] = -factor
        for k in range(size):
            if k != j:
                matrix[j, k] /= pivot
        matrix[j, j] = 1.0 / pivot
    return kept


@inner
def _gather(
    eta: Floats,
    target: Floats,
    weight: Floats,
    group: Integers,
    columns: Floats,
    tops: Floats,
    sides: Floats,
    matrix: Floats,
    right: Floats,
) -> None:
    """Sums of the working weights: tops (groups, 2), sides (groups, q), matrix (q, q), right (q,)."""
    for a in range(right.size):
        right[a] = 0.0
        for b in range(right.size):
            matrix[a, b] = 0.0
    for g in range(tops.shape[0]):
        tops[g, 0] = tops[g, 1] = 0.0
        for a in range(right.size):
            sides[g, a] = 0.0
    for i in range(eta.shape[0]):
        w, g = weight[i], group[i]
        if w == 0.0:
            continue
        tops[g, 0] += w
        tops[g, 1] += w * target[i]
        for a in range(columns.shape[1]):
            wx = w * columns[i, a]
            sides[g, a] += wx
            right[a] += wx * target[i]
            for b in range(a + 1):
                matrix[a, b] += wx * columns[i, b]


@inner
def _eliminate(tops: Floats, sides: Floats, matrix: Floats, right: Floats) -> None:
    """Take the factor out of the dense columns' equations, and fill the other half of the matrix."""
    size = matrix.shape[0]
    for g in range(tops.shape[0]):
        if tops[g, 0] == 0.0:
            continue
        for a in range(size):
            share = sides[g, a] / tops[g, 0]
            right[a] -= share * tops[g, 1]
            for b in range(a + 1):
                matrix[a, b] -= share * sides[g, b]
    for a in range(size):
        for b in range(a):
            matrix[b, a] = matrix[a, b]


@inner
def _predict(
    group: Integers, columns: Floats, tops: Floats, sides: Floats, beta: Floats, eta: Floats, mu: Floats
) -> float:
    """Writes eta and mu; the largest change of eta."""
    largest = 0.0
    for i in range(eta.shape[0]):
        g = group[i]
        if tops[g, 0] == 0.0:
            continue
        value = tops[g, 1] / tops[g, 0]
        for a in range(columns.shape[1]):
            value += beta[a] * (columns[i, a] - sides[g, a] / tops[g, 0])
        value = min(max(value, -_LIMIT), _LIMIT)
        largest = max(largest, abs(value - eta[i]))
        eta[i] = value
        mu[i] = np.exp(value)
    return largest


@compiled()
def fit(
    y: Floats,
    prior: Floats,
    group: Integers,
    live: Floats,
    columns: Floats,
    mu: Floats,
    tops: Floats,
    sides: Floats,
    inverse: Floats,
    beta: Floats,
) -> int:
    """Fit one series; returns the number of dense columns that could be told apart.

    y, prior (n,) counts and weights; group (n,); live (groups,) 1 where the group has events, else 0; columns
    (n, q). Written: mu (n,) means, tops (groups, 2), sides (groups, q), inverse (q, q), beta (q,).
    """
    n, size = columns.shape
    eta, target, weight = np.empty(n), np.empty(n), np.empty(n)
    right, start = np.empty(size), np.empty(size)
    for i in range(n):
        mu[i] = (y[i] + 0.1) * live[group[i]]
        eta[i] = np.log(y[i] + 0.1)
    kept = 0
    for _ in range(_ROUNDS):
        for i in range(n):
            weight[i] = prior[i] * mu[i]
            target[i] = eta[i] + (y[i] - mu[i]) / mu[i] if mu[i] > 0.0 else 0.0
        _gather(eta, target, weight, group, columns, tops, sides, inverse, right)
        _eliminate(tops, sides, inverse, right)
        kept = _invert(inverse, start)
        for a in range(size):
            beta[a] = 0.0
            for b in range(size):
                beta[a] += inverse[a, b] * right[b]
        if _predict(group, columns, tops, sides, beta, eta, mu) < _CLOSE:
            break
    return kept


@inner
def leverage(g: int, x: Floats, tops: Floats, sides: Floats, inverse: Floats) -> float:
    """The variance of the linear predictor at group g and dense values x, before the dispersion."""
    if tops[g, 0] == 0.0:
        return 0.0
    total = 1.0 / tops[g, 0]
    for a in range(x.shape[0]):
        left = x[a] - sides[g, a] / tops[g, 0]
        for b in range(x.shape[0]):
            total += left * inverse[a, b] * (x[b] - sides[g, b] / tops[g, 0])
    return float(total)


@inner
def pearson(y: Floats, mu: Floats, prior: Floats, freedom: int) -> float:
    """The dispersion, never below 1."""
    total = 0.0
    for i in range(y.shape[0]):
        if mu[i] > 0.0:
            total += prior[i] * (y[i] - mu[i]) ** 2 / mu[i]
    return float(max(1.0, total / max(freedom, 1)))
