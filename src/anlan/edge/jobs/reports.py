"""Jobs around reports: what was kept long enough goes."""

from django.utils import timezone
from procrastinate.contrib.django import app

from anlan.flows import decide_held, store_photos
from anlan.flows import erase_contacts as contacts
from anlan.flows import erase_photos as photos
from anlan.flows import forget_senders as senders


@app.periodic(cron="10 3 * * *")
@app.task(name="erase_contacts", queue="timers", queueing_lock="erase_contacts")
def erase_contacts(timestamp: int) -> None:
    """Every night: erase the contacts whose last day has passed."""
    contacts.erase_contacts(acting_user=None, now=timezone.now())


@app.periodic(cron="20 3 * * *")
@app.task(name="erase_photos", queue="timers", queueing_lock="erase_photos")
def erase_photos(timestamp: int) -> None:
    """Every night: erase the photos whose last day has passed."""
    while photos.erase_photos(acting_user=None, now=timezone.now()):
        pass


@app.periodic(cron="40 3 * * *")
@app.task(name="sweep_photos", queue="timers", queueing_lock="sweep_photos")
def sweep_photos(timestamp: int) -> None:
    """Every night: take away files of photos that never became part of a case."""
    store_photos.sweep_photos(now=timezone.now())


@app.periodic(cron="25 * * * *")
@app.task(name="forget_senders", queue="timers", queueing_lock="forget_senders")
def forget_senders(timestamp: int) -> None:
    """Every hour: forget what stood for networks, words and places a day ago."""
    senders.forget_senders(acting_user=None, now=timezone.now())


@app.periodic(cron="50 3 * * *")
@app.task(name="erase_set_aside", queue="timers", queueing_lock="erase_set_aside")
def erase_set_aside(timestamp: int) -> None:
    """Every night: erase the words of reports that were set aside a month ago, and contacts of old ones."""
    decide_held.erase_set_aside(acting_user=None, now=timezone.now())
    decide_held.erase_held_contacts(acting_user=None, now=timezone.now())
