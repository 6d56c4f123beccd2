"""What a fitted past says about one more count: the papers' bounds, and the predictive law of rare series."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from anlan.stats._arrays import Flags, Floats

_FEW = 10.0
"""Fitted events in the reference rows below which a bound is predictive."""

_WIDEST = 4.0
"""Variance of the log mean that is believed: a separated trend may know its mean to no digit."""


@dataclass(frozen=True)
class Fitted:
    """The fit at the judged rows, all (series, rows).

    `expected` mean; `variance` of its log, before the dispersion; `dispersion`; `past`, the weight of the
    reference rows in the judged part of the year; `overall`, the mean of all reference counts.
    """

    expected: Floats
    variance: Floats
    dispersion: Floats
    past: Floats
    overall: Floats

    @property
    def knows_little(self) -> Flags:
        """The judged part of the year holds fewer than ten events, in number and in what they tell."""
        few = (self.expected * self.past < _FEW) & (self.variance * _FEW > 1)
        return np.asarray((self.expected <= 0) | few)

    @property
    def _spread(self) -> Floats:
        return np.minimum(self.dispersion * self.variance, _WIDEST)

    @property
    def _none(self) -> Floats:
        """The mean of which one event is seen in the judged part of the year, over-dispersed as the rest."""
        return self.dispersion / self.past

    def predictive(self) -> tuple[Floats, Floats]:
        """(mean, dispersion) of one more count when the mean is gamma with the fit's mean and variance.

        Jeffreys' prior adds half an event. n events in w rows give the shape n + 1/2 and rate w; nothing is
        ever known better than by a part of the year without any event.
        """
        mean = self.expected * (1 + self._spread / 2)
        wide = self.dispersion + self.expected * self._spread
        return np.maximum(mean, self._none / 2), np.maximum(wide, self.dispersion + self._none)

    def upper_mean(self, alpha: float) -> Floats:
        """The one-sided upper confidence limit of the mean ("muan"; Noufaily et al. 2013).

        Never below the exact Poisson limit of a part of the year without any event.
        """
        reach = float(stats.norm.isf(alpha)) * np.sqrt(self._spread)
        return np.asarray(np.maximum(self.expected * np.exp(reach), -np.log(alpha) * self._none))

    def power_bound(self, observed: Floats, z: float) -> tuple[Floats, Floats]:
        """The bound on the 2/3 power (Farrington et al. 1996) and the tail beyond the observed
        count; of no meaning where nothing is expected.
        """
        expected = np.maximum(self.expected, 1e-12)
        spread = self.dispersion * (1 + expected * self.variance)
        error = np.sqrt(4 / 9 * np.cbrt(expected) * spread)
        centre = np.cbrt(expected) ** 2
        distance = np.cbrt(observed) ** 2 - centre
        return np.maximum(centre + z * error, 0.0) ** 1.5, np.asarray(stats.norm.sf(distance / error))
