"""Jobs around mails of reporters."""

from django.conf import settings
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from anlan.flows import answer_mail as answers

AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4)


@app.periodic(cron="* * * * *")
@app.task(name="read_mailbox", queue="notices", queueing_lock="read_mailbox")
def read_mailbox(timestamp: int) -> None:
    """Every minute: what came by mail, and the answers to it, where the city has a mailbox."""
    if settings.ANLAN_MAIL_IN:
        from anlan.flows import read_mailbox as mailbox  # a city without one never loads what reads mails

        mailbox.read_mailbox(acting_user=None, address=settings.ANLAN_MAIL_IN, now=timezone.now())
    answers.answer_mails(acting_user=None, now=timezone.now())


@app.task(name="answer_held", queue="notices", retry=AGAIN)
def answer_held(held_id: int) -> None:
    """Tell who reported by mail what a person decided on the report that waited."""
    answers.answer_held(acting_user=None, held_id=held_id)


@app.task(name="tell_held", queue="notices", retry=AGAIN)
def tell_held(held_id: int) -> None:
    """Tell those who decide on it that a report waits."""
    from anlan.flows.tell_held import tell_held as tell

    tell(acting_user=None, held_id=held_id, now=timezone.now())
