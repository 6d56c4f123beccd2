"""Dose and response: did places that got more change more?"""

from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import special

from anlan.stats import _arrays
from anlan.stats._arrays import Floats
from anlan.stats.effects.sentences import Lang
from anlan.stats.effects.terms import Effect, effect


class DoseResponse:
    """Change of places by how much they got (posts, patrol hours, talks per 1,000 residents).

    Given a place's events before and after together, those after are binomial with logit p = intercept +
    dose x effect + log(exposure after / before): the conditional form of a Poisson model with an effect of
    each place (Cameron & Trivedi 2013, section 9.4). The standard error is the wider of quasi-binomial and
    HC3.

    Learned: `effect_` (Effect, log scale, a unit of dose), `intercept_` (log change at dose 0),
    `standard_error_`, `lower_`, `upper_`, `p_value_`, `dispersion_`.

    Source: Cameron & Trivedi (2013) "Regression Analysis of Count Data", section 9.4.

    >>> before, after = [50, 52, 48, 51, 49, 50], [50, 47, 38, 36, 30, 27]
    >>> model = DoseResponse().fit(before, after, dose=[0, 1, 2, 3, 4, 5])
    >>> round(model.effect_.percent)
    -12
    >>> model.sentence("zh")
    '说不准有没有变化：投入每多一个单位，事件数比预期少11.7%，但95%区间：少23.6%到多2.1%，包含零。'
    """

    def __init__(self, *, level: float = 0.95) -> None:
        self.level = level

    def fit(
        self,
        before: npt.ArrayLike,
        after: npt.ArrayLike,
        dose: npt.ArrayLike,
        exposure_before: npt.ArrayLike | None = None,
        exposure_after: npt.ArrayLike | None = None,
    ) -> Self:
        """Fit counts before and after (places,), dose (places,), exposures (places,).

        Raises ValueError for fewer than four places with events, one dose everywhere, and for invalid arrays.
        """
        _arrays.share(self.level, "level")
        events, later = _arrays.counts(before, "before"), _arrays.counts(after, "after")
        doses = _arrays.finite(dose, "dose")
        for array, name in ((later, "after"), (doses, "dose")):
            _arrays.same_length(array, events, name, "before")
        first = _arrays.exposure(exposure_before, events, "exposure_before")
        second = _arrays.exposure(exposure_after, later, "exposure_after")
        known = (events + later > 0) & (first > 0) & (second > 0)
        if known.sum() < 4 or np.ptp(doses[known]) == 0:
            raise ValueError(
                f"{int(known.sum())} places with events and {len(set(doses[known]))} doses are too few; "
                "give at least 4 places with events and 2 doses"
            )
        self._learn(events[known], later[known], doses[known], np.log(second[known] / first[known]))
        return self

    def sentence(self, lang: Lang = "en") -> str:
        """How the change goes with the dose, in "en" or "zh"."""
        return self.effect_.sentence(lang)

    def _learn(self, events: Floats, later: Floats, doses: Floats, offset: Floats) -> None:
        # Standardised doses, so that the fit does not depend on their unit.
        centre, unit = float(doses.mean()), float(doses.std())
        design = np.column_stack([np.ones_like(doses), (doses - centre) / unit])
        total = events + later
        coefficients, chance = _binomial(design, later, total, offset)
        weights = np.maximum(total * chance * (1 - chance), 1e-9)
        bread = np.linalg.inv((design.T * weights) @ design)
        residual = later - total * chance
        freedom = len(total) - 2
        self.dispersion_ = float((residual**2 / weights).sum() / freedom)
        leverage = np.minimum(np.einsum("ij,jk,ik->i", design, bread, design) * weights, 0.99)
        scores = design * (residual / (1 - leverage))[:, None]
        robust = bread @ (scores.T @ scores) @ bread
        error = float(np.sqrt(max(bread[1, 1] * max(1.0, self.dispersion_), robust[1, 1])))
        self.effect_: Effect = effect(
            float(coefficients[1] / unit),
            error / unit,
            level=self.level,
            degrees_of_freedom=freedom,
            subject="dose",
        )
        self.intercept_ = float(coefficients[0] - coefficients[1] * centre / unit)
        self.standard_error_, self.p_value_ = self.effect_.standard_error, self.effect_.p_value
        self.lower_, self.upper_ = self.effect_.lower, self.effect_.upper


def _binomial(design: Floats, later: Floats, total: Floats, offset: Floats) -> tuple[Floats, Floats]:
    """Logistic regression of later out of total; half an event is put to each side when it is separated."""
    coefficients, settled = _iterate(design, later, total, offset)
    if not settled or np.abs(coefficients).max() > 15:
        share = 0.5 / len(total)
        coefficients, _ = _iterate(design, later + share, total + 2 * share, offset)
    return coefficients, special.expit(design @ coefficients + offset)


def _iterate(design: Floats, later: Floats, total: Floats, offset: Floats) -> tuple[Floats, bool]:
    coefficients = np.zeros(design.shape[1])
    for _ in range(100):
        chance = special.expit(design @ coefficients + offset)
        weights = np.maximum(total * chance * (1 - chance), 1e-12)
        information = (design.T * weights) @ design
        step = np.linalg.lstsq(information, design.T @ (later - total * chance), rcond=None)[0]
        coefficients = coefficients + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            return coefficients, True
    return coefficients, False
