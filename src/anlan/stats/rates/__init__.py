"""Rates and how sure they are: intervals, ratios, smoothing, standardisation, funnels, small numbers."""

from anlan.stats.rates.empirical_bayes import EmpiricalBayes, SmoothedRates
from anlan.stats.rates.funnel import FunnelLimits, funnel_limits
from anlan.stats.rates.intervals import RateInterval, binomial_interval, poisson_interval
from anlan.stats.rates.ratios import ChangePercent, RateRatio, change_percent, rate_ratio
from anlan.stats.rates.small_numbers import FEWEST_EVENTS, bare_rate, is_small, rate_text
from anlan.stats.rates.standardisation import DirectRate, IndirectRatio, standardise

__all__ = [
    "FEWEST_EVENTS",
    "ChangePercent",
    "DirectRate",
    "EmpiricalBayes",
    "FunnelLimits",
    "IndirectRatio",
    "RateInterval",
    "RateRatio",
    "SmoothedRates",
    "bare_rate",
    "binomial_interval",
    "change_percent",
    "funnel_limits",
    "is_small",
    "poisson_interval",
    "rate_ratio",
    "rate_text",
    "standardise",
]
