"""How long from a message until its row is committed and its alarm told; and what 70,000 devices cost.

2,000 devices send 20,000 readings a second over NATS; every tenth of a second the gauge of a pond goes above
or below its rule. Rows and alarms are seen by a connection of their own: the alarm by the NOTIFY that open
walls hear. Then 70,000 devices report once a minute for a while, and the processor that the ingest, the
broker and PostgreSQL take is counted.
"""

import argparse
import os
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import _figures as figures
import ingest as sensing
import psycopg
from _throwaway import DURABLE, database

RATE, SECONDS, SENDERS, FLEET, REPORTS = 20_000, 30, 2_000, 70_000, 60
QUICK = (500, 1, 50, 200, 3)
TICK = 0.05
EVERY = 2
"""Ticks between two markers."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    sizes = QUICK if parser.parse_args().quick else (RATE, SECONDS, SENDERS, FLEET, REPORTS)
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        sensing.home_at(Path(folder))
        with database(DURABLE), sensing.brokers() as found:
            names = sensing.heard(found, max(sizes[2:4]))
            measure(found, names, *sizes)


def measure(
    found: sensing.Sensing, names: list[str], rate: int, seconds: int, senders: int, fleet: int, reports: int
) -> None:
    """Print the figures of devices that are heard."""
    raise_first(found, names[1])
    figures.say(f"{rate} readings a second for {seconds} s")
    committed, told = latencies(found, names[:senders], rate, seconds)
    for name, times in (("row committed", committed), ("alarm told", told)):
        times.sort()
        late = times[int(len(times) * 0.99)] * 1000 if times else float("nan")
        figures.at_most(f"message in to {name} at {rate} readings/s, p99", late, "ms", 500)
    figures.say(f"{fleet} devices, each once a minute, for {reports} s")
    share = fleet_share(found, names[:fleet], reports)
    figures.at_most(f"{fleet} devices reporting each minute, share of a core", share, "", 0.15)


def raise_first(found: sensing.Sensing, name: str) -> None:
    """The first alarm after a start loads what alarms need; it is not what is measured."""
    from anlan.store.models import Alarm

    message = sensing.published(f"d.{name}.level", sensing.reading(datetime.now(UTC), 5.0))
    found.send(found.settings.ANLAN_NATS_PORT, [message])
    sensing.until(lambda: Alarm.objects.exists())


class Watcher(threading.Thread):
    """Sees when a marker is committed, and when an alarm was told."""

    def __init__(self, series: int) -> None:
        super().__init__(daemon=True)
        self.series, self.ending = series, threading.Event()
        self.seen: dict[int, float] = {}
        self.told: list[float] = []

    def run(self) -> None:
        from anlan.flows.follow_ups import CHANNEL

        with psycopg.connect(sensing.database_url(), autocommit=True) as link:
            link.execute(f"LISTEN {CHANNEL}")
            while not self.ending.is_set():
                row = link.execute(
                    "SELECT (extract(epoch FROM at) * 1000000)::bigint FROM latest_value WHERE series = %s",
                    [self.series],
                ).fetchone()
                if row is not None:
                    self.seen.setdefault(row[0], time.monotonic())
                self.told += [time.monotonic() for _ in link.notifies(timeout=0)]
                time.sleep(0.002)


def latencies(
    found: sensing.Sensing, names: list[str], rate: int, seconds: int
) -> tuple[list[float], list[float]]:
    """Seconds from sending a marker until it was committed, and until an alarm was told after it."""
    from anlan.edge.ingest.wire import connected
    from anlan.store.models import Series

    watcher = Watcher(Series.objects.get(device__name=names[0]).pk)
    watcher.start()
    port = found.settings.ANLAN_NATS_PORT
    wire = connected("127.0.0.1", port, found.secrets["user"], found.secrets["password"], "bench")
    sent: dict[int, float] = {}
    began, start = time.monotonic(), datetime.now(UTC) - timedelta(minutes=30)
    count = 0
    for tick in range(int(seconds / TICK)):
        parts = []
        for _ in range(int(rate * TICK)):
            name = names[1 + count % (len(names) - 1)]
            at = start + timedelta(milliseconds=count)
            parts.append(sensing.published(f"d.{name}.level", sensing.reading(at, 1.0)))
            count += 1
        if tick % EVERY == 0:
            at = datetime.now(UTC)
            value = 5.0 if tick // EVERY % 2 else 1.0
            parts.append(sensing.published(f"d.{names[0]}.level", sensing.reading(at, value)))
            sent[int(at.timestamp() * 1e6 + 0.5)] = time.monotonic()
        wire.send(b"".join(parts))
        time.sleep(max(0.0, began + (tick + 1) * TICK - time.monotonic()))
    time.sleep(3)
    watcher.ending.set()
    watcher.join()
    wire.close()
    committed = [first_after(watcher.seen, at) - since for at, since in sent.items()]
    told = [next((each - since for each in watcher.told if each > since), 3.0) for since in sent.values()]
    return committed, told


def first_after(seen: dict[int, float], at: int) -> float:
    """When the marker of a moment, or a later one, was seen."""
    return min((when for moment, when in seen.items() if moment >= at - 1), default=time.monotonic())


def fleet_share(found: sensing.Sensing, names: list[str], seconds: int) -> float:
    """The share of one core that ingest, broker and PostgreSQL take while a fleet reports."""
    from anlan.edge.ingest.wire import connected

    port = found.settings.ANLAN_NATS_PORT
    wire = connected("127.0.0.1", port, found.secrets["user"], found.secrets["password"], "bench")
    now = datetime.now(UTC) - timedelta(minutes=5)
    messages = [
        sensing.published(f"d.{name}.level", sensing.reading(now + timedelta(milliseconds=place), 1.0))
        for place, name in enumerate(names)
    ]
    each = max(1, len(messages) // 60)
    before, began = taken(found), time.monotonic()
    for second in range(seconds):
        wire.send(b"".join(messages[second % 60 * each : (second % 60 + 1) * each]))
        time.sleep(max(0.0, began + second + 1 - time.monotonic()))
    wire.close()
    return (taken(found) - before) / (time.monotonic() - began)


def taken(found: sensing.Sensing) -> float:
    """Seconds of processor of the ingest, the brokers and PostgreSQL so far."""
    ours = {found.ingest.pid} if found.ingest else set()
    tick = os.sysconf("SC_CLK_TCK")
    total = 0.0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        mine = str(found.settings.ANLAN_HOME) in command or is_of_our_database(int(folder.name), stat)
        if int(folder.name) in ours or mine:
            total += (int(stat[11]) + int(stat[12])) / tick
    return total


def is_of_our_database(pid: int, stat: list[str]) -> bool:
    """Is it our PostgreSQL, or one of its processes?"""
    from django.conf import settings

    folder = str(settings.DATABASES["default"]["HOST"])
    for one in (pid, int(stat[1])):
        try:
            if folder in (Path("/proc") / str(one) / "cmdline").read_text():
                return True
        except OSError:
            continue
    return False


if __name__ == "__main__":
    main()
