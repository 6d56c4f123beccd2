"""Readings of a batch, in lanes: of each series those that came, in the order of their time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anlan.base.when_used import when_used

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")


type Moments = NDArray[np.int64]
"""Microseconds since 1970."""


@dataclass(frozen=True, eq=False)
class Lanes:
    """k lanes over n readings: lane i is `key[i]`, its readings lie from `starts[i]` to before `ends[i]`."""

    key: NDArray[np.int32]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    at: Moments
    value: NDArray[np.float64]
    series: NDArray[np.int32]

    def only(self, wanted: NDArray[np.bool_]) -> Lanes:
        """Some of the lanes, over the same readings."""
        return Lanes(
            self.key[wanted], self.starts[wanted], self.ends[wanted], self.at, self.value, self.series
        )


def in_lanes(
    series: NDArray[np.int32],
    at: Moments,
    value: NDArray[np.float64],
    key: NDArray[np.int32] | None = None,
) -> Lanes:
    """The lanes of n readings by series, or by another `key` of each; of equal times the first is first.

    Keys are small numbers from 0 on, such as ids of rows: readings are counted into lanes, not compared.
    """
    from anlan.sensing.rules.walking import ordered  # numba takes its time to load

    key = np.ascontiguousarray(series if key is None else key, np.int32)
    order, bounds = ordered(key, np.ascontiguousarray(at, np.int64))
    held = np.flatnonzero(bounds[1:] > bounds[:-1])
    return Lanes(
        held.astype(np.int32), bounds[held], bounds[held + 1], at[order], value[order], series[order]
    )
