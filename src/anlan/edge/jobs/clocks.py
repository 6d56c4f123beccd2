"""Timers of the clocks: stages near their end, or over it, are told one rung up."""

from django.utils import timezone
from procrastinate.contrib.django import app

from anlan.flows import escalate_cases as escalation
from anlan.flows.secure_case import tell_unsafe
from anlan.flows.verify_by_sensor import verify_by_sensors as verify_all


@app.periodic(cron="*/5 * * * *")
@app.task(name="escalate_cases", queue="timers", queueing_lock="escalate_cases")
def escalate_cases(timestamp: int) -> None:
    """Every five minutes: find what is due, then tell those who should hear."""
    escalation.escalate_cases(acting_user=None, now=timezone.now())
    escalation.tell_escalations(acting_user=None, now=timezone.now())
    tell_unsafe(acting_user=None, now=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="verify_by_sensors", queue="timers", queueing_lock="verify_by_sensors")
def verify_by_sensors(timestamp: int) -> None:
    """Every five minutes: rectified cases whose sensors are back to normal are verified and closed."""
    verify_all(acting_user=None, now=timezone.now())
