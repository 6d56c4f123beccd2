"""Jobs of alarms: the levels that must hear now, and the messages that go to them."""

import json

from django.utils import timezone
from procrastinate.contrib.django import app

from anlan.flows.alarm_cases import case_by_rule
from anlan.flows.deliver_alarms import deliver_alarms
from anlan.flows.judge_silence import judge_silence
from anlan.flows.raise_later import raise_waiting
from anlan.flows.tell_alarms import tell_alarm, tell_due


@app.task(name="alarm_step", queue="notices")
def step(alarm_id: int) -> None:
    """An alarm was raised, got worse, or stands alone again: who is due hears at once."""
    now = timezone.now()
    tell_alarm(acting_user=None, alarm_id=alarm_id, now=now)
    _deliver_all()


@app.periodic(cron="* * * * *")
@app.task(name="tell_alarms", queue="notices", queueing_lock="tell_alarms")
def tell(timestamp: int) -> None:
    """Every minute: the next levels, silences that ended, and what a killed worker left."""
    while tell_due(acting_user=None, now=timezone.now()):
        pass
    _deliver_all()


@app.periodic(cron="* * * * *")
@app.task(name="judge_silence", queue="timers", queueing_lock="judge_silence")
def silence(timestamp: int) -> None:
    """Every minute: which devices have said nothing for too long, by the rules about missing data."""
    judge_silence(acting_user=None, now=timezone.now())


@app.task(name="raise_alarms", queue="notices")
def raise_rest(firings: str) -> None:
    """More was found at once than a batch of readings waits for."""
    raise_waiting(acting_user=None, firings=json.loads(firings), now=timezone.now())


@app.task(name="alarm_case", queue="notices")
def open_case(alarm_id: int) -> None:
    """The rule of an alarm says that its alarms become cases."""
    case_by_rule(acting_user=None, alarm_id=alarm_id, now=timezone.now())


def _deliver_all() -> None:
    while deliver_alarms(acting_user=None, now=timezone.now()):
        pass
