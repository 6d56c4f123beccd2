"""What a detector found, as a table."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from anlan.stats._arrays import Flags, Floats, Integers
from anlan.stats.tables import text_table

_SHOWN = 40


@dataclass(frozen=True)
class Findings:
    """For each series and judged row: what was seen, where the limit lies, and whether it is an alarm.

    All arrays are (series, rows); `expected` and `p_value` are None where a method has none.
    """

    at: Integers
    observed: Floats
    upper: Floats
    alarm: Flags
    expected: Floats | None = None
    p_value: Floats | None = None

    def to_frame(self) -> pl.DataFrame:
        """A row for each series and judged row: series, row, observed, [expected,] upper, alarm,
        [p_value].
        """
        series, rows = self.observed.shape
        columns = {
            "series": np.repeat(np.arange(series), rows),
            "row": np.tile(self.at, series),
            "observed": self.observed,
            "expected": self.expected,
            "upper": self.upper,
            "p_value": self.p_value,
            "alarm": self.alarm,
        }
        return pl.DataFrame({name: np.ravel(part) for name, part in columns.items() if part is not None})

    def __str__(self) -> str:
        frame = self.to_frame()
        alarms = int(self.alarm.sum())
        left = "" if frame.height <= _SHOWN else f"; the first {_SHOWN} of {frame.height} rows are shown"
        return text_table(frame.head(_SHOWN), f"{alarms} alarms in {frame.height} rows{left}")
