"""An alarm that became a case is over when its case is closed."""

from datetime import datetime

from anlan.flows.alarm_history import take
from anlan.flows.raise_alarms import release_held
from anlan.sensing.alarms.terms import AlarmCause, AlarmState, AlarmStep
from anlan.store.models import Alarm, Case, Silence, User
from anlan.store.readers.prepared import Given, Prepared

_RINGING = Prepared(
    lambda: Alarm.objects.filter(case=Given("case")).exclude(state=AlarmState.CLOSED).values_list("pk")[:1]
)


def close_with_case(case: Case, actor: User | None, now: datetime) -> None:
    """A case was verified and closed: what its alarms said was true, and is over."""
    if not _RINGING(case=case.pk):
        return
    ringing = Alarm.objects.select_for_update(of=("self",)).filter(case=case)
    for alarm in ringing.exclude(state=AlarmState.CLOSED).order_by("pk"):
        if alarm.state not in (AlarmState.ACKNOWLEDGED, AlarmState.CLEARED):
            continue  # abnormal again, or anew, and nobody has answered: that is another matter
        alarm.cause, alarm.false_alarm = AlarmCause.HAZARD, False
        alarm.closed_at, alarm.closed_by, alarm.next_step_at = now, actor, None
        alarm.held_by, alarm.held_why = None, ""
        values = {"cause": AlarmCause.HAZARD, "case": case.number}
        take(alarm, AlarmStep.CLOSE, now, actor=actor, note=case.number, values=values)
        Silence.objects.filter(alarm=alarm, ends=None).update(ends=now)
        release_held(alarm, now)
