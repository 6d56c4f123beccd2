"""Hotspots: where events gather, whether they follow each other, and how good a forecast of where was."""

from anlan.stats.hotspots.near_repeat import near_repeats
from anlan.stats.hotspots.plane import PlaneDensity
from anlan.stats.hotspots.rolling import RollingScores, best_possible, last_year, score_months
from anlan.stats.hotspots.scores import ForecastScore, hit_rate, pai, pei, rri, score_forecast
from anlan.stats.hotspots.space_time import KnoxResult, MantelResult, knox, mantel
from anlan.stats.hotspots.streets import StreetDensity, StreetGraph

__all__ = [
    "ForecastScore",
    "KnoxResult",
    "MantelResult",
    "PlaneDensity",
    "RollingScores",
    "StreetDensity",
    "StreetGraph",
    "best_possible",
    "hit_rate",
    "knox",
    "last_year",
    "mantel",
    "near_repeats",
    "pai",
    "pei",
    "rri",
    "score_forecast",
    "score_months",
]
