"""An alarm that comes and goes is one alarm, told once until it rests."""

from collections.abc import Sequence
from datetime import datetime, timedelta

TIMES = 3
SPAN = timedelta(minutes=10)


def is_flapping(raised: Sequence[datetime], now: datetime) -> bool:
    """Was it raised TIMES or more in the SPAN before `now`? `raised` holds when, in any order."""
    return sum(now - SPAN < each <= now for each in raised) >= TIMES
