"""Outgrown: three brokers on loopback hold every frame; one is killed in the middle, and nothing is lost."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.edge.cli import broker
from anlan.edge.ingest.hearing import Hearing
from anlan.edge.ingest.listening import first_that_answers
from anlan.edge.ingest.streams import FRAMES, ask, make_stream
from anlan.edge.ingest.wire import Wire
from anlan.sensing.frames import encode
from anlan.store.models import Observation
from tests.cast import Cast
from tests.devices import a_device
from tests.edge.cli.serving import free_port
from tests.edge.ingest.broker import answers
from tests.waiting import wait_until

START = int((datetime.now(UTC) - timedelta(days=1)).timestamp()) * 1_000_000
INBOX = "_INBOX.anlan.test"


class Cluster:
    """Three servers that know each other."""

    def __init__(self, home: Path) -> None:
        settings = SimpleNamespace(ANLAN_HOME=home, ANLAN_FRAMES_SHARES=1)
        self.ports = [free_port() for _ in range(3)]
        routes = [free_port() for _ in range(3)]
        joined = ", ".join(f'"nats://127.0.0.1:{port}"' for port in routes)
        self.processes = [
            self._start(
                settings, number, f'cluster {{ name: c, listen: "127.0.0.1:{route}", routes: [{joined}] }}'
            )
            for number, route in enumerate(routes)
        ]
        self.secrets = broker._secrets(home / "nats")

    def _start(self, settings: Any, number: int, more: str) -> "subprocess.Popen[bytes]":
        listen = f"127.0.0.1:{self.ports[number]}"
        name = f"frames-{number}"
        file = broker._configured(
            settings, name, name=name, listen=listen, store=name, sync="always", more=more
        )
        return subprocess.Popen([Path(sys.executable).with_name("nats-server"), "-c", file])

    def connected(self) -> Wire:
        servers = [("127.0.0.1", port) for port in self.ports]
        return first_that_answers(servers, self.secrets["user"], self.secrets["password"])[0]

    def hears(self) -> bool:
        """Is there a stream on three servers? They take some seconds to find each other."""
        try:
            with closing(self.connected()) as wire:
                make_stream(wire, FRAMES, replicas=3)
        except OSError:
            return False
        return True

    def kill_leader(self) -> None:
        """Kill the server that takes the frames: another must be chosen."""
        with closing(self.connected()) as wire:
            leader = ask(wire, f"$JS.API.STREAM.INFO.{FRAMES}")["cluster"]["leader"]
        killed = self.processes[int(leader.removeprefix("frames-"))]
        killed.kill()
        killed.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    found = Cluster(tmp_path)
    try:
        for port in found.ports:
            wait_until(lambda port=port: answers(port))
        wait_until(found.hears, 60)
        yield found
    finally:
        for process in found.processes:
            process.kill()
            process.wait()


def sent(wire: Wire, number: int) -> bool:
    """Send a frame of 50 readings; whether the cluster says that it has it. No leader says nothing."""
    at = [START + (number * 50 + each) * 1_000_000 for each in range(50)]
    inbox = f"{INBOX}.{number}".encode()  # a late answer to the frame before is none to this one
    wire.publish(b"f.gauge-1", encode(["gauge-1.level"], [0] * 50, at, [1.0] * 50), inbox)
    return any(each.subject == inbox and b'"seq"' in each.payload for each in wire.read(2.0))


def send_all(wire: Wire, numbers: range) -> None:
    """Send frames as a gateway does: each until it is taken, as it may be while a leader is chosen."""
    wire.subscribe(f"{INBOX}.*")
    for number in numbers:
        wait_until(lambda number=number: sent(wire, number), 60)


def test_of_three_brokers_one_is_killed_and_every_frame_that_was_taken_is_stored_once(
    cluster: Cluster, cast: Cast
) -> None:
    a_device("gauge-1", cast.village_111)
    with closing(cluster.connected()) as wire:
        send_all(wire, range(20))
    cluster.kill_leader()
    with closing(cluster.connected()) as wire:
        send_all(wire, range(20, 40))

    with closing(cluster.connected()) as heard:
        hearing = Hearing(heard, (FRAMES,))
        while Observation.objects.count() < 40 * 50:
            hearing.store_what_comes(0.05)

    assert Observation.objects.count() == 40 * 50
