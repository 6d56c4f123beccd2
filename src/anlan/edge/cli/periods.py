"""The periods of a series as they stand in a file: which come after which, and whether one is missing.

Read are days (2026-03-31, 2026/3/31, 20260331), weeks (2026-W13), months (2026-03, 2026/3, 202603), quarters
(2026-Q1) and whole numbers. Anything else is a name, of which nothing can be said.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import gcd
from pathlib import Path
from typing import Literal

import numpy as np

from anlan.edge.cli.speaking import gettext
from anlan.edge.cli.tables import TableError, cell

Place = Callable[[re.Match[str]], int]
"""Where a period lies in time, counted in steps of its kind. ValueError: there is none such."""


def _week(found: re.Match[str]) -> int:
    return date.fromisocalendar(int(found[1]), int(found[2]), 1).toordinal() // 7


def _plain_week(found: re.Match[str]) -> int:
    """Where every year of the file has 52 weeks."""
    if not 1 <= int(found[2]) <= 52:
        raise ValueError
    return int(found[1]) * 52 + int(found[2])


def _month(found: re.Match[str]) -> int:
    return date(int(found[1]), int(found[2]), 1).year * 12 + int(found[2])


def _day(found: re.Match[str]) -> int:
    return date(int(found[1]), int(found[2]), int(found[3])).toordinal()


Kind = Literal["day", "week", "month", "quarter", "number"]

_KINDS: tuple[tuple[Kind, str, Place], ...] = (
    ("day", r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", _day),
    ("day", r"((?:19|20)\d{2})(\d{2})(\d{2})", _day),
    ("week", r"(\d{4})-?W(\d{1,2})", _week),
    ("month", r"(\d{4})[-/](\d{1,2})", _month),
    ("month", r"((?:19|20)\d{2})(0[1-9]|1[0-2])", _month),
    ("quarter", r"(\d{4})-?Q([1-4])", lambda found: int(found[1]) * 4 + int(found[2])),
    ("number", r"(\d{1,9})", lambda found: int(found[1])),
)

_RIGHT = "days (2026-03-31), weeks (2026-W13), months (2026-03), quarters (2026-Q1) or whole numbers"


@dataclass(frozen=True)
class Periods:
    """The kind of the periods and where each lies in time, counted in steps of that kind; `weeks` in a year
    of weeks, None by the calendar of ISO 8601.
    """

    kind: Kind
    places: list[int]
    weeks: int | None = None


def placed(texts: Sequence[str], column: str, path: Path) -> Periods | None:
    """The periods of a column that holds every period, or None when they are names or of several kinds.

    As `read`; and days of one number of the month are months, days a week apart weeks, and days without a
    weekend working days.
    """
    found = read(texts, column, path)
    return _by_calendar(found.places) if found and found.kind == "day" else found


def read(texts: Sequence[str], column: str, path: Path) -> Periods | None:
    """The periods of a file's column as they are written, or None when they are names or of several kinds.

    Years of weeks have 52, and 53 by the calendar of ISO 8601 once a week 53 is there. Raises TableError for
    a text that looks like a period and is none, such as 2026-13. `texts` are all rows of the column, in their
    order.
    """
    for kind, form, place in _KINDS:
        found = [re.fullmatch(form, text) for text in texts]
        if all(found):
            plain = kind == "week" and not any(text.endswith("53") for text in texts)
            count = _plain_week if plain else place
            places = [_place(match, count, row, column, path) for row, match in enumerate(found) if match]
            return Periods(kind, places, 52 if plain else None)
    return None


def unread(texts: Sequence[str], column: str, path: Path) -> TableError:
    """What to say of a column that `read` makes nothing of: its first row that is not written as those before
    it are.
    """
    row = max(_first_other(texts, form) for _, form, _ in _KINDS)
    facts = {"value": repr(texts[row]), "first": repr(texts[0]), "right": gettext(_RIGHT)}
    if not written_as_period(texts[row]):
        said = gettext("%(value)s cannot stand there; give %(right)s")
    else:
        said = gettext("%(value)s after %(first)s; give %(right)s, all in one way")
    return TableError(cell(path, row, column) + said % facts)


def written_as_period(text: str) -> bool:
    """Whether the text has the form of some period."""
    return any(re.fullmatch(form, text) for _, form, _ in _KINDS)


def _first_other(texts: Sequence[str], form: str) -> int:
    return next(row for row, text in enumerate(texts) if not re.fullmatch(form, text))


def written(periods: Periods, place: int) -> str:
    """How a period at that place is written."""
    match periods.kind:
        case "day":
            return date.fromordinal(place).isoformat()
        case "week" if periods.weeks is None:
            year, week, _ = date.fromordinal(7 * place + 1).isocalendar()
            return f"{year}-W{week:02}"
        case "number":
            return str(place)
        case _:
            sign, length = {"week": ("W", 52), "month": ("", 12), "quarter": ("Q", 4)}[periods.kind]
            year, part = divmod(place - 1, length)
            return f"{year}-{sign}{part + 1:0{1 if sign == 'Q' else 2}}"


def _place(match: re.Match[str], place: Place, row: int, column: str, path: Path) -> int:
    try:
        return place(match)
    except ValueError:
        raise TableError(
            cell(path, row, column)
            + gettext(
                "%(value)s is in no calendar; give days as 2026-03-31, weeks as 2026-W13, months as 2026-03"
            )
            % {"value": repr(match[0])}
        ) from None


def _by_calendar(ordinals: list[int]) -> Periods:
    days = [date.fromordinal(ordinal) for ordinal in ordinals]
    weekdays = {day.weekday() for day in days}
    if len(set(ordinals)) == 1:
        return Periods("day", ordinals)
    if len(weekdays) == 1:
        return Periods("week", [ordinal // 7 for ordinal in ordinals])
    if len({day.day for day in days}) == 1:
        return Periods("month", [day.year * 12 + day.month for day in days])
    if weekdays == {0, 1, 2, 3, 4}:
        return Periods("day", [int(np.busday_count("1970-01-01", day)) for day in days])
    return Periods("day", ordinals)


def first_gap(places: Sequence[int]) -> int | None:
    """The first row whose period does not follow the one before it by the usual step; None: all do.

    The usual step is the largest that all differences are multiples of, so that weeks may be written by their
    Mondays. Rows count from 0.
    """
    step = gcd(*(later - earlier for earlier, later in pairwise(places))) if len(places) > 1 else 1
    gaps = [row for row, (earlier, later) in enumerate(pairwise(places), start=1) if later - earlier != step]
    return gaps[0] if gaps else None
