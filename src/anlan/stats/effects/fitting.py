"""Log-linear models of counts, fitted by iterated weighted least squares, with their covariances.

Own code, since a series without events in some month has no finite maximum likelihood: then, and only then,
half an event a coefficient is spread over the rows as their exposure (Clogg, Rubin, Schenker et al.
1991), which is finite for any counts and draws towards no change.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import optimize, special, stats

from anlan.stats._arrays import Floats
from anlan.stats.effects.terms import Family

_ROUNDS = 200
_SEPARATED = 15.0
"""A fitted range of e**15 between two rows is a coefficient on its way to infinity."""


@dataclass(frozen=True)
class LogLinear:
    """A fitted model log mu = design @ coefficients + offset.

    `size` is the negative binomial's theta (variance mu + mu**2 / size), infinite for Poisson; `dispersion`
    is Pearson's; `penalised` says that such events were needed.
    """

    design: Floats
    counts: Floats
    coefficients: Floats
    means: Floats
    size: float
    penalised: bool

    @property
    def degrees_of_freedom(self) -> int:
        """Rows less coefficients."""
        return len(self.design) - len(self.coefficients)

    @property
    def variances(self) -> Floats:
        """The model's variance of each count."""
        return self.means + self.means**2 / self.size

    @cached_property
    def bread(self) -> Floats:
        """The inverse of the expected information, (coefficients, coefficients)."""
        weights = self.means**2 / self.variances
        return np.asarray(np.linalg.pinv((self.design.T * weights) @ self.design, hermitian=True))

    @property
    def pearson(self) -> Floats:
        """Residuals over their standard deviation under the model."""
        return np.asarray((self.counts - self.means) / np.sqrt(np.maximum(self.variances, 1e-12)))

    @property
    def dispersion(self) -> float:
        """Pearson's statistic over its degrees of freedom: 1 when the model's variance is right."""
        return float(self.pearson @ self.pearson / max(self.degrees_of_freedom, 1))

    @property
    def scores(self) -> Floats:
        """Each row's share in the score, (rows, coefficients)."""
        scale = (self.counts - self.means) * self.means / np.maximum(self.variances, 1e-300)
        return self.design * scale[:, None]


def fit_log_linear(design: Floats, counts: Floats, offset: Floats, family: Family = "poisson") -> LogLinear:
    """Fit counts (n,) on design (n, k) with offset (n,).

    "negbin" alternates with the maximum likelihood of theta (Venables & Ripley 2002, section 7.4); counts
    without over-dispersion give the Poisson model, theta infinite.
    """
    model = _fit(design, counts, offset, np.inf)
    if family == "poisson" or model.penalised:
        return model
    for _ in range(25):
        size = _size(model)
        model, before = _fit(design, counts, offset, size), model
        if not np.isfinite(size) or np.isclose(size, before.size, rtol=1e-8):
            break
    return model


def covariances(model: LogLinear, lag: int) -> dict[str, Floats]:
    """Four covariances of the coefficients: "model", "quasi", "HC0" and "newey_west".

    quasi: the model's times the dispersion, never below 1 (Wedderburn 1974). HC0: White 1980. newey_west:
    Bartlett weights to `lag`, no prewhitening, no small-sample factor (Newey & West 1987).
    """
    bread, scores = model.bread, model.scores
    meat = scores.T @ scores
    return {
        "model": bread,
        "quasi": bread * max(1.0, model.dispersion),
        "HC0": bread @ meat @ bread,
        "newey_west": bread @ _bartlett(scores, lag) @ bread,
    }


def noise_inflation(model: LogLinear, lag: int) -> float:
    """By how much runs of alike residuals widen the noise of a sum, at least 1 (Bartlett to `lag`)."""
    residuals = model.pearson
    power = float(residuals @ residuals)
    if power == 0:
        return 1.0
    shares = [
        (1 - k / (lag + 1)) * float(residuals[k:] @ residuals[:-k]) / power
        for k in range(1, _lags(lag, residuals))
    ]
    return max(1.0, 1 + 2 * sum(shares))


def runs_p_value(model: LogLinear, lag: int) -> float:
    """p of Ljung & Box's test (1978) that the residuals of neighbouring periods are independent, to `lag`."""
    residuals = model.pearson - model.pearson.mean()
    n, power = len(residuals), float(residuals @ residuals)
    if power == 0:
        return 1.0
    lags = range(1, _lags(min(lag, n // 5), residuals))
    parts = [(float(residuals[k:] @ residuals[:-k]) / power) ** 2 / (n - k) for k in lags]
    return float(stats.chi2.sf(n * (n + 2) * sum(parts), max(len(parts), 1)))


def _fit(design: Floats, counts: Floats, offset: Floats, size: float) -> LogLinear:
    coefficients, settled = _iterate(design, counts, offset, size)
    if settled and np.ptp(design @ coefficients) < _SEPARATED and counts.any():
        return LogLinear(design, counts, coefficients, _means(design, coefficients, offset), size, False)
    amount = np.exp(offset)
    coefficients, _ = _iterate(design, counts + design.shape[1] / 2 * amount / amount.sum(), offset, size)
    return LogLinear(design, counts, coefficients, _means(design, coefficients, offset), size, True)


def _iterate(design: Floats, counts: Floats, offset: Floats, size: float) -> tuple[Floats, bool]:
    start = np.log(counts + max(float(counts.mean()), 0.1) / 2) - offset
    coefficients = np.linalg.lstsq(design, start, rcond=None)[0]
    for _ in range(_ROUNDS):
        means = _means(design, coefficients, offset)
        roots = np.sqrt(means / (1 + means / size))
        step = np.linalg.lstsq(design * roots[:, None], roots * (counts - means) / means, rcond=None)[0]
        reach = float(np.abs(design @ step).max())
        coefficients = coefficients + step / max(1.0, reach / 2)
        if reach < 1e-10:
            return coefficients, True
    return coefficients, False


def _means(design: Floats, coefficients: Floats, offset: Floats) -> Floats:
    return np.asarray(np.exp(np.clip(design @ coefficients + offset, -40, 40)))


def _size(model: LogLinear) -> float:
    y, mu = model.counts, model.means
    if float(((y - mu) ** 2 - y).sum()) <= 0:
        return np.inf

    def loss(log_size: float) -> float:
        theta = np.exp(log_size)
        parts = (
            special.gammaln(y + theta)
            - special.gammaln(theta)
            - y * np.log(mu + theta)
            - theta * np.log1p(mu / theta)
        )
        return -float(parts.sum())

    best = optimize.minimize_scalar(loss, bounds=(-8, 18), method="bounded", options={"xatol": 1e-10})
    return np.inf if best.x > 17 else float(np.exp(best.x))


def _bartlett(scores: Floats, lag: int) -> Floats:
    total = scores.T @ scores
    for k in range(1, _lags(lag, scores)):
        cross = scores[k:].T @ scores[:-k]
        total = total + (1 - k / (lag + 1)) * (cross + cross.T)
    return np.asarray(total)


def _lags(lag: int, rows: Floats) -> int:
    return min(lag, len(rows) - 1) + 1
