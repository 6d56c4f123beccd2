"""Counterfactual from a local level: the level carried forward from before the change."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import linalg, optimize, special, stats

from anlan.stats import _arrays
from anlan.stats._arrays import Floats
from anlan.stats.effects.segments import beside, seasons
from anlan.stats.effects.sentences import Lang
from anlan.stats.effects.terms import Effect, effect, quantile
from anlan.stats.tables import text_table

_DRIFTS = np.concatenate([[0.0], np.exp(np.linspace(-8, 2, 16))])
"""Variance of a step of the level over that of the noise."""

_STILL = 0.1
_NEGLIGIBLE = 1e-4


@dataclass(frozen=True)
class LocalLevelResult:
    """What a fitted LocalLevel learned; prints as a table and its sentence."""

    averted: Effect
    drift: float

    def to_frame(self) -> pl.DataFrame:
        """One row: the events averted and the ratio of level to noise variance."""
        return pl.DataFrame([{**self.averted.row(), "drift": self.drift}])

    def sentence(self, lang: Lang = "en") -> str:
        """How the events since the change compare with the level before, in "en" or "zh"."""
        return self.averted.sentence(lang)

    def __str__(self) -> str:
        return text_table(self.to_frame(), self.sentence())


class LocalLevel:
    """Local-level counterfactual, a state-space model (Harvey 1989, section 2.3; Brodersen et al. 2015).

    Before the change the rate is a level that wanders (random walk) + season + covariates + noise; the
    level is carried forward and what was counted is set against it. Unlike a straight trend, a level that
    wandered before is believed to wander on, so the interval opens with every period. Variances by
    restricted maximum likelihood; the forecast and the joint covariance of all its errors in closed form
    (the same as Kalman's filter gives). How much the level wanders is known badly from a few years, so the
    interval is that of Student's t averaged over all drifts, weighed by their restricted likelihood.
    No interval is narrower than the negative binomial one of counts to come after as many events (Jeffreys'
    prior): after years without any a few may come by chance.

    Parameters
    ----------
    change : row number of the first period after the change.
    season, harmonics : as in InterruptedSeries.
    level : of the interval.

    Learned: `averted_` (Effect), `expected_` (periods after,) counts, `lower_`, `upper_` (periods after,)
    the interval of each count, `drift_` (variance of a step of the level over that of the noise), `noise_`,
    `result_`.

    Source: Harvey (1989) "Forecasting, Structural Time Series Models and the Kalman Filter", section 2.3;
    Brodersen et al. (2015), Annals of Applied Statistics 9, pages 247-274.

    >>> import numpy as np
    >>> rng = np.random.default_rng(3)
    >>> counts = np.append(rng.poisson(100, 36), rng.poisson(60, 12))
    >>> model = LocalLevel(36, season=None).fit(counts)
    >>> model.averted_.holds_zero
    False
    >>> model.sentence("zh")
    '变化以来，与按原水平推算相比，事件数比预期少411起（95%区间：少600起到少223起）。'
    """

    def __init__(
        self, change: int, *, season: int | None = 12, harmonics: int | None = None, level: float = 0.95
    ) -> None:
        self.change = change
        self.season = season
        self.harmonics = harmonics
        self.level = level

    def fit(
        self,
        counts: npt.ArrayLike,
        exposure: npt.ArrayLike | None = None,
        covariates: npt.ArrayLike | None = None,
    ) -> Self:
        """Fit counts (n,), exposure (n,), covariates (n,) or (n, k) known after the change too.

        Raises ValueError for a series too short before the change, and for invalid arrays.
        """
        _arrays.share(self.level, "level")
        events = _arrays.counts(counts)
        amount = _arrays.exposure(exposure, events)
        if (amount <= 0).any():
            raise ValueError("exposure is 0 in some period; leave that period out")
        n = len(events)
        design = np.hstack(
            [np.ones((n, 1)), seasons(n, self.season, self.harmonics), beside(covariates, n, "covariates")]
        )
        self._check(design)
        self._learn(events, amount / amount.mean(), design)
        return self

    def sentence(self, lang: Lang = "en") -> str:
        """How the events since the change compare with the level before, in "en" or "zh"."""
        return self.result_.sentence(lang)

    def _learn(self, events: Floats, amount: Floats, design: Floats) -> None:
        cut = self.change
        freedom = cut - design.shape[1]
        rates = events[:cut] / amount[:cut]
        self.drift_ = _drift(rates, design[:cut], amount[:cut])
        # Rates of counts vary at least as counts do, however quiet the past was.
        past_events = _Past(float(events[:cut].sum()), float(amount[:cut].sum()), self.level)
        least = max(float(rates.mean()), past_events.rate)
        best = _Drift.of(self.drift_, 1.0, rates, design, amount, least)
        self.noise_ = best.noise
        self.expected_ = best.expected
        errors = best.errors
        drifts = _believed(rates, design, amount, least)
        each = [_reach(best, drifts, row, freedom, self.level) for row in np.eye(len(best.expected))]
        reach = np.maximum(each, past_events.reach(self.expected_, amount[cut:]))
        self.lower_, self.upper_ = np.maximum(self.expected_ - reach, 0), self.expected_ + reach
        together = _reach(best, drifts, np.ones(len(best.expected)), freedom, self.level)
        whole = past_events.reach(self.expected_.sum(), amount[cut:].sum())
        self.averted_ = effect(
            float(self.expected_.sum() - events[cut:].sum()),
            float(np.sqrt(errors.sum())),
            least_reach=max(float(whole), together),
            level=self.level,
            degrees_of_freedom=freedom,
            scale="averted",
            subject="state",
        )
        self.result_ = LocalLevelResult(self.averted_, self.drift_)

    def _check(self, design: Floats) -> None:
        n, k = design.shape
        _arrays.whole(change=self.change)
        if not 0 < self.change < n:
            raise ValueError(
                f"change is {self.change} but the series has rows 0 to {n - 1}; "
                f"give one between 1 and {n - 1}"
            )
        if self.change < k + 3 or np.linalg.matrix_rank(design[: self.change]) < k:
            raise ValueError(
                f"{self.change} periods before the change are too few for {k} coefficients; "
                f"give at least {k + 3}, or leave out season or covariates"
            )


@dataclass(frozen=True)
class _Past:
    """What events in so much exposure before, of a level that stands still, say of the events to come."""

    events: float
    amount: float
    level: float

    @property
    def rate(self) -> float:
        """The mean rate, half an event for what was not seen (Jeffreys' prior)."""
        return (self.events + 0.5) / self.amount

    def reach(self, expected: npt.ArrayLike, amount: npt.ArrayLike) -> Floats:
        """How far the negative binomial interval of the counts to come (their mean is gamma with shape
        events + 1/2) reaches from `expected` to its farther side.
        """
        shape = self.events + 0.5
        mean = np.maximum(expected, 0.0) + 0.5 * np.asarray(amount) / self.amount
        tail = (1 - self.level) / 2
        lower, upper = (stats.nbinom.ppf(share, shape, shape / (shape + mean)) for share in (tail, 1 - tail))
        return np.asarray(np.maximum(upper - expected, expected - lower))


def _blocks(amount: Floats, drift: float, cut: int) -> tuple[Floats, Floats, Floats]:
    """Covariance over the noise variance: of the past, of the future, between them."""
    times = np.arange(len(amount))
    whole = drift * np.minimum.outer(times, times) + np.diag(1 / amount)
    return whole[:cut, :cut], whole[cut:, cut:], whole[cut:, :cut]


def _forecast(
    rates: Floats, design: Floats, past: Floats, future: Floats, across: Floats, cut: int
) -> tuple[Floats, Floats, float]:
    """Best linear unbiased forecast, the covariance of its errors, the weighted residual sum of squares."""
    factor = linalg.cho_factor(past)
    weighted = linalg.cho_solve(factor, design[:cut])
    information = np.linalg.inv(design[:cut].T @ weighted)
    coefficients = information @ (weighted.T @ rates)
    left = rates - design[:cut] @ coefficients
    solved = linalg.cho_solve(factor, left)
    gap = design[cut:] - across @ weighted
    spread = future - across @ linalg.cho_solve(factor, across.T) + gap @ information @ gap.T
    return design[cut:] @ coefficients + across @ solved, spread, float(left @ solved)


@dataclass(frozen=True)
class _Drift:
    """The counts to come under one drift: `expected` (periods after,) and the covariance of their errors."""

    weight: float
    noise: float
    expected: Floats
    errors: Floats

    @classmethod
    def of(
        cls, drift: float, weight: float, rates: Floats, design: Floats, amount: Floats, least: float
    ) -> "_Drift":
        """The forecast; the noise is never below `least`."""
        cut = len(rates)
        past, future, across = _blocks(amount, drift, cut)
        forecast, spread, residual = _forecast(rates, design, past, future, across, cut)
        noise = max(residual / (cut - design.shape[1]), least)
        after = amount[cut:]
        return cls(weight, noise, after * forecast, noise * spread * np.outer(after, after))


def _believed(rates: Floats, design: Floats, amount: Floats, least: float) -> list[_Drift]:
    """Drifts with their weights: the restricted likelihood times a belief even in the logarithm, a tenth of
    it on a level that stands still.
    """
    cut = len(rates)
    losses = np.array([_restricted(rates, design[:cut], amount[:cut], drift) for drift in _DRIFTS])
    belief = np.append(_STILL, np.full(len(_DRIFTS) - 1, (1 - _STILL) / (len(_DRIFTS) - 1)))
    weights = belief * np.exp(-(losses - losses.min()) / 2)
    weights /= weights.sum()
    return [
        _Drift.of(drift, float(weight), rates, design, amount, least)
        for drift, weight in zip(_DRIFTS, weights, strict=True)
        if weight > _NEGLIGIBLE
    ]


def _reach(best: _Drift, drifts: list[_Drift], sums: Floats, freedom: int, level: float) -> float:
    """How far to either side of `best` an interval of the sum of the periods `sums` must reach, so that it
    holds `level` of the law averaged over the drifts.
    """
    centres = np.array([float(sums @ (one.expected - best.expected)) for one in drifts])
    scales = np.sqrt(np.array([float(sums @ one.errors @ sums) for one in drifts]))
    weights = np.array([one.weight for one in drifts])

    def beyond(distance: float) -> float:
        outside = special.stdtr(freedom, (centres - distance) / scales)
        outside += special.stdtr(freedom, (-distance - centres) / scales)
        return float(weights @ outside / weights.sum()) - (1 - level)

    ends = np.abs(centres) + quantile(level, freedom) * scales
    far = 2.0 * float(ends.max())
    return float(optimize.brentq(beyond, 0.0, far))


def _drift(rates: Floats, design: Floats, amount: Floats) -> float:
    """The ratio of variances by restricted maximum likelihood; 0 when the level stands still."""

    def loss(log_drift: float) -> float:
        return _restricted(rates, design, amount, float(np.exp(log_drift)))

    best = optimize.minimize_scalar(loss, bounds=(-14, 8), method="bounded", options={"xatol": 1e-6})
    still = _restricted(rates, design, amount, 0.0)
    return 0.0 if still <= best.fun else float(np.exp(best.x))


def _restricted(rates: Floats, design: Floats, amount: Floats, drift: float) -> float:
    times = np.arange(len(rates))
    factor = linalg.cho_factor(drift * np.minimum.outer(times, times) + np.diag(1 / amount))
    weighted = linalg.cho_solve(factor, design)
    inner = design.T @ weighted
    left = rates - design @ np.linalg.solve(inner, weighted.T @ rates)
    square = max(float(left @ linalg.cho_solve(factor, left)), 1e-12)
    logs = 2 * float(np.log(np.diag(factor[0])).sum()) + float(np.linalg.slogdet(inner)[1])
    return float(logs + (len(rates) - design.shape[1]) * np.log(square))
