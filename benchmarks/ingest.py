"""Readings from a message to committed rows, beside a raw binary COPY of the same rows in the same run.

A broker and the ingest run as in a city, on a database that is durable, with a rule that judges each reading;
whoever sends runs on the same cores.
Reference: the same rows, in the same order, copied by as many a transaction into an empty table with the same
keys and indexes, nothing else. Gateways send frames of 500 readings, each of one series, a second apart;
single readings come as JSON over NATS and over MQTT (QoS 1), of 1,000 devices, a second apart.
"""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import _figures as figures
import _mqtt as mqtt
from _throwaway import DURABLE, database

GATEWAYS, FRAMES_EACH, IN_FRAME = 40, 100, 500
DEVICES, EACH = 1000, 400
PATIENCE, SLOWEST = 60.0, 1_000
"""Seconds, and readings a second, that we wait for on a machine that is busy with much else."""


@dataclass(frozen=True)
class Size:
    """How much is sent: frames of so many gateways, single readings of so many devices."""

    gateways: int
    frames: int
    devices: int
    each: int


WHOLE = Size(GATEWAYS, FRAMES_EACH, DEVICES, EACH)
QUICK = Size(2, 3, 20, 10)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    size = QUICK if parser.parse_args().quick else WHOLE
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        home_at(Path(folder))
        with database(DURABLE), brokers() as sensing:
            measure(size, sensing, heard(sensing, max(size.devices, size.gateways)))


def heard(sensing: "Sensing", count: int) -> list[str]:
    """So many devices that are heard and judged by a rule: their names."""
    *names, another = make_devices(count + 1)
    make_rule()
    sensing.hear(another)
    return names


def measure(size: Size, sensing: "Sensing", names: list[str]) -> None:
    """Print the figures of devices that are heard."""
    first = datetime.now(UTC).replace(microsecond=0, second=0, minute=0, hour=1) - timedelta(days=2)
    figures.say("frames")
    rows = size.gateways * size.frames * IN_FRAME
    rate = sensing.timed(lambda: send_frames(size, names, first, sensing), rows)
    transaction = rows // transactions(first, rows)
    goal("readings in frames, durable", rate, 0.8, copied(first, rows, transaction), transaction)
    for way, send in (("NATS", send_json), ("MQTT, QoS 1", send_mqtt)):
        first += timedelta(days=1) if way == "NATS" else timedelta(hours=12)
        figures.say(f"JSON over {way}")
        rows = size.devices * size.each
        rate = sensing.timed(lambda send=send, first=first: send(size, names, first, sensing), rows)
        transaction = rows // transactions(first, rows)
        limit = copied(first, rows, transaction)
        goal(f"single readings as JSON over {way}", rate, 0.15, limit, transaction)
        if way == "NATS":
            figures.at_least("single readings as JSON over NATS a second", rate, "readings/s", 50_000)


def goal(name: str, rate: float, part: float, limit: float, transaction: int) -> None:
    """Print a rate beside that of the raw COPY."""
    figures.at_least(
        name,
        rate,
        "readings/s",
        part,
        reference=f"binary COPY of the same rows, {transaction} a transaction",
        reference_value=limit,
    )


def home_at(folder: Path) -> None:
    """A home for brokers and ingest, on ports that are free."""
    from _city import free_port

    os.environ |= {
        "ANLAN_HOME": str(folder),
        "DJANGO_SETTINGS_MODULE": "anlan.config.settings",
        "ANLAN_NATS_PORT": str(free_port()),
        "ANLAN_MQTT_PORT": str(free_port()),
        "ANLAN_FRAMES_PORT": str(free_port()),
        "ANLAN_DEVICE_RATE": "1000000",
    }


def make_devices(count: int) -> list[str]:
    """So many water gauges that are their own gateways, each with a series and its password."""
    from anlan.flows.device_credentials import give_credentials
    from anlan.flows.device_kinds import know_standard_kinds
    from anlan.flows.device_series import store_series
    from anlan.store.models import Area, Device

    now = datetime.now(UTC)
    kind = know_standard_kinds(now)["water-level"]
    area = Area.objects.create(code="990100", name="city", level="city", path="990100.")
    devices = Device.objects.bulk_create(
        Device(name=f"gauge-{each:05}", kind=kind, area=area, area_path=area.path, state="installed")
        for each in range(count)
    )
    store_series(devices)
    global PASSWORDS
    PASSWORDS = {each.device: each.password for each in give_credentials(devices, now)}
    return [device.name for device in devices]


PASSWORDS: dict[str, str] = {}


def make_rule() -> None:
    """The level of a gauge above 3 m is an alarm."""
    from anlan.sensing.rules.keeping import content_of
    from anlan.sensing.rules.terms import Level, Rule, RuleKind, RuleMode
    from anlan.sensing.terms import Colour
    from anlan.store.models import AlarmRule, AlarmRuleVersion, Property

    measured = Property.objects.select_related("kind").get(kind__code="water-level", code="level")
    rule = AlarmRule.objects.create(
        code="high-water",
        name_zh="水位高",
        name_en="High water",
        device_kind=measured.kind,
        property=measured,
        kind=RuleKind.THRESHOLD,
        mode=RuleMode.LIVE,
    )
    levels = (Level(Colour.YELLOW, 3.0, 2.5),)
    facts = Rule(
        rule.code, 1, measured.kind.code, "level", RuleKind.THRESHOLD, levels=levels, mode=RuleMode.LIVE
    )
    content = content_of(facts)
    AlarmRuleVersion.objects.create(
        rule=rule, version=1, content=content, in_force_from=datetime.now(UTC) - timedelta(days=3)
    )


