"""Jobs that tell people and other systems what happened."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from anlan.flows import follow_public
from anlan.flows import notify as notices
from anlan.flows.answer_mail import answer_event
from anlan.flows.deliver_notices import deliver_notices, forget_notices
from anlan.flows.follow_public import forget_unconfirmed
from anlan.flows.tell_followers import deliver_news, tell_followers

AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4)


@app.task(name="notify", queue="notices", retry=AGAIN)
def notify(event_id: int) -> None:
    """Write who hears of an event, and send what may leave at once; jobs of one case run in their order."""
    now = timezone.now()
    told = notices.notify(acting_user=None, event_id=event_id, now=now)
    answer_event(acting_user=None, event_id=event_id)
    if told + tell_followers(acting_user=None, event_id=event_id, now=now):
        _deliver_all()


@app.task(name="ask_follower", queue="notices", retry=AGAIN)
def ask_follower(follow_id: int) -> None:
    """Ask an address whether it wants to hear of what somebody named."""
    follow_public.ask_follower(acting_user=None, follow_id=follow_id, now=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="deliver_notices", queue="notices", queueing_lock="deliver_notices")
def deliver(timestamp: int) -> None:
    """Every minute: digests, what waited for the end of quiet hours, and further tries."""
    _deliver_all()


@app.periodic(cron="50 3 * * *")
@app.task(name="forget_notices", queue="timers", queueing_lock="forget_notices")
def forget(timestamp: int) -> None:
    """Every night: forget what was sent or seen long ago, and addresses that nobody confirmed."""
    forget_notices(acting_user=None, now=timezone.now())
    forget_unconfirmed(acting_user=None, now=timezone.now())


def _deliver_all() -> None:
    while deliver_notices(acting_user=None, now=timezone.now()):
        pass
    while deliver_news(acting_user=None, now=timezone.now()):
        pass
