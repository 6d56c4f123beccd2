"""Covariates from the calendar: weekdays, and holidays that move from year to year."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from anlan.stats._arrays import Floats


def weekday_columns(days: Sequence[date]) -> Floats:
    """(days, 6): 1 on Tuesday to Sunday, each its column; Monday is what they are compared with.

    days : any dates, in any order. Raises nothing: every date has a weekday.

    Source: Bell & Hillmer (1983), Journal of the American Statistical Association 78, pages 526-534.

    >>> weekday_columns([date(2026, 11, 23), date(2026, 11, 24)])
    array([[0., 0., 0., 0., 0., 0.],
           [1., 0., 0., 0., 0., 0.]])
    """
    return np.array([[float(day.weekday() == k) for k in range(1, 7)] for day in days]).reshape(-1, 6)


def holiday_columns(starts: Sequence[date], holidays: Mapping[str, Sequence[date]]) -> Floats:
    """(periods, holidays): the share of each period's days that belong to each holiday.

    starts : the first day of each period, rising; a period ends where the next begins, the last is as long as
        the one before. holidays : a name and all its days, of every year that the periods touch (Spring
        Festival moves between January and February, so each year's days are listed).

    Raises ValueError when starts do not rise or are fewer than two.

    Source: Bell & Hillmer (1983) "Modeling time series with calendar variation", Journal of the American
    Statistical Association 78, pages 526-534.

    >>> weeks = [date(2026, 2, 9), date(2026, 2, 16), date(2026, 2, 23)]
    >>> holiday_columns(weeks, {"Spring Festival": [date(2026, 2, 16 + k) for k in range(7)]})
    array([[0.],
           [1.],
           [0.]])
    """
    lengths = [(after - before).days for before, after in pairwise(starts)]
    if not lengths or min(lengths) < 1:
        raise ValueError("starts must hold two days or more, and rise")
    off = {name: set(days) for name, days in holidays.items()}
    shares = [
        [_share(start, length, days) for days in off.values()]
        for start, length in zip(starts, [*lengths, lengths[-1]], strict=True)
    ]
    return np.array(shares, dtype=np.float64).reshape(len(starts), len(off))


def _share(start: date, length: int, days: set[date]) -> float:
    return sum(start + timedelta(days=k) in days for k in range(length)) / length
