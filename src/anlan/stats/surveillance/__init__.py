"""Is a count unusual, given its own past? And what has happened that is not recorded yet?

One count against its past: Farrington (years of history), Ears (days), Cusum and CountGlr (small lasting
rises). Covariates: weekday_columns, holiday_columns. Many series: false_discovery, recurrence_interval.
Delay: Nowcast, reporting_triangle.
"""

from anlan.stats.surveillance.calendar_columns import holiday_columns, weekday_columns
from anlan.stats.surveillance.cusum import Cusum
from anlan.stats.surveillance.ears import Ears
from anlan.stats.surveillance.farrington import Farrington
from anlan.stats.surveillance.glr import CountGlr
from anlan.stats.surveillance.many_series import FalseDiscovery, false_discovery, recurrence_interval
from anlan.stats.surveillance.nowcast import Nowcast, NowcastResult, reporting_triangle
from anlan.stats.surveillance.results import Findings

__all__ = [
    "CountGlr",
    "Cusum",
    "Ears",
    "FalseDiscovery",
    "Farrington",
    "Findings",
    "Nowcast",
    "NowcastResult",
    "false_discovery",
    "holiday_columns",
    "recurrence_interval",
    "reporting_triangle",
    "weekday_columns",
]
