"""70,000 devices: their import, a sweep over who is heard, and four ninths of the city falling silent.

The import stands beside a INSERT of the same rows into a table with the same keys, in the same run. A
sweep runs once a minute; its figure is the share of one core that it takes.
"""

import argparse
import io
import random
import time
from datetime import datetime, timedelta

import _figures as figures
from _throwaway import database

DEVICES, QUICK = 70_000, 700
CAMERA = "traffic,Art. 26 PIPL,30"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    count = QUICK if parser.parse_args().quick else DEVICES
    with database():
        measure(count)


def measure(count: int) -> None:
    """Print the figures for so many devices, in the empty database that Django speaks to."""
    make_squares()
    text = listed(count)
    figures.say(f"importing {count:,} devices")
    first, again = imported(text, count), imported(text, 0)
    raw = copied_raw()
    figures.say("sweeping")
    quiet, storm, outages = swept(count)
    figures.at_most(
        "import of 70,000 devices with passwords",
        first,
        "s",
        40,
        reference="INSERT of the same rows into a table with the same keys",
        reference_value=raw,
    )
    figures.at_most("the same list again", again, "s", 0.5, reference="the first", reference_value=first)
    figures.at_most("a sweep each minute, share of a core", quiet / 60, "", 0.05)
    figures.at_most("four townships of nine fall silent, one sweep", storm, "s", 10)
    figures.at_most("outages that this makes", outages, "", 100)


def make_squares() -> None:
    """A city of nine counties, each of nine townships, all of them squares."""
    import shapely

    from anlan.store.models import Area

    root = Area.objects.create(code="990100", name="city", level="city", path="990100.")
    for number in range(81):
        county, place = divmod(number, 9)
        code = f"99010{county + 1}"
        above, _ = Area.objects.get_or_create(
            code=code,
            defaults={"name": code, "level": "county", "path": f"{root.path}{code}.", "parent": root},
        )
        west = 121 + county % 3 + place % 3 / 3
        south = 28 + county // 3 + place // 3 / 3
        square = shapely.MultiPolygon([shapely.box(west, south, west + 1 / 3, south + 1 / 3)])
        code = f"{code}{place + 1:03}"
        Area.objects.create(
            code=code,
            name=code,
            level="township",
            path=f"{above.path}{code}.",
            parent=above,
            boundary=shapely.to_wkb(square),
        )


def listed(count: int) -> str:
    """A list in which six of seven are cameras."""
    rng, out = random.Random(1), io.StringIO()
    out.write("device,kind,lat,lng,purpose,legal_basis,keeps_days\n")
    for number in range(count):
        kind, facts = ("water-level", ",,") if number % 7 == 0 else ("camera", CAMERA)
        lat, lng = 28 + rng.random() * 3, 121 + rng.random() * 3
        out.write(f"dev-{number:05},{kind},{lat:.6f},{lng:.6f},{facts}\n")
    return out.getvalue()


def imported(text: str, expected: int) -> float:
    """Seconds to read and bring in the list."""
    from django.utils import timezone

    from anlan.base.tables import Complaints
    from anlan.flows.import_devices import DeviceList, import_devices, known_kinds
    from anlan.sensing.device_files import read_devices

    now, complaints = timezone.now(), Complaints()
    began = time.perf_counter()
    rows = read_devices("d.csv", io.StringIO(text), complaints, known_kinds(now))
    changes = import_devices(
        acting_user=None,
        device_list=DeviceList(rows, (), complaints),
        now=now,
        keep_secrets=lambda secrets: None,
    )
    assert len(changes.added) == expected, changes.counts()
    return time.perf_counter() - began


def copied_raw() -> float:
    """Seconds to put all devices into a table like theirs, from the database itself."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE raw_device (LIKE store_device INCLUDING ALL)")
        began = time.perf_counter()
        cursor.execute("INSERT INTO raw_device SELECT * FROM store_device")
        return time.perf_counter() - began


def swept(count: int) -> tuple[float, float, int]:
    """Seconds of a sweep without changes and of one with four ninths silent; the outages of that."""
    from django.db import connection
    from django.utils import timezone

    from anlan.flows.sweep_devices import sweep_devices
    from anlan.store.models import Watch

    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO latest_value SELECT id, %s, 1, %s FROM store_series", [now, now])
        cursor.execute("ANALYZE")
    sweep_devices(acting_user=None, now=now)
    quiet = timed(now + timedelta(minutes=1))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE latest_value SET at = at - interval '9 days' FROM store_series s, store_device d"
            " WHERE s.id = series AND d.id = s.device_id AND d.lng < 122.3333"
        )
    Watch.objects.update(listening_since=now - timedelta(days=30))
    began = time.perf_counter()
    found = sweep_devices(acting_user=None, now=now + timedelta(minutes=2))
    assert found.states["offline"] > count * 0.4
    return quiet, time.perf_counter() - began, len(found.began)


def timed(now: datetime) -> float:
    """Seconds of one sweep."""
    from anlan.flows.sweep_devices import sweep_devices

    began = time.perf_counter()
    sweep_devices(acting_user=None, now=now)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
