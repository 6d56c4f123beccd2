"""The one way in which an alarm changes: its state by the table, a line of history, news to open pages."""

from collections.abc import Mapping
from datetime import datetime

from anlan.flows.tell_walls import tell_walls
from anlan.sensing.alarms.states import after
from anlan.sensing.alarms.terms import AlarmStep
from anlan.store.models import Alarm, AlarmEvent, User


def take(
    alarm: Alarm,
    step: AlarmStep,
    now: datetime,
    *,
    actor: User | None = None,
    note: str = "",
    values: Mapping[str, object] | None = None,
) -> AlarmEvent:
    """Take a step and save the alarm, locked by the caller. Raises Refused("alarm_step_not_allowed")."""
    before = alarm.state
    alarm.state, alarm.changed_at = after(before, step), now
    alarm.save()
    return write(alarm, step, now, before=before, actor=actor, note=note, values=values)


def write(
    alarm: Alarm,
    step: AlarmStep,
    now: datetime,
    *,
    before: str = "",
    actor: User | None = None,
    note: str = "",
    values: Mapping[str, object] | None = None,
) -> AlarmEvent:
    """Write one line of an alarm's history and tell open pages."""
    tell_walls(alarm.area_path)
    return AlarmEvent.objects.create(
        alarm=alarm,
        at=now,
        step=step,
        actor=actor,
        state_before=before,
        state_after=alarm.state,
        severity=alarm.severity,
        note=note.strip()[:500],
        values=dict(values or {}),
    )
