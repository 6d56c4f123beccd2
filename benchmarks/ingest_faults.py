"""Readings sent while the ingest, a broker or PostgreSQL is killed again and again: each is stored once.

A device sends over MQTT (QoS 1) and sends again what was not acknowledged, a gateway sends frames; every few
moments one of the processes is killed with SIGKILL and started again, as the supervisor does; once PostgreSQL
stays away for a while. At the end what was sent is compared with what is stored.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import _figures as figures
import _migrated
import _mqtt as mqtt
import ingest as sensing
from _throwaway import DURABLE

KILLS, AWAY = 20, 300.0
QUICK_KILLS, QUICK_AWAY = 3, 1.0
BETWEEN = (0.5, 3.0)
IN_FRAME = 50
BREATH = 0.02
"""Seconds from one message to the next: looked for is what a kill loses, not how much goes through."""
SLOWEST = 10_000
"""Readings a second at which what waited is drained on a machine that is busy with much else."""


def main() -> None:
    """Kill, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    kills, away = (QUICK_KILLS, QUICK_AWAY) if options.quick else (KILLS, AWAY)
    with tempfile.TemporaryDirectory(prefix="anlan-bench-", dir="/tmp") as folder:
        sensing.home_at(Path(folder))
        measure(Path(folder), kills, away, random.Random(options.seed))


def measure(folder: Path, kills: int, away: float, rng: random.Random) -> None:
    """Print how many of the readings that were acknowledged are stored, and how often any is there twice."""
    from anlan.edge.cli.postgres import Cluster, running

    cluster = Cluster(
        folder / "postgres", folder / "sockets", folder / "postgres.log", DURABLE | {"fsync": "on"}
    )
    _migrated.put(cluster.data)
    with running(cluster):
        prepare(cluster)
    city = City(cluster)
    try:
        city.start()
        sensing.until(lambda: sensing.answers(city.settings.ANLAN_MQTT_PORT))
        senders = [Sender(city, "gauge-00000", over_mqtt), Sender(city, "gauge-00001", in_frames)]
        for each in senders:
            each.start()
        for _ in range(kills):
            time.sleep(rng.uniform(*BETWEEN))
            city.kill(rng.choice(list(city.processes)))
        gateway = senders[1]
        signed_in = gateway.taken + 2 * IN_FRAME  # nobody can sign in without a database
        sensing.until(lambda: gateway.taken >= signed_in)
        figures.say(f"PostgreSQL is away for {away:g} s")
        before = gateway.taken
        city.kill("database", away)
        buffered = gateway.taken - before
        for each in senders:
            each.ending.set()
        for each in senders:
            each.join(120)
        compare(city, senders, kills)
        figures.at_least("readings that waited while PostgreSQL was away", buffered, "readings", 1)
    finally:
        city.stop()


def prepare(cluster: Any) -> None:
    from _throwaway import _leave, _point_django_at

    _point_django_at(cluster)
    sensing.make_devices(2)
    _leave()


class City:
    """Database, both brokers and the ingest, each started again after it was killed."""

    def __init__(self, cluster: Any) -> None:
        from django.conf import settings

        from anlan.edge.cli import broker, postgres

        self.settings = settings
        ingest = [sys.executable, "-m", "anlan.edge.ingest"]
        environment = os.environ | {"DATABASE_URL": sensing.database_url()}
        self.starts: dict[str, Callable[[], subprocess.Popen[bytes]]] = {
            "database": lambda: postgres.start(cluster),
            "broker": broker.child(settings, os.environ, None).start,
            "frames": broker.frames_child(settings, os.environ, None).start,
            "ingest": lambda: subprocess.Popen(ingest, env=environment, stdout=sys.stderr),
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        for name, start in self.starts.items():
            self.processes[name] = start()

    def kill(self, name: str, away: float = 0.0) -> None:
        """Kill a process, and start it again after so many seconds."""
        figures.say(f"kill {name}")
        process = self.processes[name]
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        time.sleep(away)
        self.processes[name] = self.starts[name]()

    def stop(self) -> None:
        for process in reversed(list(self.processes.values())):
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Sender(threading.Thread):
    """Sends readings one second apart by `way`, and keeps which were acknowledged."""

    def __init__(self, city: City, name: str, way: "Callable[[Sender], None]") -> None:
        super().__init__(daemon=True)
        self.way, self.city, self.device, self.ending = way, city, name, threading.Event()
        self.first = datetime.now(UTC).replace(microsecond=0) - timedelta(days=30)
        self.taken = 0

    def run(self) -> None:
        """Send; whatever is not acknowledged is sent again on a new connection."""
        while not self.ending.is_set():
            with suppress(OSError, AssertionError):  # whoever should answer is dead
                self.way(self)
            time.sleep(BREATH)

    def at(self, number: int) -> datetime:
        return self.first + timedelta(seconds=number)


def over_mqtt(sender: Sender) -> None:
    """Over MQTT with acknowledgements, a few at a time."""
    packets = [
        mqtt.published(f"d/{sender.device}/level", sensing.reading(sender.at(number), 1.0), place + 1)
        for place, number in enumerate(range(sender.taken, sender.taken + 20))
    ]
    mqtt.send(sender.city.settings.ANLAN_MQTT_PORT, sender.device, sensing.PASSWORDS[sender.device], packets)
    sender.taken += len(packets)


def in_frames(sender: Sender) -> None:
    """Frames over NATS, each acknowledged."""
    from anlan.edge.ingest.wire import connected
    from anlan.sensing.frames import encode

    port = sender.city.settings.ANLAN_FRAMES_PORT
    wire = connected("127.0.0.1", port, sender.device, sensing.PASSWORDS[sender.device], sender.device)
    inbox = f"_INBOX.{sender.device}.x"
    try:
        wire.subscribe(inbox)
        while not sender.ending.is_set():
            at = [int(sender.at(sender.taken + each).timestamp()) * 1_000_000 for each in range(IN_FRAME)]
            frame = encode([f"{sender.device}.level"], [0] * IN_FRAME, at, [1.0] * IN_FRAME)
            wire.publish(f"f.{sender.device}".encode(), frame, inbox.encode())
            answers = wire.read(5.0)
            assert answers and b'"seq"' in answers[0].payload, answers
            sender.taken += IN_FRAME
            time.sleep(BREATH)
    finally:
        wire.close()


def compare(city: City, senders: list[Any], kills: int) -> None:
    """Wait until all is stored; the primary key says that nothing is there twice, the sums that none is
    counted twice."""
    from django.db import DatabaseError

    from anlan.store.models import Observation, Series

    def looked(count: Callable[[], int]) -> int:
        try:
            return count()
        except DatabaseError:
            return -1

    sent = sum(each.taken for each in senders)
    names = [each.device for each in senders]
    series = list(Series.objects.filter(device__name__in=names).values_list("pk", flat=True))

    def stored() -> int:
        return looked(Observation.objects.filter(series__in=series).count)

    limit = time.monotonic() + sensing.PATIENCE + sent / SLOWEST
    while stored() < sent and time.monotonic() < limit:
        time.sleep(0.2)
    time.sleep(1)
    summed = looked(sensing.stored)
    # one that was stored though its sender heard nothing may be there beyond those that were acknowledged
    figures.say(f"{sent} acknowledged, {stored()} stored, {summed} in the sums")
    figures.at_most(f"readings lost in {kills} kills", max(0, sent - stored()), "readings", 0)
    figures.at_most("readings counted twice", abs(summed - stored()), "readings", 0)
    figures.at_least("readings sent meanwhile", sent, "readings", 1)


if __name__ == "__main__":
    main()
