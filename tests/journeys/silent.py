"""What the worker sees in a journey when the devices of a village fall silent as one, and are heard again."""

import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import django

MINUTE = timedelta(minutes=1)
SILENT = 20
"""Minutes for which nothing is heard: past three intervals of five minutes."""


def main() -> None:
    """Do what the arguments say: "fall AREA", "speak AREA"."""
    django.setup()
    from django.utils import timezone

    what, code = sys.argv[1:]
    DOES[what](code, timezone.now())


def fall(code: str, now: datetime) -> None:
    """Six devices of a village were heard when we began to listen, and not since; two beside it were."""
    from anlan.flows.tell_alarms import tell_due
    from anlan.store.models import Area, Watch
    from tests.devices import a_device

    area = Area.objects.get(code=code)
    devices = [a_device(f"silent-{n}", area, title=f"烟感 {n}") for n in range(6)]
    beside = Area.objects.filter(parent=area.parent).exclude(pk=area.pk)[0]
    Watch.objects.all().delete()
    _heard(devices, now - SILENT * MINUTE)
    _heard([a_device(f"loud-{n}", beside) for n in range(2)], now)
    for minute in range(SILENT + 1):
        _sweep(now - (SILENT - minute) * MINUTE)
    tell_due(acting_user=None, now=now)


def speak(code: str, now: datetime) -> None:
    """They are heard again."""
    from anlan.store.models import Device

    later = now + MINUTE
    _heard(Device.objects.filter(area__code=code, name__startswith="silent-"), later)
    _sweep(later)


def _heard(devices: object, at: datetime) -> None:
    from anlan.store.models import LatestValue
    from tests.devices import a_series

    for device in devices:  # type: ignore[attr-defined]
        LatestValue.objects.update_or_create(
            series=a_series(device), defaults={"at": at, "value": 1.0, "received_at": at}
        )


def _sweep(at: datetime) -> None:
    from anlan.flows.sweep_devices import sweep_devices

    sweep_devices(acting_user=None, now=at)


DOES: Mapping[str, Callable[[str, datetime], None]] = {"fall": fall, "speak": speak}

if __name__ == "__main__":
    main()
