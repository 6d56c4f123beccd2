"""Regression to the mean: places picked for a bad year improve without anybody's doing."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from anlan.stats import _arrays
from anlan.stats._arrays import Flags, Floats
from anlan.stats.effects.sentences import Lang
from anlan.stats.effects.terms import Effect, effect
from anlan.stats.tables import text_table


@dataclass(frozen=True)
class RegressionToMean:
    """Naive and honest change of picked places; prints as a table and its sentence.

    `naive_percent` after against before; `by_itself_percent` what the places would have returned to anyway
    (None when they had no events before); `effect` after against that expectation.
    """

    observed_before: float
    observed_after: float
    expected_after: float
    naive_percent: float | None
    by_itself_percent: float | None
    effect: Effect

    def to_frame(self) -> pl.DataFrame:
        """One row: counts, the two percents, the effect's interval."""
        names = ("observed_before", "observed_after", "expected_after", "naive_percent", "by_itself_percent")
        return pl.DataFrame([{**{name: getattr(self, name) for name in names}, **self.effect.row()}])

    def sentence(self, lang: Lang = "en") -> str:
        """How the picked places fared against what they would return to by themselves, in "en" or "zh"."""
        return self.effect.sentence(lang)

    def __str__(self) -> str:
        return text_table(self.to_frame(), self.sentence())


def regression_to_mean(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    picked: npt.ArrayLike,
    exposure_before: npt.ArrayLike | None = None,
    exposure_after: npt.ArrayLike | None = None,
    *,
    level: float = 0.95,
) -> RegressionToMean:
    """Change of places picked for being bad, against their empirical-Bayes expectation (Hauer 1997, ch. 11).

    before, after (places,): counts of all places from which the bad ones were picked; picked (places,) true
    or false; exposures (places,). Rates are taken as gamma distributed (Marshall 1991 for mean and
    variance); what is expected after is the posterior mean of each picked place times the change of the
    places that were not picked.

    Raises ValueError when nothing or everything was picked, or the others had no events to compare with.

    Source: Hauer (1997) "Observational Before-After Studies in Road Safety", chapter 11.

    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> rates = rng.gamma(4, 1, 200)
    >>> before, after = rng.poisson(rates), rng.poisson(rates)
    >>> check = regression_to_mean(before, after, before >= 8)
    >>> round(check.naive_percent), check.effect.holds_zero
    (-38, True)
    """
    _arrays.share(level, "level")
    events, later = _arrays.counts(before, "before"), _arrays.counts(after, "after")
    _arrays.same_length(later, events, "after", "before")
    amount = _arrays.exposure(exposure_before, events, "exposure_before")
    amount_later = _arrays.exposure(exposure_after, later, "exposure_after")
    chosen = _arrays.flags(picked, len(events), "picked")
    _check(events, later, chosen)
    places = _Places(events, amount, later, amount_later, chosen)
    prior = _prior(events, amount, np.ones(len(events), dtype=np.bool_))
    expected = places.expected(prior)
    seen = float(later[chosen].sum())
    return RegressionToMean(
        float(events[chosen].sum()),
        seen,
        expected,
        _percent(seen / amount_later[chosen].sum(), events[chosen].sum() / amount[chosen].sum()),
        _percent(expected / amount_later[chosen].sum(), events[chosen].sum() / amount[chosen].sum()),
        _ratio(seen, expected, places.log_variance(prior), level),
    )


_GROUPS = 1000

Prior = tuple[float, float]
"""Shape and rate of the gamma distribution of rates; an infinite shape: one rate, the second, for all."""


@dataclass(frozen=True)
class _Places:
    events: Floats
    amount: Floats
    later: Floats
    amount_later: Floats
    chosen: Flags

    def expected(self, prior: Prior) -> float:
        """What the picked places return to by themselves, moved as the others moved."""
        mean, _ = _posterior(self.events, self.amount, prior)
        return float((mean * self.amount_later)[self.chosen].sum()) * self._trend(mean)

    def log_variance(self, prior: Prior) -> float:
        """Variance of the log of what is expected: from rates, prior (jackknife over places), trend.

        Beyond 1,000 places they are left out in 1,000 groups (Kott 2001), which takes no more
        memory and time than grows with the places.
        """
        mean, variance = _posterior(self.events, self.amount, prior)
        amount = self.amount_later * self._trend(mean)
        expected = self.expected(prior)
        rates = float((variance * amount**2)[self.chosen].sum()) / max(expected, 0.5) ** 2
        groups = np.arange(len(self.events)) % _GROUPS
        number = min(len(self.events), _GROUPS)
        priors = (_prior(self.events, self.amount, groups != group) for group in range(number))
        without = np.log([self.expected(prior) for prior in priors])
        jackknife = float(((without - without.mean()) ** 2).sum()) * (number - 1) / number
        return rates + jackknife + 1 / float(self.later[~self.chosen].sum())

    def _trend(self, mean: Floats) -> float:
        others = ~self.chosen
        after = self.later[others].sum() / self.amount_later[others].sum()
        return float(after * self.amount[others].sum() / (mean * self.amount)[others].sum())


def _ratio(seen: float, expected: float, log_variance: float, level: float) -> Effect:
    """Log of seen over expected; half an event is added to both when none was seen."""
    if seen == 0:
        seen, expected = 0.5, expected + 0.5
    error = float(np.sqrt(1 / seen + log_variance))
    return effect(float(np.log(seen / expected)), error, level=level, subject="picked")


def _prior(events: Floats, amount: Floats, rows: Flags) -> Prior:
    """Marshall's moments over the rows that hold any exposure."""
    rows = rows & (amount > 0)
    events, amount = events[rows], amount[rows]
    total = amount.sum()
    mean = float(max(events.sum(), 0.5) / total)
    spread = float((events**2 / amount).sum() / total - mean**2 - mean * len(amount) / total)
    return (mean**2 / spread, mean / spread) if spread > 1e-9 * mean**2 else (np.inf, mean)


def _posterior(events: Floats, amount: Floats, prior: Prior) -> tuple[Floats, Floats]:
    """Mean and variance of each place's rate given its count."""
    shape, rate = prior
    if np.isinf(shape):
        return np.full_like(events, rate), np.zeros_like(events)
    return (shape + events) / (rate + amount), (shape + events) / (rate + amount) ** 2


def _percent(after: float, before: float) -> float | None:
    return float(100 * (after / before - 1)) if before > 0 else None


def _check(events: Floats, later: Floats, chosen: Flags) -> None:
    if not chosen.any() or chosen.all():
        raise ValueError(
            "picked holds all places or none; mark the picked ones among all from which they were picked"
        )
    if events[~chosen].sum() == 0 or later[~chosen].sum() == 0:
        raise ValueError(
            "the places that were not picked had no events before or after; give more places or years"
        )
