"""`believing.py` for many readings at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.base.when_used import when_used
from anlan.sensing.believing import AHEAD
from anlan.sensing.messages import MICROSECONDS
from anlan.sensing.terms import QuarantineReason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

AHEAD_US = int(AHEAD.total_seconds() * MICROSECONDS)
REASONS = (
    None,
    QuarantineReason.NOT_A_NUMBER,
    QuarantineReason.OUT_OF_RANGE,
    QuarantineReason.FUTURE,
    QuarantineReason.TOO_OLD,
    QuarantineReason.TOO_MANY,
    QuarantineReason.NOT_ITS_OWN,
)
"""What a number of `faults` means; 0 is a reading that is believed."""


def faults(
    at: NDArray[np.int64],
    value: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    now: int,
    oldest: int | NDArray[np.int64],
) -> NDArray[np.int8]:
    """For each of n readings the first reason why it is not believed, an index of REASONS.

    `at`, `now` and `oldest` (of all, or of each) in microseconds since 1970; `low` and `high` are -inf and
    inf where there is no bound. The last two reasons are found elsewhere.
    """
    found = np.zeros(len(at), np.int8)
    checks = (
        (4, at < oldest),
        (3, at > now + AHEAD_US),
        (2, (value < low) | (value > high)),
        (1, ~np.isfinite(value)),
    )
    for number, wrong in checks:
        found[wrong] = number
    return found
