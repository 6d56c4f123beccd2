"""A broker whose disk is full: it takes nothing more, and what it took is stored once there is room."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from anlan.edge.cli import broker
from anlan.edge.ingest.hearing import Hearing
from anlan.edge.ingest.streams import FRAMES, make_stream
from anlan.edge.ingest.wire import BrokerStuck, Wire, connected
from anlan.sensing.frames import encode
from anlan.store.models import Observation
from tests.cast import Cast
from tests.devices import a_device
from tests.edge.cli.serving import free_port
from tests.edge.ingest.broker import answers
from tests.waiting import wait_until

START = int((datetime.now(UTC) - timedelta(days=1)).timestamp()) * 1_000_000
IN_FRAME = 500
ON_A_SMALL_DISK = 'mount -t tmpfs -o size=8m tmpfs "$0" && while :; do "$@"; done'


class SmallDisk:
    """A broker of frames that is started again when it ends, with a disk of its own of 8 MB."""

    def __init__(self, home: Path) -> None:
        self.port, self.store = free_port(), home / "nats" / "frames"
        listen = f"127.0.0.1:{self.port}"
        settings = SimpleNamespace(ANLAN_HOME=home, ANLAN_FRAMES_SHARES=1)
        facts = {"name": "frames", "listen": listen, "store": "frames", "sync": "always", "more": ""}
        file = broker._configured(settings, "frames", **facts)
        self.store.mkdir()
        self.secrets = broker._secrets(home / "nats")
        server = [Path(sys.executable).with_name("nats-server"), "-c", file]
        alone = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", ON_A_SMALL_DISK, self.store]
        self.process = subprocess.Popen([*alone, *server])

    @property
    def filler(self) -> Path:
        """A file on the disk of the broker, as it is seen from outside."""
        return Path(f"/proc/{self.process.pid}/root{self.store}/filler")

    def connected(self) -> Wire:
        wire = connected("127.0.0.1", self.port, self.secrets["user"], self.secrets["password"], "test")
        wire.subscribe("_INBOX.test")
        return wire

    def start_again(self) -> None:
        """End the server, as the supervisor does when it is asked to."""
        before = self._servers()
        subprocess.run(["kill", "-KILL", *before], check=True)
        wait_until(lambda: self._servers() not in ([], before) and answers(self.port))

    def _servers(self) -> list[str]:
        """What runs inside now."""
        return Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()

    def close(self) -> None:
        servers = self._servers()
        self.process.kill()
        subprocess.run(["kill", "-KILL", *servers], check=False)
        self.process.wait()


def can_have_a_disk() -> bool:
    """May we mount in a name space of our own?"""
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SmallDisk]:
    found = SmallDisk(tmp_path)
    try:
        wait_until(lambda: answers(found.port))
        yield found
    finally:
        found.close()


def taken(wire: Wire, number: int) -> bool:
    """Send a frame; whether the broker says that it has it."""
    at = [START + (number * IN_FRAME + each) * 1_000_000 for each in range(IN_FRAME)]
    wire.publish(
        b"f.gauge-1", encode(["gauge-1.level"], [0] * IN_FRAME, at, [1.0] * IN_FRAME), b"_INBOX.test"
    )
    return any(b'"seq"' in each.payload for each in wire.read(1.0))


@pytest.mark.skipif(not can_have_a_disk(), reason="no disk of our own may be mounted here")
def test_a_broker_whose_disk_is_full_takes_nothing_more_and_loses_nothing_that_it_took(
    small: SmallDisk, cast: Cast
) -> None:
    a_device("gauge-1", cast.village_111)
    with closing(small.connected()) as wire:
        make_stream(wire, FRAMES)
        small.filler.write_bytes(bytes(8_000_000))
        count = 0
        while taken(wire, count):
            count += 1
        hearing = Hearing(wire, (FRAMES,))
        while Observation.objects.count() < count * IN_FRAME:
            hearing.store_what_comes(0.05)
        with pytest.raises(BrokerStuck, match="no space left"):
            hearing.forget_stored()

    small.filler.unlink()
    small.start_again()

    with closing(small.connected()) as wire:
        assert taken(wire, count)
        hearing = Hearing(wire, (FRAMES,))
        while Observation.objects.count() < (count + 1) * IN_FRAME:
            hearing.store_what_comes(0.05)
        hearing.forget_stored()
    assert (count > 0, Observation.objects.count()) == (True, (count + 1) * IN_FRAME)
