"""The time limits of a case: its category's own, in the city's calendar."""

from collections.abc import Iterable

from django.db import connection
from django.utils import timezone

from anlan.cases import deadlines
from anlan.cases.calendars import WorkCalendar
from anlan.cases.deadlines import Terms
from anlan.cases.limits import WORKING
from anlan.store.models import Case, Category, StageClock, StageLimit
from anlan.store.readers.calendars import calendar_in_force, calendar_of, rows_in_force
from anlan.store.readers.gathered import Gathered, Whole
from anlan.store.readers.prepared import Given

_CALENDAR = 7_301_002
"""Key of the lock under which the calendar changes."""


def city_calendar() -> WorkCalendar:
    """The working time of the city, which does not change before this transaction ends.

    For flows that promise something by it: who changes the calendar waits for them, and then finds all that
    was promised by the old one. Two queries, three after a change.
    """
    _lock("pg_advisory_xact_lock_shared")
    return calendar_in_force()


def hold_calendar() -> None:
    """Let nobody promise anything by the calendar until this transaction, which changes it, ends."""
    _lock("pg_advisory_xact_lock")


def terms_for(category: Category, severity: str) -> Terms:
    """What holds for a case of this category and severity; two queries, three after a change of the calendar.

    The calendar does not change before this transaction ends: see `city_calendar`.
    """
    _lock("pg_advisory_xact_lock_shared")
    found = _HELD(category=category.pk)
    limits = [_LIMIT.made(row) for row in found["limits"]]
    return deadlines.terms(category, limits, severity, calendar_of(tuple(found["calendar"])))


_LIMIT = Whole(StageLimit)
_HELD = Gathered(
    limits=lambda: (
        StageLimit.objects.filter(category_id=Given("category"))
        .order_by("stage", "severity")
        .values_list(*_LIMIT.names())
    ),
    calendar=rows_in_force,
)


def limits_of(category: Category) -> list[StageLimit]:
    """The limits of a category, by stage and severity."""
    return list(StageLimit.objects.filter(category=category).order_by("stage", "severity"))


def assumed_year(case: Case) -> int | None:
    """The year in which the stage of a case ends, where nobody has announced the holidays of it yet.

    None where they are announced, or where the stage counts all days alike. Two queries.
    """
    due_at = case.due_at if case.stage else None
    year = timezone.localtime(due_at).year if due_at else 0
    return year if year in assumed_years(case) else None


def assumed_years(case: Case) -> list[int]:
    """The years in which something of a case ends by working time, and whose holidays nobody announced yet.

    Two queries.
    """
    return assumed_among(StageClock.objects.filter(case=case, ended_at=None), calendar_in_force())


def assumed_among(running: Iterable[StageClock], calendar: WorkCalendar) -> list[int]:
    """The same of clocks that run."""
    ends = (clock.due_at for clock in running if clock.due_at and clock.time_unit in WORKING)
    years = {timezone.localtime(end).year for end in ends}
    return sorted(year for year in years if calendar.is_assumed(year))


def _lock(how: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {how}(%s)", [_CALENDAR])
