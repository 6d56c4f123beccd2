"""How far an estimate may be off when the log level wanders from period to period.

Beside the noise of counts the log level holds an autoregressive part (Zeger 1988). How much
of it there is and how long it remembers nobody knows: both run over a grid, weighed by the restricted
likelihood of the working residuals (Harville 1974), with four fifths of the belief beforehand on a level that
does not wander. The reach is the quantile of that mixture of Student's t. Newey & West's covariance sees too
little of such a level in a few years of months, for the coefficients swallow part of it.

Everything is of the order of the rows: the inverse of an autoregressive correlation is tridiagonal.
"""

from dataclasses import dataclass

import numpy as np
from scipy import linalg, optimize, special, stats

from anlan.stats._arrays import Floats
from anlan.stats.effects.fitting import LogLinear

_MEMORIES = (0.2, 0.4, 0.6, 0.8, 0.9, 0.95)
_SHARES = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Variance of the wandering part over that of the noise of a usual count."""

_STEADY = 0.8
_NEGLIGIBLE = 1e-6


@dataclass(frozen=True)
class _Kind:
    """One way to wander: correlation of neighbours, and variance over that of the noise (0: none)."""

    memory: float
    share: float


@dataclass(frozen=True)
class Wandering:
    """What may be believed of a fitted model's level: each kind with its weight and dispersion (at least 1).

    `covariances` are those of the model's coefficients under each.
    """

    kinds: tuple[_Kind, ...]
    weights: Floats
    dispersions: Floats
    covariances: Floats
    usual: float
    degrees_of_freedom: int

    @classmethod
    def of(cls, model: LogLinear) -> "Wandering":
        """Weigh the kinds by the working residuals of a model."""
        kinds = (_Kind(0.0, 0.0), *(_Kind(memory, share) for memory in _MEMORIES for share in _SHARES))
        heights, scales = np.array([_restricted(model, kind) for kind in kinds]).T
        belief = np.append(_STEADY, np.full(len(kinds) - 1, (1 - _STEADY) / (len(kinds) - 1)))
        weights = belief * np.exp(heights - heights.max())
        weights /= weights.sum()
        kept = np.flatnonzero(weights > _NEGLIGIBLE)
        scales = np.maximum(scales[kept], 1.0)
        chosen = tuple(kinds[place] for place in kept)
        spreads = np.array([_covariance(model, kind) for kind in chosen]) * scales[:, None, None]
        return cls(chosen, weights[kept], scales, spreads, _usual(model), model.degrees_of_freedom)

    def reach(self, gradient: Floats, level: float, noise: Floats | float = 0.0) -> float:
        """How far gradient @ coefficients may be off to either side, `noise` (kinds,) added."""
        variances = np.einsum("i,kij,j->k", gradient, self.covariances, gradient) + noise
        errors = np.sqrt(np.maximum(variances, 1e-300))
        tail, freedom = (1 - level) / 2, max(self.degrees_of_freedom, 1)

        def beyond(distance: float) -> float:
            return float(self.weights @ special.stdtr(freedom, -distance / errors)) - tail

        ends = errors[[errors.argmin(), errors.argmax()]] * stats.t.isf(tail, freedom)
        return float(ends[0] if np.isclose(*ends) else optimize.brentq(beyond, *ends))

    def noise(self, means: Floats, size: float) -> Floats:
        """(kinds,) variance of the sum of counts to come of such means, neighbours alike as they wander."""
        counts = float((means + means**2 / size).sum())
        alike = [
            kind.share / self.usual * float(means @ _correlated(means, kind.memory)) if kind.share else 0.0
            for kind in self.kinds
        ]
        return np.asarray(self.dispersions * (counts + np.array(alike)))


def _weights(model: LogLinear) -> Floats:
    """One over the variance of each working residual by the noise of counts."""
    return np.maximum(model.means**2 / np.maximum(model.variances, 1e-300), 1e-12)


def _usual(model: LogLinear) -> float:
    return float(_weights(model).mean())


def _precision(rows: int, memory: float) -> Floats:
    """The inverse of the autoregressive correlation, upper banded (2, rows)."""
    bands = np.empty((2, rows))
    bands[0] = -memory
    bands[1] = 1 + memory**2
    bands[1, [0, -1]] = 1.0
    return bands / (1 - memory**2)


def _correlated(values: Floats, memory: float) -> Floats:
    """The autoregressive correlation times values (rows,) or (rows, columns)."""
    if len(values) < 2:
        return values
    return np.asarray(linalg.solveh_banded(_precision(len(values), memory), values))


def _covariance(model: LogLinear, kind: _Kind) -> Floats:
    """Of the model's own coefficients, had the level wandered so; dispersion 1."""
    weighted = model.design * _weights(model)[:, None]
    meat = model.design.T @ weighted
    if kind.share:
        meat = meat + kind.share / _usual(model) * weighted.T @ _correlated(weighted, kind.memory)
    return np.asarray(model.bread @ meat @ model.bread)


def _restricted(model: LogLinear, kind: _Kind) -> tuple[float, float]:
    """Restricted log-likelihood of the working residuals, without what all kinds share, and dispersion."""
    weights, design = _weights(model), model.design
    residuals = (model.counts - model.means) / np.maximum(model.means, 1e-12)
    inverse, log_size = _Inverse.of(weights, kind, _usual(model))
    solved = inverse.times(np.column_stack([design, residuals]))
    inner = design.T @ solved[:, :-1]
    coefficients = np.linalg.pinv(inner, hermitian=True) @ (design.T @ solved[:, -1])
    left = residuals - design @ coefficients
    square = max(float(left @ (solved[:, -1] - solved[:, :-1] @ coefficients)), 1e-12)
    freedom = max(model.degrees_of_freedom, 1)
    height = log_size + float(np.linalg.slogdet(inner)[1]) + freedom * float(np.log(square))
    return -height / 2, square / freedom


@dataclass(frozen=True)
class _Inverse:
    """The inverse of the residuals' covariance, noise and wandering together, by Woodbury's identity."""

    weights: Floats
    factor: Floats | None

    @classmethod
    def of(cls, weights: Floats, kind: _Kind, usual: float) -> "tuple[_Inverse, float]":
        """The inverse, and the log determinant of the covariance."""
        noise = -float(np.log(weights).sum())
        if not kind.share:
            return cls(weights, None), noise
        n, variance = len(weights), kind.share / usual
        bands = _precision(n, kind.memory) / variance
        bands[1] += weights
        factor = linalg.cholesky_banded(bands)
        prior = n * np.log(variance) + (n - 1) * np.log(1 - kind.memory**2)
        return cls(weights, factor), noise + float(prior + 2 * np.log(factor[1]).sum())

    def times(self, values: Floats) -> Floats:
        """The inverse times values (rows, columns)."""
        weights = self.weights[:, None]
        weighted = weights * values
        if self.factor is None:
            return np.asarray(weighted)
        return np.asarray(weighted - weights * linalg.cho_solve_banded((self.factor, False), weighted))
