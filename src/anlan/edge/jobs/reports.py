"""Jobs around reports: what was kept long enough goes."""

from django.utils import timezone
from procrastinate.contrib.django import app

from anlan.flows import erase_contacts as contacts
from anlan.flows import erase_photos as photos
from anlan.flows import store_photos


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
