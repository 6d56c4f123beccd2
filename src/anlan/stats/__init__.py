"""Statistics of prevention: arrays in, results out.

No Django, no files, no clock, no global random state: `rng` is an argument. Every name below is imported from
its module when it is first used, so that `import anlan.stats` does not load numba, scipy or polars.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anlan.stats.effects import (
        ComparisonPlaces as ComparisonPlaces,
        DifferenceInDifferences as DifferenceInDifferences,
        DoseResponse as DoseResponse,
        InterruptedSeries as InterruptedSeries,
        LocalLevel as LocalLevel,
        SyntheticControl as SyntheticControl,
        displacement_quotient as displacement_quotient,
        placebo_dates as placebo_dates,
        power_before_start as power_before_start,
        regression_to_mean as regression_to_mean,
        weighted_displacement_difference as weighted_displacement_difference,
    )
    from anlan.stats.hotspots import (
        PlaneDensity as PlaneDensity,
        StreetDensity as StreetDensity,
        StreetGraph as StreetGraph,
        best_possible as best_possible,
        hit_rate as hit_rate,
        knox as knox,
        last_year as last_year,
        mantel as mantel,
        near_repeats as near_repeats,
        pai as pai,
        pei as pei,
        rri as rri,
        score_forecast as score_forecast,
        score_months as score_months,
    )
    from anlan.stats.rates import (
        EmpiricalBayes as EmpiricalBayes,
        bare_rate as bare_rate,
        binomial_interval as binomial_interval,
        change_percent as change_percent,
        funnel_limits as funnel_limits,
        is_small as is_small,
        poisson_interval as poisson_interval,
        rate_ratio as rate_ratio,
        rate_text as rate_text,
        standardise as standardise,
    )
    from anlan.stats.scan import (
        Cluster as Cluster,
        Clusters as Clusters,
        PermutationScan as PermutationScan,
        PoissonScan as PoissonScan,
        scan_each as scan_each,
        stratified_baseline as stratified_baseline,
    )
    from anlan.stats.surveillance import (
        CountGlr as CountGlr,
        Cusum as Cusum,
        Ears as Ears,
        Farrington as Farrington,
        Nowcast as Nowcast,
        false_discovery as false_discovery,
        holiday_columns as holiday_columns,
        recurrence_interval as recurrence_interval,
        reporting_triangle as reporting_triangle,
        weekday_columns as weekday_columns,
    )
    from anlan.stats.surveys import Design as Design, response_rate as response_rate

_EXPORTS: dict[str, str] = {
    "ComparisonPlaces": "effects",
    "DifferenceInDifferences": "effects",
    "DoseResponse": "effects",
    "InterruptedSeries": "effects",
    "LocalLevel": "effects",
    "SyntheticControl": "effects",
    "displacement_quotient": "effects",
    "placebo_dates": "effects",
    "power_before_start": "effects",
    "regression_to_mean": "effects",
    "weighted_displacement_difference": "effects",
    "PlaneDensity": "hotspots",
    "StreetDensity": "hotspots",
    "StreetGraph": "hotspots",
    "best_possible": "hotspots",
    "hit_rate": "hotspots",
    "knox": "hotspots",
    "last_year": "hotspots",
    "mantel": "hotspots",
    "near_repeats": "hotspots",
    "pai": "hotspots",
    "pei": "hotspots",
    "rri": "hotspots",
    "score_forecast": "hotspots",
    "score_months": "hotspots",
    "EmpiricalBayes": "rates",
    "bare_rate": "rates",
    "binomial_interval": "rates",
    "change_percent": "rates",
    "funnel_limits": "rates",
    "is_small": "rates",
    "poisson_interval": "rates",
    "rate_ratio": "rates",
    "rate_text": "rates",
    "standardise": "rates",
    "Cluster": "scan",
    "Clusters": "scan",
    "PermutationScan": "scan",
    "PoissonScan": "scan",
    "scan_each": "scan",
    "stratified_baseline": "scan",
    "CountGlr": "surveillance",
    "Cusum": "surveillance",
    "Ears": "surveillance",
    "Farrington": "surveillance",
    "Nowcast": "surveillance",
    "false_discovery": "surveillance",
    "holiday_columns": "surveillance",
    "recurrence_interval": "surveillance",
    "reporting_triangle": "surveillance",
    "weekday_columns": "surveillance",
    "Design": "surveys",
    "response_rate": "surveys",
}
"""A public name -> its module below `anlan.stats`. One line a name, sorted by module."""

__all__ = sorted(_EXPORTS)


def __getattr__(name: str) -> object:
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_EXPORTS[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_EXPORTS})
