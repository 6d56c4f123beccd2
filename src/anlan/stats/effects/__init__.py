"""What worked, how much, and how sure: effects of a change on counts.

One series: InterruptedSeries (straight trend), LocalLevel (wandering level), placebo_dates. One place among
many: SyntheticControl, ComparisonPlaces. Many places: DifferenceInDifferences, DoseResponse,
regression_to_mean. Events that may have moved: weighted_displacement_difference, displacement_quotient.
Before the start: power_before_start.
"""

from anlan.stats.effects.comparison import ComparisonPlaces, ComparisonResult
from anlan.stats.effects.differences import DifferenceInDifferences, DifferenceResult
from anlan.stats.effects.displacement import (
    DisplacementQuotient,
    displacement_quotient,
    weighted_displacement_difference,
)
from anlan.stats.effects.dose import DoseResponse
from anlan.stats.effects.interrupted import InterruptedResult, InterruptedSeries
from anlan.stats.effects.picked_places import RegressionToMean, regression_to_mean
from anlan.stats.effects.placebo import PlaceboDates, placebo_dates
from anlan.stats.effects.power import Power, power_before_start
from anlan.stats.effects.statespace import LocalLevel, LocalLevelResult
from anlan.stats.effects.synthetic import SyntheticControl, SyntheticResult
from anlan.stats.effects.terms import Effect

__all__ = [
    "ComparisonPlaces",
    "ComparisonResult",
    "DifferenceInDifferences",
    "DifferenceResult",
    "DisplacementQuotient",
    "DoseResponse",
    "Effect",
    "InterruptedResult",
    "InterruptedSeries",
    "LocalLevel",
    "LocalLevelResult",
    "PlaceboDates",
    "Power",
    "RegressionToMean",
    "SyntheticControl",
    "SyntheticResult",
    "displacement_quotient",
    "placebo_dates",
    "power_before_start",
    "regression_to_mean",
    "weighted_displacement_difference",
]
