"""Many series at once: which alarms stand, and how often chance alone gives such a one."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from anlan.stats import _arrays
from anlan.stats._arrays import Flags, Floats
from anlan.stats.tables import text_table


@dataclass(frozen=True)
class FalseDiscovery:
    """Which of many p-values stand, shaped as they were given.

    `adjusted` is the lowest rate of false discoveries at which a test would stand.
    """

    p_values: Floats
    adjusted: Floats
    stands: Flags
    rate: float

    def to_frame(self) -> pl.DataFrame:
        """A row for each test, smallest p first: test (its row), p_value, adjusted, stands."""
        columns = {"p_value": self.p_values, "adjusted": self.adjusted, "stands": self.stands}
        frame = pl.DataFrame({name: np.ravel(part) for name, part in columns.items()})
        return frame.with_row_index("test").sort("p_value", maintain_order=True)

    def __str__(self) -> str:
        standing = int(self.stands.sum())
        caption = f"{standing} of {self.stands.size} stand at a false discovery rate of {self.rate:g}"
        return text_table(self.to_frame().head(max(10, min(standing, 40))), caption)


def false_discovery(
    p_values: npt.ArrayLike, rate: float = 0.05, method: Literal["bh", "by"] = "bh"
) -> FalseDiscovery:
    """Which tests stand when at most the share `rate` of those that stand shall be false, on average.

    p_values : any shape, such as (series, rows) of `Farrington.p_value_`; those of one judged week at a time.
    method : "bh" (Benjamini & Hochberg 1995) for independent or positively dependent tests, "by" (Benjamini &
        Yekutieli 2001) for any. p-values of counts are discrete, which errs on the safe side.

    Raises ValueError for values outside 0 to 1.

    Source: Benjamini & Hochberg (1995), JRSS B 57, section 3; Benjamini & Yekutieli (2001), Annals of
    Statistics 29, theorem 1.3.

    >>> false_discovery([0.001, 0.2, 0.012, 0.9]).stands
    array([ True, False,  True, False])
    """
    values = _arrays.numbers(p_values, "p_values")
    flat = _arrays.finite(values.ravel(), "p_values")
    _arrays.share(rate, "rate")
    if method not in ("bh", "by"):
        raise ValueError(f'method is {method!r}; give "bh" or "by"')
    if flat.size == 0 or flat.min() < 0 or flat.max() > 1:
        raise ValueError("p_values must lie between 0 and 1, and there must be one at least")
    adjusted = stats.false_discovery_control(flat, method=method).reshape(values.shape)
    return FalseDiscovery(values, adjusted, adjusted <= rate, rate)


def recurrence_interval(p_values: npt.ArrayLike, tests: int = 1) -> Floats:
    """How many periods pass, on average, until chance alone gives such a p-value (Kleinman, Lazarus & Platt
    2004).

    p_values : any shape. tests : judged in each period (all series together), so that the answer holds for
        the
    whole screen. 1 / (p x tests), never below 1 period; infinite for p = 0.

    Raises ValueError for p-values outside 0 to 1, and fewer than one test.

    Source: Kleinman, Lazarus & Platt (2004), American Journal of Epidemiology 159, pages 217-224.

    >>> recurrence_interval([0.01, 0.0001], tests=20)
    array([  5., 500.])
    """
    values = _arrays.numbers(p_values, "p_values")
    flat = _arrays.finite(values.ravel(), "p_values")
    _arrays.whole(tests=tests)
    if tests < 1 or flat.size == 0 or flat.min() < 0 or flat.max() > 1:
        raise ValueError("give p_values between 0 and 1, and one test or more a period")
    with np.errstate(divide="ignore"):
        return np.asarray(np.maximum(1 / (values * tests), 1.0))
