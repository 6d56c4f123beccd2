"""Two rules side by side: what each found in the same time, and what only one of them found."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from anlan.sensing.rules.terms import SEVERITIES


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the record: from `at` on a place was this severe, "" for normal; `before` it was that."""

    place: str
    at: datetime
    severity: str
    before: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A place was abnormal from one moment until another, at its worst so severe; None: it still is."""

    place: str
    begins: datetime
    ends: datetime | None
    worst: str

    def lasted(self, now: datetime) -> timedelta:
        """How long, until now where it still is."""
        return (self.ends or now) - self.begins

    def meets(self, other: "Stretch") -> bool:
        """Are both of one place, and some moment in both?"""
        begins_in_time = other.ends is None or self.begins <= other.ends
        ends_in_time = self.ends is None or other.begins <= self.ends
        return self.place == other.place and begins_in_time and ends_in_time


def stretches(said: Iterable[Said], since: datetime) -> list[Stretch]:
    """When which place was abnormal since a moment, by place and time; `said` as it was written.

    What was abnormal before, by the first line of its place, begins with `since`. Of lines of one moment the
    last counts.
    """
    found: list[Stretch] = []
    ordered = sorted(said, key=lambda each: (each.place, each.at))
    for place, lines in groupby(ordered, key=lambda each: each.place):
        found += _of_place(place, list(lines), since)
    return found


def _of_place(place: str, lines: Sequence[Said], since: datetime) -> list[Stretch]:
    levels: dict[datetime, str] = {since: lines[0].before}
    levels |= {each.at: each.severity for each in lines}
    found: list[Stretch] = []
    for abnormal, part in groupby(levels.items(), key=lambda each: bool(each[1])):
        moments = list(part)
        if found and not abnormal:
            found[-1] = Stretch(place, found[-1].begins, moments[0][0], found[-1].worst)
        if abnormal:
            worst = max((severity for _, severity in moments), key=[str(each) for each in SEVERITIES].index)
            found.append(Stretch(place, moments[0][0], None, worst))
    return found


def alone(mine: Iterable[Stretch], others: Iterable[Stretch]) -> list[Stretch]:
    """Of the one's stretches those that none of the others meets, the newest first.

    `others` of one place come in the order of time, as `stretches` gives them.
    """
    there: dict[str, list[Stretch]] = {}
    for each in others:
        there.setdefault(each.place, []).append(each)
    found = [each for each in mine if not _is_met(each, there.get(each.place, []))]
    return sorted(found, key=lambda each: each.begins, reverse=True)


def _is_met(one: Stretch, others: Sequence[Stretch]) -> bool:
    """Of the others that begin before it ends the last one ends last: it is met by that or by none."""
    begun = len(others) if one.ends is None else bisect_right(others, one.ends, key=lambda each: each.begins)
    return begun > 0 and others[begun - 1].meets(one)
