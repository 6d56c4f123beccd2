"""Who is on duty for an area at one of the three levels."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from anlan.places.terms import Level
from anlan.sensing.alarms.terms import DutyLevel
from anlan.staff.terms import Role
from anlan.store.models import Membership, Shift, Unit, User
from anlan.store.readers.receivers import codes_over

LEVEL_OF = {
    DutyLevel.TOWNSHIP: Level.TOWNSHIP,
    DutyLevel.COUNTY: Level.COUNTY,
    DutyLevel.CITY: Level.CITY,
}


@dataclass(frozen=True)
class OnDuty:
    """Somebody who hears of alarms now, for their unit; `user` is the stand-in where there is one."""

    user: User
    unit: Unit
    area_path: str
    until: datetime | None
    is_stand_in: bool


def on_duty(area_path: str, level: DutyLevel, at: datetime) -> list[OnDuty]:
    """Those who hear of an alarm here at this level: by the roster, else all dispatchers of the level."""
    rostered = [_of_shift(each) for each in _shifts(area_path, at, LEVEL_OF[level])]
    return rostered or _dispatchers(area_path, LEVEL_OF[level])


def duty_rows(area_path: str, at: datetime) -> list[OnDuty]:
    """Those on duty for an area and every area over it, the nearest first; two queries."""
    found = [_of_shift(each) for each in _shifts(area_path, at)]
    return sorted(found, key=lambda each: (-len(each.area_path), each.unit.code, each.user.pk))


def _shifts(area_path: str, at: datetime, level: Level | None = None) -> list[Shift]:
    found = Shift.objects.filter(
        area__code__in=codes_over(area_path),
        begins__lte=at,
        ends__gt=at,
        unit__active=True,
        **({"area__level": level} if level else {}),
    )
    return list(found.select_related("user", "stand_in", "unit").order_by("user_id", "pk"))


def _of_shift(shift: Shift) -> OnDuty:
    return OnDuty(
        shift.stand_in or shift.user, shift.unit, shift.area_path, shift.ends, shift.stand_in is not None
    )


def _dispatchers(area_path: str, level: Level) -> list[OnDuty]:
    which = Q(role=Role.DISPATCHER, area__code__in=codes_over(area_path), area__level=level)
    found = Membership.objects.filter(which, user__is_active=True, unit__active=True)
    rows = found.select_related("user", "unit").order_by("user_id", "-area_path").distinct("user_id")
    return [OnDuty(each.user, each.unit, each.area_path, None, False) for each in rows]