class Sensing:
    """Both brokers, and the ingest once it is started."""

    def __init__(self) -> None:
        from django.conf import settings

        self.settings = settings
        self.secrets: dict[str, str] = json.loads((settings.ANLAN_HOME / "nats" / "secrets.json").read_text())
        self.ingest: subprocess.Popen[bytes] | None = None

    def hear(self, name: str) -> None:
        """Start the ingest, and wait until one reading of a device came through each broker."""
        from anlan.sensing.frames import encode

        url = database_url()
        command = [sys.executable, "-m", "anlan.edge.ingest"]
        self.ingest = subprocess.Popen(command, env=os.environ | {"DATABASE_URL": url}, stdout=sys.stderr)
        at = datetime.now(UTC) - timedelta(minutes=1)
        until(lambda: offset("$MQTT_msgs") is not None and offset("FRAMES") is not None)
        self.send(self.settings.ANLAN_NATS_PORT, [published(f"d.{name}.level", reading(at, 1.0))])
        micros = int(at.timestamp() * 1e6) + 1000
        frames = self.settings.ANLAN_FRAMES_PORT
        self.send(frames, [published(f"f.{name}", encode([f"{name}.level"], [0], [micros], [1.0]))])
        until(lambda: stored() == 2)
        self._warm(name, at)

    def _warm(self, name: str, at: datetime) -> None:
        """What is compiled once after installation is not what is measured."""
        many = [
            published(f"d.{name}.level", reading(at - timedelta(seconds=each), 1.0))
            for each in range(1, 2001)
        ]
        self.send(self.settings.ANLAN_NATS_PORT, many)
        until(lambda: stored() == 2002)

    def send(self, port: int, messages: list[bytes], asked: int = 2_000, window: int = 4) -> None:
        """Publish in bulk: the broker says of every `asked`th message that it has all up to it, and at most
        `window` such pieces are under way. A broker drops what comes faster than it can store."""
        from anlan.edge.ingest.wire import connected

        wire = connected("127.0.0.1", port, self.secrets["user"], self.secrets["password"], "bench")
        wire.subscribe("_INBOX.bench")
        wire.socket.settimeout(PATIENCE)
        under_way = 0
        for start in range(0, len(messages), asked):
            piece = messages[start : start + asked]
            wire.socket.sendall(b"".join([*piece[:-1], answered(piece[-1])]))
            under_way += 1
            while under_way >= window:
                under_way -= self._answers(wire)
        while under_way:
            under_way -= self._answers(wire)
        wire.close()

    def _answers(self, wire: Any) -> int:
        messages = wire.read(PATIENCE)
        assert all(b'"seq"' in each.payload for each in messages), messages[:1]
        return len(messages)

    def timed(self, send: Any, rows: int) -> float:
        """Readings a second, from the first that is sent until all are stored."""
        ready, before = send(), stored()
        began = time.perf_counter()
        ready()  # to ask meanwhile how many are stored would take some of the time that is measured
        until(lambda: stored() >= before + rows, PATIENCE + rows / SLOWEST)
        took = time.perf_counter() - began
        assert stored() == before + rows, (stored(), before, rows)
        return rows / took


@contextmanager
def brokers() -> Iterator[Sensing]:
    """Run both brokers, and end what was started."""
    from django.conf import settings

    from anlan.edge.cli import broker

    children = [each(settings, os.environ, None).start() for each in (broker.child, broker.frames_child)]
    for port in (settings.ANLAN_NATS_PORT, settings.ANLAN_MQTT_PORT, settings.ANLAN_FRAMES_PORT):
        until(lambda port=port: answers(port))
    sensing = Sensing()
    try:
        yield sensing
    finally:
        for process in (sensing.ingest, *children):
            if process is not None:
                process.kill()
                process.wait()


def send_frames(size: Size, names: list[str], first: datetime, sensing: Sensing) -> Any:
    """Frames of 500 readings, one gateway after another."""
    from anlan.sensing.frames import encode

    start = int(first.timestamp() * 1e6)
    moments = [start + each * 1_000_000 for each in range(size.frames * IN_FRAME)]
    parts = []
    for frame in range(size.frames):
        at = moments[frame * IN_FRAME : (frame + 1) * IN_FRAME]
        for name in names[: size.gateways]:
            values = [1 + each % 97 / 100 for each in range(IN_FRAME)]
            parts.append(published(f"f.{name}", encode([f"{name}.level"], [0] * IN_FRAME, at, values)))
    return lambda: sensing.send(sensing.settings.ANLAN_FRAMES_PORT, parts, asked=1, window=200)


