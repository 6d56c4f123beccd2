"""The timer of areas: those whose day has come begin or end."""

from django.utils import timezone
from procrastinate.contrib.django import app

from anlan.flows import turn_areas as turning


@app.periodic(cron="*/10 * * * *")
@app.task(name="turn_areas", queue="timers", queueing_lock="turn_areas")
def turn_areas(timestamp: int) -> None:
    """Every ten minutes: soon after midnight in the city, and after the worker was down."""
    turning.turn_areas(acting_user=None, now=timezone.now())
