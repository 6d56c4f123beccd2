"""Outgrown: three brokers on loopback hold every frame; one is killed in the middle, and nothing is lost."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.edge.cli import broker
from anlan.edge.ingest.hearing import Hearing
from anlan.edge.ingest.listening import first_that_answers
from anlan.edge.ingest.streams import FRAMES, make_stream
from anlan.edge.ingest.wire import Wire, WireError
from anlan.sensing.frames import encode
from anlan.store.models import Observation
from tests.cast import Cast
from tests.devices import a_device
from tests.edge.cli.serving import free_port
from tests.edge.ingest.broker import answers, wait_until

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
            wire = self.connected()
        except OSError:
            return False
        try:
            make_stream(wire, FRAMES, replicas=3)
        except WireError:
            return False
        finally:
            wire.close()
        return True


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
    """Send a frame of 50 readings; whether the cluster says that it has it."""
    at = [START + (number * 50 + each) * 1_000_000 for each in range(50)]
    wire.publish(b"f.gauge-1", encode(["gauge-1.level"], [0] * 50, at, [1.0] * 50), INBOX.encode())
    return any(b'"seq"' in message.payload for message in wire.read(2.0))


def test_of_three_brokers_one_is_killed_and_every_frame_that_was_taken_is_stored_once(
    cluster: Cluster, cast: Cast
) -> None:
    a_device("gauge-1", cast.village_111)
    taken = 0
    for half in range(2):
        wire = cluster.connected()
        wire.subscribe(INBOX)
        until = taken + 20
        wait_until(lambda wire=wire, taken=taken: sent(wire, taken), 60)  # a new leader is chosen first
        taken += 1
        while taken < until:
            assert sent(wire, taken)
            taken += 1
        wire.close()
        if not half:
            cluster.processes[0].kill()
            cluster.processes[0].wait()

    heard = cluster.connected()
    hearing = Hearing(heard, (FRAMES,))
    while Observation.objects.count() < taken * 50:
        hearing.store_what_comes(0.05)
    heard.close()

    assert Observation.objects.count() == taken * 50
