"""Who is on duty when, who stands in, and after how many minutes which level hears."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.flows.staff_history import record
from anlan.flows.tell_walls import tell_walls
from anlan.sensing.alarms.stepping import check_minutes
from anlan.sensing.alarms.terms import DutyLevel
from anlan.sensing.terms import Colour
from anlan.staff.terms import Action
from anlan.store.models import AlarmPolicy, Area, Membership, Shift, User
from anlan.store.readers.staff import Acting, scope_q

LONGEST = timedelta(days=31)


@dataclass(frozen=True)
class OnShift:
    """Who is on duty for an area from when to when; `phone` is that of the duty desk."""

    area_code: str
    user: str
    begins: datetime
    ends: datetime
    stand_in: str = ""
    phone: str = ""


@transaction.atomic
def add_shift(*, acting_user: Acting, shift: OnShift, now: datetime) -> Shift:
    """Put somebody on the roster of an area.

    Raises NotFound (area), Refused("shift_ends_first", "shift_too_long", "shift_over", "shift_twice",
    "not_on_staff_here").
    """
    area = _area(acting_user, shift.area_code)
    if shift.ends <= shift.begins:
        raise Refused("shift_ends_first")
    if shift.ends - shift.begins > LONGEST:
        raise Refused("shift_too_long", days=LONGEST.days)
    if shift.ends <= now:
        raise Refused("shift_over")
    member = _member(area, shift.user)
    stand_in = _member(area, shift.stand_in).user if shift.stand_in else None
    others = Shift.objects.filter(area=area, user=member.user, begins__lt=shift.ends, ends__gt=shift.begins)
    if others.exists():
        raise Refused("shift_twice")
    row = Shift.objects.create(
        area=area,
        area_path=area.path,
        unit=member.unit,
        user=member.user,
        stand_in=stand_in,
        begins=shift.begins,
        ends=shift.ends,
        phone=shift.phone,
    )
    _record(acting_user.user, "added", row, now)
    return row


@transaction.atomic
def set_stand_in(*, acting_user: Acting, shift_id: int, stand_in: str, now: datetime) -> Shift:
    """Say who stands in for somebody on duty, "" for nobody. Raises NotFound, Refused("shift_over",
    "not_on_staff_here")."""
    row = _shift(acting_user, shift_id, now)
    row.stand_in = _member(row.area, stand_in).user if stand_in else None
    row.save(update_fields=["stand_in"])
    _record(acting_user.user, "changed", row, now)
    return row


@transaction.atomic
def end_shift(*, acting_user: Acting, shift_id: int, now: datetime) -> None:
    """End a shift that runs, or take away one to come. Raises NotFound, Refused("shift_over")."""
    row = _shift(acting_user, shift_id, now)
    _record(acting_user.user, "ended", row, now)
    if row.begins >= now:
        row.delete()
        return
    row.ends = now
    row.save(update_fields=["ends"])


@transaction.atomic
def set_policy(
    *, acting_user: Acting, severity: Colour, minutes: Mapping[DutyLevel, int], why: str, now: datetime
) -> AlarmPolicy:
    """Say for the whole city after how many minutes without an answer which level hears.

    Raises Refused("not_permitted") and those of `check_minutes`.
    """
    if not acting_user.may_in_whole_city(Action.MANAGE_RULES):
        raise Refused("not_permitted", action=Action.MANAGE_RULES)
    check_minutes(minutes)
    kept = {str(int(level)): after for level, after in sorted(minutes.items())}
    record(acting_user.user, "changed", f"alarm-policy:{severity}", {"minutes": (None, str(kept))}, now)
    return AlarmPolicy.objects.create(
        severity=severity, minutes=kept, in_force_from=now, made_by=acting_user.user, why=why.strip()[:500]
    )


def _area(acting: Acting, code: str) -> Area:
    mine = scope_q(acting, Action.MANAGE_ROSTERS, area="path", unit=None)
    found = Area.objects.filter(mine, code=code, in_use=True).first()
    if found is None:
        raise NotFound
    return found


def _shift(acting: Acting, shift_id: int, now: datetime) -> Shift:
    mine = Shift.objects.filter(scope_q(acting, Action.MANAGE_ROSTERS, unit=None), pk=shift_id)
    row = mine.select_for_update(of=("self",)).select_related("area", "user").first()
    if row is None:
        raise NotFound
    if row.ends <= now:
        raise Refused("shift_over")
    return row


def _member(area: Area, username: str) -> Membership:
    """Somebody with a role for this area, or for one over it. Raises Refused("not_on_staff_here")."""
    found = Membership.objects.filter(user__username=username, user__is_active=True, unit__active=True)
    for each in found.select_related("user", "unit", "area").order_by("-area_path", "pk"):
        if area.path.startswith(each.area_path) or each.area_path.startswith(area.path):
            return each
    raise Refused("not_on_staff_here", name=username)


def _record(user: User, action: str, row: Shift, now: datetime) -> None:
    said = f"{row.user.username} {row.begins.isoformat()} – {row.ends.isoformat()}"
    if row.stand_in is not None:
        said += f" ({row.stand_in.username})"
    record(user, action, f"shift:{row.area.code}", {"shift": (None, said)}, now)
    tell_walls(row.area_path)
