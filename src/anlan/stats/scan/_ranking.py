"""How a ratio ranks among those of the replications."""

from math import exp, nan, pi, sqrt

import numpy as np

from anlan.stats.scan._likelihood import SLACK
from anlan.stats.scan.terms import Floats, Truths


def at_least_as_high(maxima: Floats, ratio: float) -> Truths:
    """Which of `maxima` reach `ratio`, rounding aside."""
    return maxima >= ratio - SLACK * max(1.0, ratio)


def p_value(maxima: Floats, ratio: float, h: int | None = None) -> float:
    """The rank of `ratio` among itself and `maxima` (Dwass 1957).

    With `h`, the replications count only up to the h-th that is at least as high, and the p-value is h over
    their number (Besag & Clifford 1991). Without `maxima` there is none: nan.
    """
    if maxima.size == 0:
        return nan
    higher = at_least_as_high(maxima, ratio)
    if h is not None and higher.sum() >= h:
        return float(h / (np.flatnonzero(higher)[h - 1] + 1))
    return float((1 + higher.sum()) / (maxima.size + 1))


def gumbel_p_value(maxima: Floats, ratio: float) -> float:
    """The tail of the Gumbel curve with the mean and variance of `maxima`; Abrams, Kleinman & Kulldorff
    (2010).
    """
    spread = float(np.std(maxima, ddof=1)) * sqrt(6) / pi if maxima.size > 1 else 0.0
    if spread <= SLACK:
        return p_value(maxima, ratio)
    middle = float(np.mean(maxima)) - np.euler_gamma * spread
    depth = (ratio - middle) / spread
    return 1.0 if depth < -30 else float(-np.expm1(-exp(-depth)))
