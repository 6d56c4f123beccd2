"""What the ingest and the worker do in a journey: water rises, time passes unanswered, water falls."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import django

MINUTE = timedelta(minutes=1)


def main() -> None:
    """Do what the arguments say: "rise GAUGE", "wait MINUTES", "fall GAUGE"."""
    django.setup()
    from django.utils import timezone

    what, which = sys.argv[1:]
    DOES[what](which, timezone.now())


def rise(gauge: str, now: datetime) -> None:
    """A gauge of village_111 reads more and more."""
    from anlan.flows.tell_alarms import tell_due
    from anlan.store.models import Area
    from tests.devices import a_device, a_series

    area = Area.objects.get(code="990101001201")
    a_series(a_device(gauge, area, title="荻花塘水位计", lng=121.24, lat=28.6))
    _take(gauge, now - 20 * MINUTE, (2.0, 2.4, 2.9, 3.2, 3.4), now)
    tell_due(acting_user=None, now=now)


def wait(minutes: str, now: datetime) -> None:
    """Nobody answers for so long."""
    from anlan.flows.tell_alarms import tell_due

    tell_due(acting_user=None, now=now + int(minutes) * MINUTE)


def fall(gauge: str, now: datetime) -> None:
    """It reads less for three hours, and the sensors of cases are asked."""
    from anlan.flows.verify_by_sensor import verify_by_sensors

    later = now + 3 * 60 * MINUTE
    _take(gauge, now + MINUTE, [2.6] * 36, later)
    verify_by_sensors(acting_user=None, now=later)


def _take(gauge: str, first: datetime, values: Sequence[float], now: datetime) -> None:
    from anlan.flows.stream_places import offset_of
    from anlan.flows.take_readings import Senders, batch_of, take_readings

    said = [
        json.dumps({"t": (first + 5 * MINUTE * place).isoformat(), "v": value}).encode()
        for place, value in enumerate(values)
    ]
    after = offset_of("JOURNEY")
    subjects = [f"d.{gauge}.level".encode()] * len(said)
    batch = batch_of("JOURNEY", after, after + len(said), subjects, said, now)
    take_readings(acting_user=None, batch=batch, senders=Senders(), now=now)


DOES: Mapping[str, Callable[[str, datetime], None]] = {"rise": rise, "wait": wait, "fall": fall}

if __name__ == "__main__":
    main()
