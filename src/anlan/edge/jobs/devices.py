"""Timers of devices: who is heard, room for readings, the figures of the night."""

from django.utils import timezone
from procrastinate.contrib.django import app

from anlan.flows import cover_sites, keep_readings, sweep_devices


@app.periodic(cron="* * * * *")
@app.task(name="sweep_devices", queue="timers", queueing_lock="sweep_devices")
def sweep(timestamp: int) -> None:
    """Every minute: which devices are heard, late, offline; what fell silent as one."""
    sweep_devices.sweep_devices(acting_user=None, now=timezone.now())


@app.periodic(cron="7 * * * *")
@app.task(name="keep_readings", queue="timers", queueing_lock="keep_readings")
def keep(timestamp: int) -> None:
    """Every hour: make the parts for the readings of the next days, drop those whose time is over."""
    keep_readings.keep_readings(acting_user=None, now=timezone.now())


@app.periodic(cron="40 0 * * *")
@app.task(name="cover_sites", queue="timers", queueing_lock="cover_sites")
def cover(timestamp: int) -> None:
    """Every night: which share of sites has a working device, which share of cameras is online."""
    cover_sites.cover_sites(acting_user=None, now=timezone.now())
