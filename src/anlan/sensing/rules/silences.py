"""Missing data: how many of its own intervals a series has been silent, judged by the clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from anlan.base.when_used import when_used
from anlan.sensing.rules.judging import Span, judge
from anlan.sensing.rules.lanes import Lanes, Moments
from anlan.sensing.rules.states import States
from anlan.sensing.rules.terms import Transition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")


def judge_silence(
    versions: Sequence[Span],
    series: NDArray[np.int32],
    heard: Moments,
    interval: NDArray[np.float64],
    since: int,
    now: int,
    states: States,
) -> list[Transition]:
    """What changed of n series: `heard` when the last reading came, `interval` seconds between two.

    Before `since` we did not listen, so nothing counts as missed then. Times in microseconds since 1970.
    """
    silent = (now - np.maximum(heard, since)) / 1e6 / interval
    count = len(series)
    places = np.arange(count, dtype=np.int64)
    lanes = Lanes(series, places, places + 1, np.full(count, now, np.int64), np.maximum(silent, 0.0), series)
    return judge(versions, lanes, np.minimum(heard, now - 1), states)
