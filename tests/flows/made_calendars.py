"""The city's calendar changed by its administrator, and the run through the open cases."""

from datetime import date, datetime, timedelta

from anlan.cases.calendars import Day, DayKind
from anlan.cases.limits import TimeUnit
from anlan.cases.terms import TOTAL, Stage
from anlan.flows import manage_calendar as flows
from anlan.flows.recompute_deadlines import recompute_part
from anlan.store.models import CalendarRun, CalendarVersion, StageLimit
from tests.cast import Cast
from tests.conftest import NOON

TODAY = date(2026, 11, 23)
"""Noon of the tests is 20:00 of this Monday in the city."""

HOLIDAY = Day(DayKind.HOLIDAY, "台风停工")


def on(days: int) -> date:
    return TODAY + timedelta(days=days)


def working_limits(cast: Cast, **amounts: int) -> None:
    """Limits in working days for cases at the water, by stage."""
    for stage, amount in ({Stage.HANDLE: 3, Stage.VERIFY: 2} | amounts).items():
        StageLimit.objects.create(
            category=cast.open_water, stage=stage, amount=amount, unit=TimeUnit.WORKING_DAYS
        )


def whole_limit(cast: Cast, hours: int) -> None:
    StageLimit.objects.create(
        category=cast.open_water, stage=TOTAL, amount=hours, unit=TimeUnit.WORKING_HOURS
    )


def drafted(cast: Cast, *days: tuple[date, date, Day], now: datetime = NOON) -> CalendarVersion:
    """A draft with these days."""
    version = flows.begin_draft(acting_user=cast.grace, now=now)
    for first, last, day in days:
        version = flows.name_days(
            acting_user=cast.grace, revision=version.revision, first=first, last=last, day=day, now=now
        )
    return version


def tried(cast: Cast, *days: tuple[date, date, Day], from_day: date, now: datetime = NOON) -> CalendarVersion:
    version = drafted(cast, *days, now=now)
    return flows.try_draft(acting_user=cast.grace, revision=version.revision, from_day=from_day, now=now)


def announced(
    cast: Cast, *days: tuple[date, date, Day], from_day: date, now: datetime = NOON, why: str = "市里发文"
) -> CalendarRun:
    """Days put in force from a day on, and gone through the open cases."""
    version = tried(cast, *days, from_day=from_day, now=now)
    flows.put_in_force(acting_user=cast.grace, revision=version.revision, from_day=from_day, why=why, now=now)
    return gone_through(now)


def gone_through(now: datetime) -> CalendarRun:
    """The last run, to its end."""
    run = CalendarRun.objects.latest("pk")
    while recompute_part(acting_user=None, run_id=run.pk, now=now):
        pass
    run.refresh_from_db()
    return run
