"""Jobs of other senders' warnings: feeds are asked, what is over ends; never two at once."""

from django.utils import timezone
from procrastinate.contrib.django import app

from anlan.flows.hear_warnings import expire_heard, forget_heard, hear_feeds


@app.periodic(cron="* * * * *")
@app.task(name="hear_feeds", queue="notices", lock="feeds", queueing_lock="hear_feeds")
def hear(timestamp: int) -> None:
    """Every minute: what is over ends, then feeds that are due are asked."""
    expire_heard(acting_user=None, now=timezone.now())
    hear_feeds(acting_user=None, now=timezone.now())


@app.periodic(cron="58 3 * * *")
@app.task(name="forget_heard", queue="timers", queueing_lock="forget_heard")
def forget(timestamp: int) -> None:
    """Every night: forget messages that were over long ago."""
    forget_heard(acting_user=None, now=timezone.now())
