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
    mean, variance = _posterior(events, amount)
    trend = (
        (later[~chosen].sum() / amount_later[~chosen].sum())
        / (mean * amount)[~chosen].sum()
        * amount[~chosen].sum()
    )
    expected = float((mean * amount_later)[chosen].sum() * trend)
    seen = float(later[chosen].sum())
    return RegressionToMean(
        float(events[chosen].sum()),
        seen,
        expected,
        _percent(seen / amount_later[chosen].sum(), events[chosen].sum() / amount[chosen].sum()),
        _percent(expected / amount_later[chosen].sum(), events[chosen].sum() / amount[chosen].sum()),
        _ratio(seen, expected, variance, amount_later * trend, later, chosen, level),
    )


def _ratio(
    seen: float, expected: float, variance: Floats, amount: Floats, later: Floats, chosen: Flags, level: float
) -> Effect:
    """Log of seen over expected; half an event is added to both when none was seen."""
    spread = float((variance * amount**2)[chosen].sum()) / max(expected, 0.5) ** 2
    others = 1 / later[~chosen].sum()
    if seen == 0:
        seen, expected = 0.5, expected + 0.5
    error = float(np.sqrt(1 / seen + spread + others))
    return effect(float(np.log(seen / expected)), error, level=level, subject="picked")


def _posterior(events: Floats, amount: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of each place's rate given its count, under a gamma prior fitted by moments."""
    total = amount.sum()
    mean = events.sum() / total
    rates = np.divide(events, amount, out=np.zeros_like(events), where=amount > 0)
    spread = float((amount * (rates - mean) ** 2).sum() / total - mean / (total / len(amount)))
    if spread <= 0:
        flat = np.full_like(events, mean)
        return flat, flat / total
    shape, rate = mean**2 / spread, mean / spread
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
