"""Jobs around what the public sees."""

from django.utils import timezone
from procrastinate.contrib.django import app

from anlan.flows import count_public


@app.periodic(cron="*/5 * * * *")
@app.task(name="add_up_counts", queue="timers", queueing_lock="add_up_counts")
def add_up_counts(timestamp: int) -> None:
    """Every five minutes: add up what changed in the counts of public cases, forget what was taken back."""
    count_public.add_up_counts(acting_user=None)
    count_public.forget_withdrawals(acting_user=None, now=timezone.now())
