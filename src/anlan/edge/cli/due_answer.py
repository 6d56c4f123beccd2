"""The answer of `anlan due`: what was typed, read; the deadline, explained in JSON or in sentences."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from anlan.base.errors import Refused
from anlan.base.tables import N_
from anlan.cases.announced_days import calendar as announced_calendar
from anlan.cases.calendars import WORKED, DayKind, WorkCalendar, read_season, read_windows
from anlan.cases.due_times import Pause
from anlan.cases.explaining import DayFacts, Explanation, Stretch, explain
from anlan.cases.limits import TimeUnit, read_limit
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.speaking import gettext, language

_MOST_LINES = 60

CITY = "city"
"""Names the calendar of the installation in place of a country's."""

LIMITS = {
    TimeUnit.EMERGENCY_HOURS: N_("%(n)s emergency hours (day and night)"),
    TimeUnit.WORKING_HOURS: N_("%(n)s working hours"),
    TimeUnit.WORKING_DAYS: N_("%(n)s working days"),
    TimeUnit.DAYS: N_("%(n)s days of the calendar"),
}
LIMITS_OF_ONE = {
    TimeUnit.EMERGENCY_HOURS: N_("1 emergency hour (day and night)"),
    TimeUnit.WORKING_HOURS: N_("1 working hour"),
    TimeUnit.WORKING_DAYS: N_("1 working day"),
    TimeUnit.DAYS: N_("1 day of the calendar"),
}
WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
KINDS = {
    DayKind.MAKE_UP: N_("make-up workday"),
    DayKind.HOLIDAY: N_("holiday"),
    DayKind.REST: N_("day of rest"),
}


@dataclass(frozen=True)
class Asked:
    """What was typed."""

    start: str
    limit: str
    calendar: str
    zone: str
    pauses: list[str]
    windows: str
    seasons: list[str]


def answer(asked: Asked, as_json: bool) -> None:
    """Print the deadline; what cannot be read is said in one sentence, exit 1."""
    try:
        pauses = [_pause(text) for text in asked.pauses]
        found = explain(_moment(asked.start), read_limit(asked.limit), _calendar(asked), pauses)
    except Refused as refusal:
        raise Problem(_sentence(refusal)) from None
    if as_json:
        print(json.dumps(_facts(found, asked), ensure_ascii=False))
        return
    with _speaking():
        print("\n".join(_lines(found)))


@contextmanager
def _speaking() -> Iterator[None]:
    """Have phrases in the language of the terminal; JSON needs none, and so no Django."""
    import django
    from django.utils import translation

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    django.setup()
    with translation.override(language()):
        yield


def _sentence(refusal: Refused) -> str:
    with _speaking():
        from anlan.edge.time_refusals import TIME_REFUSALS

        return str(TIME_REFUSALS[refusal.reason]) % refusal.facts


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refused("moment_unreadable", text=text) from None
    if at.utcoffset() is None:
        raise Refused("zone_missing", at=text)
    return at


def _pause(text: str) -> Pause:
    begins, slash, ends = text.partition("/")
    if not slash:
        raise Refused("pause_unreadable", text=text)
    return Pause(_moment(begins), _moment(ends))


def _calendar(asked: Asked) -> WorkCalendar:
    name = asked.calendar.strip()
    base = _citys(asked.zone) if name.lower() == CITY else announced_calendar(name, asked.zone)
    changes: dict[str, Any] = {"windows": read_windows(asked.windows)} if asked.windows else {}
    if asked.seasons:
        changes["seasons"] = tuple(read_season(text) for text in asked.seasons)
    if not changes:
        return base
    return WorkCalendar(base.zone, tuple(replace(version, **changes) for version in base.versions))


def _citys(other_zone: str) -> WorkCalendar:
    """The calendar that is in force in this installation, with what comes into force later."""
    from anlan.edge.cli.imports import saying
    from anlan.edge.cli.installation import opened, read_settings

    settings = read_settings()
    if settings.ANLAN_POSTGRES is not None and not settings.ANLAN_POSTGRES.exists():
        raise Refused("no_city", folder=settings.ANLAN_HOME)
    with opened(), saying.plainly():
        from anlan.store.readers.calendars import calendar_in_force

        found = calendar_in_force()
    return WorkCalendar(other_zone, found.versions) if other_zone else found


