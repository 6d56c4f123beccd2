"""The city's calendar: what is in force, what was known when, its versions and its draft."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

from django.conf import settings
from django.db.models import Q, QuerySet

from anlan.base.errors import NotFound
from anlan.cases import announced_days
from anlan.cases.calendar_tables import Source, merged, taken, taken_announced
from anlan.cases.calendars import Version, WorkCalendar
from anlan.store.models import CalendarRun, CalendarVersion
from anlan.store.models.calendars import HOLDS

Row = tuple[int, datetime]
"""A version by its key and when it was put in force: the same pair always says the same."""

type KeptVersion = CalendarVersion
"""A version or the draft, as pages read it."""


def calendar_in_force() -> WorkCalendar:
    """The working time of the city, with what comes into force later; one query, two after a change."""
    return calendar_of(tuple(rows_in_force()))


def rows_in_force() -> QuerySet[CalendarVersion, Row]:
    """The versions that hold, as `calendar_of` takes them."""
    return _rows(CalendarVersion.objects.filter(HOLDS))


def calendar_of(rows: tuple[Row, ...]) -> WorkCalendar:
    """The calendar that these versions make; one query for those that this process has not seen."""
    return _built(rows, settings.ANLAN_CALENDAR, settings.TIME_ZONE) if rows else installed()


def calendar_known(at: datetime) -> WorkCalendar:
    """The calendar as it was known at a moment: without what was put in force after it, or withdrawn by then.

    The first days of the country that were written down held from ever. One query, two after a change.
    """
    by_then = Q(in_force_from=None) | Q(put_in_force_at__lte=at)
    kept = Q(withdrawn_at=None) | Q(withdrawn_at__gt=at)
    known = CalendarVersion.objects.filter(by_then & kept, put_in_force_at__isnull=False)
    return calendar_of(tuple(_rows(known)))


def changes_known_from() -> list[datetime]:
    """The moments at which what was known of the calendar changed, in their order; one query."""
    rows = CalendarVersion.objects.filter(put_in_force_at__isnull=False).exclude(in_force_from=None)
    pairs = rows.values_list("put_in_force_at", "withdrawn_at")
    return sorted({at for pair in pairs for at in pair if at is not None})


def calendar_with(draft: Version) -> WorkCalendar:
    """The calendar as it would be with a version of the city more; two queries."""
    rows = list(CalendarVersion.objects.filter(HOLDS))
    country, city = _versions(rows)
    return merged(settings.TIME_ZONE, country or installed().versions, [*city, draft])


def installed() -> WorkCalendar:
    """The calendar of the country that the settings name, as the packages of this release know it."""
    return announced_days.calendar(settings.ANLAN_CALENDAR, settings.TIME_ZONE)


def latest_of_country() -> Version | None:
    """The days of the country that were written down last."""
    found = CalendarVersion.objects.filter(HOLDS, source=Source.COUNTRY)
    row = found.order_by("-number").first()
    return None if row is None else version_of(row)


def latest_of_city() -> Version:
    """What the city says in the end, with what comes into force later; at first, what the settings say."""
    found = CalendarVersion.objects.filter(HOLDS, source=Source.CITY)
    row = found.order_by("-in_force_from").first()
    return installed().version_on(date.max) if row is None else version_of(row)


def days_of_others() -> dict[int, date]:
    """The days from which the city's versions are in force, by their numbers."""
    found = CalendarVersion.objects.filter(HOLDS, source=Source.CITY)
    return {number: day for number, day in found.values_list("number", "in_force_from") if day}


def draft() -> CalendarVersion | None:
    """The draft, if there is one."""
    return CalendarVersion.objects.filter(put_in_force_at=None).select_related("drafted_by").first()


def draft_over_country(row: CalendarVersion) -> Version:
    """What the draft says, over the days that the country announced in the end; two queries."""
    return replace(version_of(row), announced=calendar_in_force().version_on(date.max).announced)


def versions() -> list[CalendarVersion]:
    """All that was put in force, the newest first, without what it says."""
    found = CalendarVersion.objects.filter(put_in_force_at__isnull=False)
    people = found.select_related("put_in_force_by", "withdrawn_by")
    return list(people.defer("content", "preview").order_by("-put_in_force_at", "-pk"))


def one_version(number: int) -> CalendarVersion:
    """A version of the city that was put in force. Raises NotFound."""
    found = CalendarVersion.objects.filter(
        source=Source.CITY, number=number, put_in_force_at__isnull=False
    ).first()
    if found is None:
        raise NotFound
    return found


def runs() -> list[CalendarRun]:
    """The last runs through the open cases, the newest first."""
    return list(CalendarRun.objects.select_related("version").order_by("-pk")[:20])


def version_of(row: CalendarVersion) -> Version:
    """What a row says, with the country's days where it holds some."""
    announced = row.content.get("announced")
    return taken(row.content, row.in_force_from, None if announced is None else taken_announced(announced))


def _rows(versions: QuerySet[CalendarVersion]) -> QuerySet[CalendarVersion, Row]:
    return versions.order_by("pk").values_list("pk", "put_in_force_at")  # type: ignore[return-value]


@lru_cache(maxsize=32)
def _built(rows: tuple[Row, ...], code: str, zone: str) -> WorkCalendar:
    """The calendar of these rows, which never change: built once in each process."""
    country, city = _versions(CalendarVersion.objects.filter(pk__in=[pk for pk, _ in rows]))
    return merged(zone, country or announced_days.calendar(code, zone).versions, city)


def _versions(rows: Iterable[CalendarVersion]) -> tuple[list[Version], list[Version]]:
    """The country's and the city's."""
    country: list[Version] = []
    city: list[Version] = []
    for row in rows:
        (country if row.source == Source.COUNTRY else city).append(version_of(row))
    return country, city
