"""A city changes its own calendar in a draft, which comes into force without touching what was before."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from anlan.base.errors import Refused
from anlan.cases.calendars import Day, DayKind, Version, Window, WorkCalendar, window_text

MOST_AT_ONCE = 62
"""Days that are named in one go: the longest holiday there is, twice."""

MOST_DAYS = 1500
"""Days that a table holds, far more than any city decides ahead."""

OWN_KINDS = (DayKind.HOLIDAY, DayKind.MAKE_UP, DayKind.WORKDAY)
"""What a city may say of a day; a workday has hours of its own, or is one that the country leaves free."""


class DayChange(NamedTuple):
    """A day that is another one in a new calendar."""

    day: date
    before: Day
    after: Day
    hours_before: tuple[Window, ...]
    hours_after: tuple[Window, ...]


def with_days(version: Version, first: date, last: date, found: Day) -> Version:
    """The draft with these days, both included.

    Raises Refused("days_backwards"), Refused("days_too_many"), Refused("day_named_twice") where one of them
    is in the table already, Refused("make_up_is_worked"), and what `Version` raises.
    """
    count = (last - first).days + 1
    if count < 1:
        raise Refused("days_backwards", first=first.isoformat(), last=last.isoformat())
    if count > MOST_AT_ONCE or count + len(version.own_days) > MOST_DAYS:
        raise Refused("days_too_many", most=MOST_AT_ONCE)
    days = [first + timedelta(days=n) for n in range(count)]
    twice = next((day for day in days if day in version.own_days), None)
    if twice is not None:
        raise Refused("day_named_twice", day=twice.isoformat(), name=version.own_days[twice].name)
    changed = replace(version, own_days={**version.own_days, **dict.fromkeys(days, found)})
    check_make_ups(changed, days)
    return changed


def with_table(version: Version, days: Mapping[date, Day]) -> Version:
    """The draft with these days in the place of its own.

    Raises Refused("make_up_is_worked"), and what `Version` raises.
    """
    changed = replace(version, own_days=dict(days))
    check_make_ups(changed)
    return changed


def check_make_ups(version: Version, days: Iterable[date] | None = None) -> None:
    """Raise Refused("make_up_is_worked") where a make-up workday would be a workday anyhow.

    Somebody mistyped the date then, or means a workday with hours of its own.
    """
    for day in sorted(version.own_days if days is None else days):
        anyhow = version.day_without_own(day).kind
        if version.own_days[day].kind is DayKind.MAKE_UP and anyhow is DayKind.WORKDAY:
            raise Refused("make_up_is_worked", day=day.isoformat())


def without_days(version: Version, first: date, last: date) -> Version:
    """The draft without its own word on these days, both included."""
    left = {day: found for day, found in version.own_days.items() if not first <= day <= last}
    return replace(version, own_days=left)


def beginning(draft: Version, day: date, before: WorkCalendar) -> Version:
    """The draft as it comes into force on `day`: what lies before is not its own to say.

    Days before that only repeat the calendar until now fall away. Raises Refused("own_day_before") for one
    that says something else: the past stays as it was.
    """
    for own, found in draft.own_days.items():
        if own < day and before.version_on(own).windows_of(own) != draft.windows_of(own):
            raise Refused("own_day_before", day=own.isoformat(), name=found.name, begins=day.isoformat())
    ahead = {own: found for own, found in draft.own_days.items() if own >= day}
    return replace(draft, own_days=ahead, effective=day)


def check_begins(day: date, today: date, others: Mapping[int, date]) -> None:
    """May a version begin on `day`? `others` are the days of those in force or ahead, by number.

    Raises Refused("calendar_day_past"), Refused("versions_overlap") where one begins on that day,
    Refused("calendar_follows") where one that nobody withdrew begins later: the two would contradict.
    """
    if day < today:
        raise Refused("calendar_day_past", today=today.isoformat())
    if day in others.values():
        raise Refused("versions_overlap", day=day.isoformat())
    later = [(begins, number) for number, begins in others.items() if begins > day]
    if later:
        begins, number = max(later)
        raise Refused("calendar_follows", day=begins.isoformat(), number=number)


def differences(before: WorkCalendar, after: WorkCalendar, first: date, last: date) -> list[DayChange]:
    """The days from `first` to `last` on which other hours are worked, or which bear another name."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [change for day in days if (change := _change(day, before, after)) is not None]


def _change(day: date, before: WorkCalendar, after: WorkCalendar) -> DayChange | None:
    old, new = before.version_on(day), after.version_on(day)
    found = DayChange(day, old.day(day), new.day(day), old.windows_of(day), new.windows_of(day))
    same = found.hours_before == found.hours_after and found.before.name == found.after.name
    return None if same and found.before.kind == found.after.kind else found


def hours_text(windows: Iterable[Window]) -> str:
    """Windows as "08:30-12:00, 14:00-17:30"; "" for a day that is not worked."""
    return ", ".join(window_text(window) for window in windows)
