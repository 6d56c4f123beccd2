"""Jobs of warnings: those whose time is over end; those that were issued are told."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from anlan.flows import issue_warnings
from anlan.flows.deliver_warnings import deliver_warnings, forget_told
from anlan.flows.tell_warnings import tell_warning

AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4)


@app.periodic(cron="* * * * *")
@app.task(name="expire_warnings", queue="timers", queueing_lock="expire_warnings")
def expire(timestamp: int) -> None:
    """Every minute: warnings whose end has come."""
    issue_warnings.expire_warnings(acting_user=None, now=timezone.now())


@app.task(name="tell_warning", queue="notices", retry=AGAIN)
def tell(warning_id: int) -> None:
    """A warning was issued: who hears of it, and the messages that may leave at once."""
    tell_warning(acting_user=None, warning_id=warning_id, now=timezone.now())
    _deliver_all()


@app.periodic(cron="* * * * *")
@app.task(name="deliver_warnings", queue="notices", queueing_lock="deliver_warnings")
def deliver(timestamp: int) -> None:
    """Every minute: further tries, what waited for the end of quiet hours, what a killed worker left."""
    _deliver_all()


@app.periodic(cron="55 3 * * *")
@app.task(name="forget_told_warnings", queue="timers", queueing_lock="forget_told_warnings")
def forget(timestamp: int) -> None:
    """Every night: forget who was told of warnings that ended long ago."""
    forget_told(acting_user=None, now=timezone.now())


def _deliver_all() -> None:
    while deliver_warnings(acting_user=None, now=timezone.now()):
        pass
