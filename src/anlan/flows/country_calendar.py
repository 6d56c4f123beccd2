"""The days that a country announces are written down: what it announces later leaves the past alone."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from anlan.cases.calendar_tables import Source, kept, kept_announced, same_ahead, written_down, years_around
from anlan.flows.recompute_deadlines import begin_run
from anlan.flows.staff_history import take_turns
from anlan.store.models import CalendarRun, CalendarVersion
from anlan.store.models.calendars import HOLDS
from anlan.store.readers import calendars
from anlan.store.readers.limits import hold_calendar


@transaction.atomic
def watch_country(*, acting_user: None, now: datetime) -> CalendarRun | None:
    """Write down what the country announces, when it is new; None where nothing is.

    A release of anlan brings holidays that were announced since, or the settings name another country: the
    ends of open cases follow from today on, and the past stays as it was known.
    """
    take_turns()
    today = timezone.localdate(now)
    last, live = calendars.latest_of_country(), calendars.installed().version_on(date.max)
    if last is not None and same_ahead(last, live, today):
        return None
    hold_calendar()
    if last is None:
        write_down_first(now)
        return None
    CalendarVersion.objects.filter(HOLDS, source=Source.COUNTRY, in_force_from=today).update(withdrawn_at=now)
    return begin_run(_write_down(today, now), today, why="", asked_by=None, now=now)


def write_down_first(now: datetime) -> None:
    """The country's days as they hold from ever, unless somebody wrote them down before."""
    if not CalendarVersion.objects.filter(source=Source.COUNTRY).exists():
        _write_down(None, now)


def next_number(source: Source) -> int:
    """The number of the next version of a source."""
    last = CalendarVersion.objects.filter(source=source).order_by("-number").first()
    return 1 if last is None else last.number + 1


def _write_down(from_day: date | None, now: datetime) -> CalendarVersion:
    live = calendars.installed().version_on(date.max)
    days = written_down(live.announced, years_around(timezone.localdate(now)))
    return CalendarVersion.objects.create(
        source=Source.COUNTRY,
        number=next_number(Source.COUNTRY),
        content=kept(live) | {"announced": kept_announced(days)},
        drafted_at=now,
        in_force_from=from_day,
        put_in_force_at=now,
    )