def _facts(found: Explanation, asked: Asked) -> dict[str, Any]:
    return {
        "due": found.due.isoformat(),
        "start": found.start.isoformat(),
        "counted_from": found.begun.isoformat(),
        "limit": {"amount": found.limit.amount, "unit": found.limit.unit.value},
        "calendar": asked.calendar,
        "zone": str(found.due.tzinfo),
        "pauses": [
            {
                "from": pause.begins.isoformat(),
                "to": pause.ends.isoformat(),
                "moved_seconds": moved.total_seconds(),
            }
            for pause, moved in found.pauses
        ],
        "counted": [
            {"from": stretch.begins.isoformat(), "to": stretch.ends.isoformat()}
            for stretch in found.stretches
        ],
        "days": [
            {"date": day.day.isoformat(), "kind": day.kind.value, "name": day.name} for day in found.days
        ],
        "assumed": list(found.assumed),
    }


def _lines(found: Explanation) -> Iterator[str]:
    yield gettext("Due %(when)s (%(zone)s)") % {"when": _when(found.due), "zone": found.due.tzinfo}
    limits = LIMITS_OF_ONE if found.limit.amount == 1 else LIMITS
    facts = {
        "limit": gettext(limits[found.limit.unit]) % {"n": found.limit.amount},
        "when": _when(found.begun),
    }
    yield gettext("%(limit)s, counted from %(when)s") % facts
    for pause, moved in found.pauses:
        ends = {"begins": _when(pause.begins.astimezone(found.due.tzinfo))}
        ends |= {"ends": _when(pause.ends.astimezone(found.due.tzinfo)), "moved": _span(moved)}
        yield gettext("Paused %(begins)s to %(ends)s: moves the end by %(moved)s") % ends
    yield gettext("Counted:")
    lines = list(_day_lines(found) if found.days else _stretch_lines(found))
    yield from lines[:_MOST_LINES]
    if len(lines) > _MOST_LINES:
        yield "  " + gettext("and %(more)s more") % {"more": len(lines) - _MOST_LINES}
    for year in found.assumed:
        yield gettext(
            "The holidays of %(year)s are not announced: assumed, by the days of the week alone."
        ) % {"year": year}


def _stretch_lines(found: Explanation) -> Iterator[str]:
    for stretch in found.stretches:
        yield f"  {_when(stretch.begins)} – {_when(stretch.ends)}"


def _day_lines(found: Explanation) -> Iterator[str]:
    """A line for each day that is worked, one for each row of days that are passed over."""
    by_day: dict[Any, list[Stretch]] = {}
    for stretch in found.stretches:
        by_day.setdefault(stretch.begins.date(), []).append(stretch)
    for (kind, name), days in groupby(found.days, key=lambda each: (each.kind, each.name)):
        run = list(days)
        if kind in WORKED:
            yield from (_worked_line(day, by_day.get(day.day, [])) for day in run)
        else:
            yield _passed_line(run, kind, name)


def _worked_line(day: DayFacts, stretches: list[Stretch]) -> str:
    hours = ", ".join(f"{each.begins:%H:%M}–{each.ends:%H:%M}" for each in stretches)
    label = f" ({gettext(KINDS[day.kind])})" if day.kind in KINDS else ""
    return f"  {_day(day)}  {hours or '–'}{label}"


def _passed_line(run: list[DayFacts], kind: DayKind, name: str) -> str:
    span = _day(run[0]) if len(run) == 1 else f"{_day(run[0])} – {_day(run[-1])}"
    words = gettext(KINDS[kind]) + (f": {name}" if name else "")
    return f"  {span}  – ({words})"


def _day(day: DayFacts) -> str:
    return f"{day.day.isoformat()} {gettext(WEEKDAYS[day.day.weekday()])}"


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d} {gettext(WEEKDAYS[at.weekday()])} {at:%H:%M}"


def _span(span: timedelta) -> str:
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    return gettext("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
