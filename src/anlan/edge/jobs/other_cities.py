"""Jobs that send cases to other cities and hear what becomes of them; never two at once."""

from django.utils import timezone
from procrastinate.contrib.django import app

from anlan.flows.fetch_cities import fetch_requests
from anlan.flows.follow_cities import follow_cases
from anlan.flows.other_cities import gather_cases, hand_over_cases, send_photos


@app.periodic(cron="* * * * *")
@app.task(name="hand_over_cases", queue="notices", lock="other_cities", queueing_lock="hand_over_cases")
def hand_over(timestamp: int) -> None:
    """Every minute: cases that were accepted, and further tries."""
    gather_cases(acting_user=None, now=timezone.now())
    hand_over_cases(acting_user=None, now=timezone.now())
    send_photos(acting_user=None, now=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="hear_other_cities", queue="notices", lock="other_cities", queueing_lock="hear_other_cities")
def hear(timestamp: int) -> None:
    """Every ten minutes: what became of them, and requests that other cities have for us."""
    follow_cases(acting_user=None, now=timezone.now())
    fetch_requests(acting_user=None, now=timezone.now())
