"""An estimate from a survey with its interval."""

from dataclasses import asdict, dataclass

import polars as pl

from anlan.stats.tables import text_table


@dataclass(frozen=True)
class SurveyEstimate:
    """An estimate for the population; prints as a table.

    `design_effect`: its variance over that of a simple random sample as large, None where that would be 0.
    `degrees_of_freedom`: clusters less strata.
    """

    estimate: float
    standard_error: float
    lower: float
    upper: float
    level: float
    design_effect: float | None
    degrees_of_freedom: int

    def to_frame(self) -> pl.DataFrame:
        """One row with all fields."""
        return pl.DataFrame([asdict(self)])

    def __str__(self) -> str:
        return text_table(self.to_frame())
