"""What people do with an alarm: see to it, ask for quiet, say what it was."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Model, QuerySet

from anlan.base.errors import NotFound, Refused
from anlan.flows.alarm_history import take
from anlan.flows.raise_alarms import release_held
from anlan.flows.tell_walls import tell_walls
from anlan.sensing.alarms.closing import check_closing
from anlan.sensing.alarms.silencing import check_silence
from anlan.sensing.alarms.terms import UNANSWERED, AlarmStep
from anlan.staff.terms import Action
from anlan.store.models import Alarm, AlarmRule, Area, Device, Silence, Site
from anlan.store.readers.staff import Acting, scope_q


@transaction.atomic
def acknowledge(*, acting_user: Acting, alarm_id: int, doing: str, now: datetime) -> Alarm:
    """Somebody sees to it, and says how; no level above hears any more, the alarm stays open.

    Raises NotFound, Refused("doing_missing"), Refused("alarm_step_not_allowed").
    """
    alarm = alarm_for(acting_user, alarm_id, Action.HANDLE_ALARM)
    if not doing.strip():
        raise Refused("doing_missing")
    alarm.acknowledged_at, alarm.acknowledged_by = now, acting_user.user
    alarm.doing, alarm.next_step_at = doing.strip()[:500], None
    take(alarm, AlarmStep.ACKNOWLEDGE, now, actor=acting_user.user, note=doing)
    return alarm


@transaction.atomic
def close_alarm(
    *,
    acting_user: Acting,
    alarm_id: int,
    cause: str,
    false_alarm: bool | None,
    note: str,
    now: datetime,
) -> Alarm:
    """Say what it was, and whether it was a false alarm; what it stood for stands alone.

    Raises NotFound, Refused("cause_missing"), ("false_alarm_unanswered"), ("alarm_step_not_allowed").
    """
    alarm = alarm_for(acting_user, alarm_id, Action.HANDLE_ALARM)
    check_closing(cause, false_alarm)
    alarm.cause, alarm.false_alarm, alarm.note = cause, false_alarm, note.strip()[:500]
    alarm.closed_at, alarm.closed_by, alarm.next_step_at = now, acting_user.user, None
    alarm.held_by, alarm.held_why = None, ""
    take(alarm, AlarmStep.CLOSE, now, actor=acting_user.user, note=note, values={"cause": cause})
    Silence.objects.filter(alarm=alarm, ends=None).update(ends=now)
    release_held(alarm, now)
    return alarm


@dataclass(frozen=True)
class Asked:
    """Quiet about what, until when, and why; of device, site, rule and alarm all that are given must fit."""

    area_code: str
    reason: str
    begins: datetime
    ends: datetime | None
    device: str = ""
    site: str = ""
    rule: str = ""
    alarm_id: int | None = None


@transaction.atomic
def silence_alarms(*, acting_user: Acting, asked: Asked, now: datetime) -> Silence:
    """Ask for quiet. What is silenced stays on every page; unanswered, it is told when the silence ends.

    Raises NotFound, Refused of `check_silence`.
    """
    area = _area(acting_user, asked.area_code)
    check_silence(asked.begins, asked.ends, asked.reason, until_resolved=asked.alarm_id is not None)
    alarm = alarm_for(acting_user, asked.alarm_id, Action.SILENCE_ALARM) if asked.alarm_id else None
    silence = Silence.objects.create(
        area=area,
        area_path=area.path,
        device=_named(Device.objects.filter(area_path__startswith=area.path), "name", asked.device),
        site=_named(Site.objects.filter(area_path__startswith=area.path), "code", asked.site),
        rule=_named(AlarmRule.objects.all(), "code", asked.rule),
        alarm=alarm,
        reason=asked.reason.strip()[:500],
        begins=asked.begins,
        ends=asked.ends,
        made_at=now,
        made_by=acting_user.user,
    )
    tell_walls(area.path)
    return silence


@transaction.atomic
def end_silence(*, acting_user: Acting, silence_id: int, now: datetime) -> Silence:
    """End a silence early: what nobody answered is told now. Raises NotFound, Refused("silence_over")."""
    found = Silence.objects.filter(scope_q(acting_user, Action.SILENCE_ALARM, unit=None), pk=silence_id)
    silence = found.select_for_update().first()
    if silence is None:
        raise NotFound
    if silence.ends is not None and silence.ends <= now:
        raise Refused("silence_over")
    silence.ends, silence.ended_by = max(now, silence.begins), acting_user.user
    silence.save(update_fields=["ends", "ended_by"])
    waiting = Alarm.objects.filter(
        area_path__startswith=silence.area_path, state__in=UNANSWERED, held_by=None
    )
    waiting.filter(told__silence=silence).update(next_step_at=now)
    tell_walls(silence.area_path)
    return silence


def alarm_for(acting: Acting, alarm_id: int, action: Action) -> Alarm:
    """The alarm, locked, when this person may do `action` to it. Raises NotFound."""
    found = Alarm.objects.filter(scope_q(acting, action), pk=alarm_id)
    alarm = found.select_for_update(of=("self",)).first()
    if alarm is None:
        raise NotFound
    return alarm


def _area(acting: Acting, code: str) -> Area:
    found = Area.objects.filter(
        scope_q(acting, Action.SILENCE_ALARM, area="path", unit=None), code=code, in_use=True
    )
    area = found.first()
    if area is None:
        raise NotFound
    return area


def _named[T: Model](rows: QuerySet[T], column: str, name: str) -> T | None:
    """The row of this name, None when no name is given. Raises NotFound."""
    if not name:
        return None
    found = rows.filter(**{column: name}).first()
    if found is None:
        raise NotFound
    return found