def send_json(size: Size, names: list[str], first: datetime, sensing: Sensing) -> Any:
    """Single readings over NATS, one device after another."""
    messages = [published(f"d.{name}.level", payload) for name, payload in singles(size, names, first)]
    return lambda: sensing.send(sensing.settings.ANLAN_NATS_PORT, messages)


def send_mqtt(size: Size, names: list[str], first: datetime, sensing: Sensing) -> Any:
    """Single readings over MQTT with acknowledgements; 20 of the devices send for all, as the topics say."""
    senders = names[:20]
    parts: dict[str, list[bytes]] = {name: [] for name in senders}
    each = size.devices * size.each // len(senders)
    for name in senders:
        moments = (first + timedelta(seconds=number / 4) for number in range(each))
        parts[name] = [
            mqtt.published(f"d/{name}/level", reading(at, 1 + number % 97 / 100), number % 60_000 + 1)
            for number, at in enumerate(moments)
        ]

    port = sensing.settings.ANLAN_MQTT_PORT

    def send() -> None:
        threads = [
            threading.Thread(target=mqtt.send, args=(port, name, PASSWORDS[name], parts[name]))
            for name in senders
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return send


def singles(size: Size, names: list[str], first: datetime) -> Iterator[tuple[str, bytes]]:
    for number in range(size.each):
        payload = reading(first + timedelta(seconds=number), 1 + number % 97 / 100)
        for name in names[: size.devices]:
            yield name, payload


def reading(at: datetime, value: float) -> bytes:
    return json.dumps({"t": at.isoformat(), "v": value}).encode()


def published(subject: str, payload: bytes) -> bytes:
    return b"PUB %b %d\r\n%b\r\n" % (subject.encode(), len(payload), payload)


def answered(message: bytes) -> bytes:
    """The same message, of which the broker shall say that it has it."""
    head, size, rest = re.split(rb" (?=\d+\r\n)|\r\n", message, maxsplit=2)
    return b"%b _INBOX.bench %b\r\n%b" % (head, size, rest)


def copied(first: datetime, rows: int, transaction: int) -> float:
    """Rows a second of a raw COPY of what was stored of that day into an empty table with the same keys."""
    from django.db import connection
    from django.db import transaction as transactions

    part = f"observation_{first:%Y%m%d}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"DROP TABLE IF EXISTS raw_reading; CREATE TABLE raw_reading (LIKE {part} INCLUDING ALL)"
        )
    pieces = list(packed(part, first, rows, transaction))
    began = time.perf_counter()
    for data in pieces:
        with (
            transactions.atomic(),
            connection.cursor() as cursor,
            cursor.cursor.copy("COPY raw_reading FROM STDIN (FORMAT BINARY)") as copy,
        ):
            copy.write(data)
    return rows / (time.perf_counter() - began)


def transactions(first: datetime, rows: int) -> int:
    """In how many transactions what was stored of that day was, as PostgreSQL notes with each row."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT each.made) FROM (SELECT xmin::text AS made"
            f" FROM observation_{first:%Y%m%d} WHERE at >= %s ORDER BY ctid LIMIT %s) AS each",
            [first, rows],
        )
        return int(cursor.fetchone()[0])


def packed(part: str, first: datetime, rows: int, transaction: int) -> Iterator[bytes]:
    """The rows as the ingest writes them: by when they came, each transaction by series and time."""
    import numpy as np
    from django.db import connection

    from anlan.store.binary_copy import HEADER, TRAILER, Varying, pack, timestamps

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT series, (extract(epoch FROM at) * 1000000)::bigint, value FROM {part}"
            " WHERE at >= %s ORDER BY xmin::text::bigint, ctid LIMIT %s",
            [first, rows],
        )
        found = cursor.fetchall()
    assert len(found) == rows, (len(found), rows)
    series, at, value = (np.array(each) for each in zip(*found, strict=True))
    for start in range(0, rows, transaction):
        some = slice(start, start + transaction)
        columns = [Varying(series[some].astype(np.int32)), timestamps(at[some]), Varying(value[some])]
        yield HEADER + pack(columns, len(at[some])) + TRAILER


def offset(stream: str) -> int | None:
    from anlan.store.models import IngestOffset

    return IngestOffset.objects.filter(stream=stream).values_list("sequence", flat=True).first()


def stored() -> int:
    """Readings stored so far, by the roll-ups of days: few rows, written with the readings."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(count), 0)::bigint FROM observation_day")
        return int(cursor.fetchone()[0])


def database_url() -> str:
    from django.conf import settings

    facts = settings.DATABASES["default"]
    return f"postgresql://{facts['USER']}@/{facts['NAME']}?host={facts['HOST']}"


def answers(port: int) -> bool:
    with socket.socket() as link:
        return link.connect_ex(("127.0.0.1", port)) == 0


def until(done: Any, seconds: float = PATIENCE) -> None:
    """Look again and again until it is done."""
    limit = time.monotonic() + seconds
    while not done():
        if time.monotonic() > limit:
            raise TimeoutError("it did not happen in time")
        time.sleep(0.02)


if __name__ == "__main__":
    main()
