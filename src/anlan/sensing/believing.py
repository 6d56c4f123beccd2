"""Whether a reading can be believed: its time and its value against what its property can be."""

from datetime import datetime, timedelta
from math import isfinite

from anlan.base.errors import Refused

AHEAD = timedelta(minutes=5)
"""So far may a device's clock be ahead."""
HISTORY = timedelta(days=10 * 365.25)
"""So old may be what an operator plays again from a file; a device's own is older than is kept sooner."""


def check_reading(
    at: datetime, value: float, low: float | None, high: float | None, now: datetime, oldest: datetime
) -> None:
    """Raise Refused("result_not_number", "result_out_of_range", "time_in_future", "time_too_old")."""
    if not isfinite(value):
        raise Refused("result_not_number")
    if (low is not None and value < low) or (high is not None and value > high):
        raise Refused("result_out_of_range", low=low, high=high)
    if at > now + AHEAD:
        raise Refused("time_in_future")
    if at < oldest:
        raise Refused("time_too_old", oldest=oldest)
