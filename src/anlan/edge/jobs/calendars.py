"""Jobs of the calendar: a change goes through the open cases, what the country announces is noticed."""

from django.utils import timezone
from procrastinate.contrib.django import app

from anlan.flows import recompute_deadlines as recomputing
from anlan.flows.country_calendar import watch_country


@app.task(name="recompute_deadlines", queue="timers")
def recompute_deadlines(run_id: int) -> None:
    """Reckon the ends of all open cases anew, part by part."""
    while recomputing.recompute_part(acting_user=None, run_id=run_id, now=timezone.now()):
        pass


@app.periodic(cron="* * * * *")
@app.task(name="take_up_recomputing", queue="timers", queueing_lock="take_up_recomputing")
def take_up(timestamp: int) -> None:
    """Every minute: runs through the open cases that nobody works on any more go on."""
    for run in recomputing.unfinished():
        recompute_deadlines(run)


@app.periodic(cron="5 0 * * *")
@app.task(name="watch_country", queue="timers", queueing_lock="watch_country")
def watch(timestamp: int) -> None:
    """Every night: holidays that this release of anlan knows and the last one did not."""
    watch_country(acting_user=None, now=timezone.now())
