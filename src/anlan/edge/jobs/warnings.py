"""Timer of warnings: those whose time is over end."""

from django.utils import timezone
from procrastinate.contrib.django import app

from anlan.flows import issue_warnings


@app.periodic(cron="* * * * *")
@app.task(name="expire_warnings", queue="timers", queueing_lock="expire_warnings")
def expire(timestamp: int) -> None:
    """Every minute: warnings whose end has come."""
    issue_warnings.expire_warnings(acting_user=None, now=timezone.now())
