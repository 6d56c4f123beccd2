"""How far places differ beyond chance, and the counts that may be met when that is not known exactly.

A place's count is negative binomial (a share's: beta-binomial). How much the places differ runs over a grid,
weighed by its likelihood, even on the log scale beforehand with a quarter of the belief on no difference. Of
the places that winsorising draws in only that they lie beyond is believed (they are censored), so that the
odd ones do not hide themselves. Limits are whole counts of the averaged law.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import special, stats

from anlan.stats._arrays import Floats

_STEPS = 0.02 * 2.0 ** (np.arange(41) / 2)
_NONE = 0.25
_NEGLIGIBLE = 1e-5
_TINY = 1e-300
_POISSON = 1e-9
_SCORES = np.arange(-7.0, 7.01, 0.35)
"""Normal scores at which a true share is taken, in even steps: the sum over them converges exponentially."""
_ODDS = np.arange(-18.0, 18.01, 0.5)
"""The same for the logarithm of odds, whose tails are longer, in units of its spread."""

Scatter = Callable[[float], Floats]
"""From one step of the grid, the variance of each place's true mean over its square, (places,)."""


@dataclass(frozen=True)
class _Spread:
    """Places' counts under one spread of their true means: `expected`, `scatter` (places,) the variance of a
    true mean over its square (0: Poisson, binomial), `trials` (places,) or None for rates.
    """

    expected: Floats
    scatter: Floats
    trials: Floats | None

    def log_pmf(self, events: Floats) -> Floats:
        """Of each place's count."""
        wide, some = self.scatter > _POISSON, np.maximum(self.scatter, _POISSON)
        if self.trials is not None:
            mixed = stats.betabinom.logpmf(events, self.trials, *self._beta)
            plain = stats.binom.logpmf(events, self.trials, self.expected / self.trials)
            return np.asarray(np.where(wide, mixed, plain))
        mixed = stats.nbinom.logpmf(events, 1 / some, 1 / (1 + some * self.expected))
        return np.asarray(np.where(wide, mixed, stats.poisson.logpmf(events, self.expected)))

    def up_to(self, count: Floats) -> Floats:
        """P(X <= count) at each place, 0 below none."""
        least = np.maximum(count, 0.0)
        if self.trials is not None:
            left = np.maximum(self.trials - least, 0.5)
            return np.where(count < 0, 0.0, np.where(count >= self.trials, 1.0, self._part(least, left)))
        some = np.maximum(self.scatter, _POISSON)
        mixed = special.betainc(1 / some, least + 1, 1 / (1 + some * self.expected))
        plain = special.gammaincc(least + 1, self.expected)
        return np.where(count < 0, 0.0, np.where(self.scatter > _POISSON, mixed, plain))

    @cached_property
    def _beta(self) -> tuple[Floats, Floats]:
        """Of the true shares."""
        assert self.trials is not None
        share = self.expected / self.trials
        size = np.maximum((1 - share) / share / np.maximum(self.scatter, _POISSON) - 1, 1e-3)
        return share * size, (1 - share) * size

    def _part(self, count: Floats, left: Floats) -> Floats:
        """P(X <= count), `left` of the trials above it: that a share from the beta distribution of the true
        ones is exceeded by one from beta(count + 1, left), the share of which so many are at most `count`.

        The sum runs over the narrower of the two, along which the other's distribution is smooth.
        """
        assert self.trials is not None
        plain = special.betainc(left, count + 1, 1 - self.expected / self.trials)
        if not (self.scatter > _POISSON).any():
            return np.asarray(plain)
        having, others = self._beta
        shares = special.betainc(left[:, None], count[:, None] + 1, 1 - self._shares)
        over_true = shares @ stats.norm.pdf(_SCORES) / stats.norm.pdf(_SCORES).sum()
        share, weights = _spread_odds(count + 1, left)
        over_seen = (special.betainc(having[:, None], others[:, None], share) * weights).sum(axis=1)
        mixed = np.where(having + others > self.trials, over_true, over_seen)
        return np.asarray(np.where(self.scatter > _POISSON, mixed, plain))

    @cached_property
    def _shares(self) -> Floats:
        """(places, scores): the true share at each normal score."""
        having, others = (part[:, None] for part in self._beta)
        return np.asarray(special.betaincinv(having, others, stats.norm.cdf(_SCORES)))


def _spread_odds(having: Floats, others: Floats) -> tuple[Floats, Floats]:
    """Shares of beta distributions (places, odds) in even steps of the logarithm of their odds, with weights
    that sum to 1.
    """
    spread = np.sqrt(1 / having + 1 / others)
    log_odds = np.log(having / others)[:, None] + spread[:, None] * _ODDS
    height = having[:, None] * special.log_expit(log_odds) + others[:, None] * special.log_expit(-log_odds)
    weights = np.exp(height - height.max(axis=1, keepdims=True))
    return special.expit(log_odds), weights / weights.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class Law:
    """What is believed of the counts of places: their spreads with the weights (laws,)."""

    spreads: list[_Spread]
    weights: Floats

    @property
    def scatter(self) -> Floats:
        """(places,) on average."""
        return np.asarray(self.weights @ np.array([one.scatter for one in self.spreads]))

    def limits(self, tail: float) -> tuple[Floats, Floats]:
        """The least and the largest count (places,) with at most `tail` beyond them."""
        return self._least(tail), self._least(1 - tail)

    def _least(self, share: float) -> Floats:
        """The smallest count up to which at least `share` of the law lies."""
        expected = self.spreads[0].expected
        low, high = np.full_like(expected, -1.0), np.ceil(expected)
        while (short := self._up_to(high) < share).any():
            low, high = np.where(short, high, low), np.where(short, 2 * high + 1, high)
        while (high - low > 1).any():
            middle = np.floor((low + high) / 2)
            short = self._up_to(middle) < share
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        return high

    def _up_to(self, count: Floats) -> Floats:
        return np.asarray(self.weights @ np.array([one.up_to(count) for one in self.spreads]))


def believed(
    events: Floats, expected: Floats, trials: Floats | None, scatter: Scatter | None, cut: float
) -> Law:
    """The law after the counts of all places; `cut` of each tail is censored at its innermost place.

    scatter None: places do not differ beyond chance.
    """
    if scatter is None:
        return Law([_Spread(expected, np.zeros_like(expected), trials)], np.ones(1))
    spreads = [_Spread(expected, scatter(step), trials) for step in (0.0, *_STEPS)]
    deviation = np.sqrt(expected * (1 if trials is None else 1 - expected / trials))
    scores = (events - expected) / deviation
    ends = np.quantile(scores, [cut, 1 - cut])
    low, high = (np.round(expected + end * deviation, 9) for end in ends)
    heights = np.array(
        [
            np.where(
                scores < ends[0],
                np.log(np.maximum(one.up_to(np.ceil(low) - 1), _TINY)),
                np.where(
                    scores > ends[1],
                    np.log(np.maximum(1 - one.up_to(np.floor(high)), _TINY)),
                    one.log_pmf(events),
                ),
            ).sum()
            for one in spreads
        ]
    )
    belief = np.append(_NONE, np.full(len(_STEPS), (1 - _NONE) / len(_STEPS)))
    weights = belief * np.exp(heights - heights.max())
    weights /= weights.sum()
    kept = np.flatnonzero(weights > _NEGLIGIBLE)
    return Law([spreads[k] for k in kept], weights[kept] / weights[kept].sum())
