"""Jobs that send cases to other cities and hear what becomes of them; never two at once."""

from django.utils import timezone
from procrastinate.contrib.django import app

from anlan.flows import other_cities


@app.periodic(cron="* * * * *")
@app.task(name="hand_over_cases", queue="notices", lock="other_cities", queueing_lock="hand_over_cases")
def hand_over(timestamp: int) -> None:
    """Every minute: cases that were accepted, and further tries."""
    other_cities.gather_cases(acting_user=None, now=timezone.now())
    other_cities.hand_over_cases(acting_user=None, now=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="hear_other_cities", queue="notices", lock="other_cities", queueing_lock="hear_other_cities")
def hear(timestamp: int) -> None:
    """Every ten minutes: what became of them, and requests that other cities have for us."""
    other_cities.follow_cases(acting_user=None, now=timezone.now())
    other_cities.fetch_requests(acting_user=None, now=timezone.now())
