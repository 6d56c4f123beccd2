"""Administrators of the city draft its calendar, see what would change, and put it in force from a day."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases import calendar_changes
from anlan.cases.calendar_changes import DayChange, beginning, check_begins, differences
from anlan.cases.calendar_tables import Source, kept
from anlan.cases.calendars import Day, Season, Version, Window
from anlan.flows.country_calendar import next_number, write_down_first
from anlan.flows.recompute_deadlines import begin_run, floor_of, reckon
from anlan.flows.staff_history import record, take_turns
from anlan.staff.granting import check_reach
from anlan.staff.terms import Action, Spot
from anlan.store import running_clocks
from anlan.store.models import CalendarVersion
from anlan.store.readers import calendars
from anlan.store.readers.limits import hold_calendar
from anlan.store.readers.managed import city_path
from anlan.store.readers.staff import Acting

LOOKS_AHEAD = timedelta(days=730)
"""Days that a preview compares, from the day of effect on."""

TRIED = 20_000
"""Open cases that a preview reckons anew: those that end first."""

SHOWN = 50
"""Cases that a preview names."""

LAST_YEAR = 3000


@transaction.atomic
def begin_draft(*, acting_user: Acting, now: datetime) -> CalendarVersion:
    """Begin a draft with what the city says now, or will say. Raises NotFound, Refused("draft_exists")."""
    take_turns()
    _check_may(acting_user)
    if calendars.draft() is not None:
        raise Refused("draft_exists")
    version = CalendarVersion.objects.create(
        source=Source.CITY,
        number=next_number(Source.CITY),
        content=kept(calendars.latest_of_city()),
        drafted_at=now,
        drafted_by=acting_user.user,
    )
    record(acting_user.user, "drafted", _subject(version), {}, now)
    return version


@transaction.atomic
def drop_draft(*, acting_user: Acting, revision: int, now: datetime) -> None:
    """Throw the draft away. Raises NotFound, Conflict."""
    version = _draft(acting_user, revision)
    record(acting_user.user, "dropped", _subject(version), {}, now)
    version.delete()


def set_hours(
    *,
    acting_user: Acting,
    revision: int,
    windows: Sequence[Window],
    seasons: Sequence[Season],
    week: Iterable[int],
    now: datetime,
) -> CalendarVersion:
    """Say when is worked: on which days of the week, in which hours, in seasons with hours of their own.

    Raises NotFound, Conflict, Refused("windows_overlap", "window_backwards", "seasons_overlap",
    "season_without_hours", "nothing_worked").
    """
    hours: dict[str, Any] = {"windows": tuple(windows), "seasons": tuple(seasons), "week": frozenset(week)}
    return _edit(acting_user, revision, lambda draft: replace(draft, **hours), now)


def name_days(
    *, acting_user: Acting, revision: int, first: date, last: date, day: Day, now: datetime
) -> CalendarVersion:
    """Say what the days from `first` to `last` are: a holiday, a make-up workday, a workday with own hours.

    Raises NotFound, Conflict, Refused("days_backwards", "days_too_many", "day_named_twice",
    "make_up_is_worked", "windows_overlap", "window_backwards").
    """
    return _edit(
        acting_user, revision, lambda draft: calendar_changes.with_days(draft, first, last, day), now
    )


def take_back_days(
    *, acting_user: Acting, revision: int, first: date, last: date, now: datetime
) -> CalendarVersion:
    """Say nothing more of these days. Raises NotFound, Conflict."""
    return _edit(acting_user, revision, lambda draft: calendar_changes.without_days(draft, first, last), now)


def replace_days(
    *, acting_user: Acting, revision: int, days: Mapping[date, Day], now: datetime
) -> CalendarVersion:
    """Put a table of days in the place of the draft's own, all of it or nothing.

    Raises NotFound, Conflict, Refused("make_up_is_worked", "windows_overlap", "window_backwards").
    """
    return _edit(acting_user, revision, lambda draft: calendar_changes.with_table(draft, days), now)


def announce_years(
    *, acting_user: Acting, revision: int, years: Iterable[int], now: datetime
) -> CalendarVersion:
    """Say of which years the table has all days, so that they are no longer assumed.

    Raises NotFound, Conflict, Refused("year_unlikely").
    """
    known = frozenset(years)
    if any(not now.year - 1 <= year < LAST_YEAR for year in known):
        raise Refused("year_unlikely", first=now.year - 1, last=LAST_YEAR - 1)
    return _edit(acting_user, revision, lambda draft: replace(draft, years=known), now)


@transaction.atomic
def try_draft(*, acting_user: Acting, revision: int, from_day: date, now: datetime) -> CalendarVersion:
    """See what would change from a day on: days, and ends of open cases; kept with the draft.

    Raises NotFound, Conflict, Refused("calendar_day_past", "versions_overlap", "calendar_follows",
    "own_day_before", "make_up_is_worked", "calendar_same").
    """
    version = _draft(acting_user, revision)
    draft = _beginning(version, from_day, now)
    before, after = calendars.calendar_in_force(), calendars.calendar_with(draft)
    days = differences(before, after, from_day, from_day + LOOKS_AHEAD)
    cases, total = running_clocks.touched(floor_of(from_day, after), TRIED)
    moved = reckon(cases, after, now).moved()
    version.preview = {
        "revision": revision,
        "at": now.isoformat(),
        "from_day": from_day.isoformat(),
        "days": [_kept_change(each) for each in days],
        "ends": {"of": total, "looked_at": len(cases)} | moved.told(SHOWN),
    }
    version.save(update_fields=["preview"])
    return version


@transaction.atomic
def put_in_force(
    *, acting_user: Acting, revision: int, from_day: date, why: str, now: datetime
) -> CalendarVersion:
    """Put the draft in force from a day on, and let the open cases follow; what lies before stays.

    Raises NotFound, Conflict, Refused("reason_missing", "calendar_not_tried") and what `try_draft` raises.
    """
    version = _draft(acting_user, revision)
    if not why.strip():
        raise Refused("reason_missing")
    preview = version.preview or {}
    if (preview.get("revision"), preview.get("from_day")) != (revision, from_day.isoformat()):
        raise Refused("calendar_not_tried")
    hold_calendar()
    write_down_first(now)
    draft = _beginning(version, from_day, now)
    version.content, version.in_force_from = kept(draft), from_day
    version.put_in_force_at, version.put_in_force_by, version.why = now, acting_user.user, why.strip()
    version.save()
    changes = {"in_force_from": (None, from_day), "why": (None, version.why)}
    record(acting_user.user, "put_in_force", _subject(version), changes, now)
    begin_run(version, from_day, why=version.why, asked_by=acting_user.user, now=now)
    return version


@transaction.atomic
def withdraw_version(*, acting_user: Acting, number: int, why: str, now: datetime) -> CalendarVersion:
    """Take back a version that has not begun; the ends of open cases go back too.

    Raises NotFound, Refused("reason_missing", "calendar_begun", "calendar_withdrawn").
    """
    take_turns()
    _check_may(acting_user)
    version = calendars.one_version(number)
    if not why.strip():
        raise Refused("reason_missing")
    if version.withdrawn_at is not None:
        raise Refused("calendar_withdrawn")
    day = version.in_force_from
    if day is None or day <= timezone.localdate(now):
        raise Refused("calendar_begun")
    hold_calendar()
    version.withdrawn_at, version.withdrawn_by, version.withdrawn_why = now, acting_user.user, why.strip()
    version.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    record(acting_user.user, "withdrawn", _subject(version), {"why": (None, version.withdrawn_why)}, now)
    begin_run(version, day, why=version.withdrawn_why, asked_by=acting_user.user, now=now)
    return version


def _beginning(version: CalendarVersion, from_day: date, now: datetime) -> Version:
    """The draft as it would come into force; raises what `try_draft` raises."""
    check_begins(from_day, timezone.localdate(now), calendars.days_of_others())
    before = calendars.calendar_in_force()
    country = before.version_on(from_day)
    draft = beginning(replace(calendars.version_of(version), announced=country.announced), from_day, before)
    calendar_changes.check_make_ups(draft)
    if kept(draft) == kept(beginning(replace(country, effective=None), from_day, before)):
        raise Refused("calendar_same")
    return draft


def _kept_change(change: DayChange) -> list[str]:
    """A day as a preview keeps it: when, what it was and is, the name, the hours before and after."""
    hours = (calendar_changes.hours_text(each) for each in (change.hours_before, change.hours_after))
    return [change.day.isoformat(), change.before.kind, change.after.kind, change.after.name, *hours]


@transaction.atomic
def _edit(
    acting: Acting, revision: int, edit: Callable[[Version], Version], now: datetime
) -> CalendarVersion:
    version = _draft(acting, revision)
    after = kept(edit(calendars.draft_over_country(version)))
    changes = _changes(version.content, after)
    if changes:
        version.content = after
        version.revision += 1
        version.save(update_fields=["content", "revision"])
        record(acting.user, "changed", _subject(version), changes, now)
    return version


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What says something else now; of days, only those that do."""
    parts = {name: (before[name], after[name]) for name in after if name != "days"}
    days = {
        day: (before["days"].get(day), after["days"].get(day)) for day in {**before["days"], **after["days"]}
    }
    return {name: pair for name, pair in {**parts, **days}.items() if pair[0] != pair[1]}


def _draft(acting: Acting, revision: int) -> CalendarVersion:
    """The draft, locked, as this person read it."""
    take_turns()
    _check_may(acting)
    version = CalendarVersion.objects.select_for_update().filter(put_in_force_at=None).first()
    if version is None:
        raise NotFound
    if version.revision != revision:
        raise Conflict(version.revision - revision)
    return version


def _check_may(acting: Acting) -> None:
    """The calendar belongs to the whole city."""
    check_reach(acting.memberships, Action.MANAGE_CALENDAR, Spot(city_path()))


def _subject(version: CalendarVersion) -> str:
    return f"calendar:{version.number}"
