"""A broker for tests, and a device that sends over MQTT."""

import json
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import paho.mqtt.client as mqtt

from anlan.edge.cli import broker
from anlan.edge.ingest.connections import cut_off
from anlan.edge.ingest.gate import ASKED, Gate
from anlan.edge.ingest.hearing import Hearing
from anlan.edge.ingest.streams import facts_of, make_stream, make_streams, streams_of_frames
from anlan.edge.ingest.wire import Wire, connected
from anlan.store.readers.series import is_device, passwords_made
from tests.edge.cli.serving import free_port
from tests.waiting import wait_until

START = datetime.now(UTC) - timedelta(hours=1)

RECONNECT = 0.05
"""Seconds; also how long one that was refused can take to be stopped."""


@dataclass
class Broker:
    """A running broker, and the two connections of the ingest."""

    settings: Any
    secrets: dict[str, str]
    process: "subprocess.Popen[bytes]"
    wire: Wire | None = None
    gate_wire: Wire | None = None
    hearing: Hearing | None = None
    frames: bool = False
    shares: list[Wire] = field(default_factory=list)

    def hear(self) -> Hearing:
        """Connect as the ingest does."""
        self.wire, self.gate_wire = self.connected("ingest"), self.connected("gate")
        if self.frames:
            self.gate_wire.subscribe(ASKED)
            self.hearing = self._hear_frames(self.wire, 0, 1)
            return self.hearing
        names = make_streams(self.wire)
        self.gate_wire.subscribe(ASKED)
        self.hearing = Hearing(self.wire, names)
        return self.hearing

    def hear_share(self, share: int, shares: int) -> Hearing:
        """Hear one share of the frames, as one of several processes does."""
        wire = self.connected(f"share-{share}")
        self.shares.append(wire)
        return self._hear_frames(wire, share, shares)

    def _hear_frames(self, wire: Wire, share: int, shares: int) -> Hearing:
        mine = streams_of_frames(wire, share, shares)
        for name, facts in mine.items():
            make_stream(wire, name, 1, facts)
        return Hearing(wire, tuple(mine))

    def connected(self, name: str) -> Wire:
        """A connection with all rights."""
        return connected("127.0.0.1", self.port, self.secrets["user"], self.secrets["password"], name)

    @property
    def port(self) -> int:
        """Where the broker is heard over NATS."""
        return int(self.settings.ANLAN_FRAMES_PORT if self.frames else self.settings.ANLAN_NATS_PORT)

    def signed_in(self, name: str, password: str) -> Wire:
        """A connection over NATS as a device; raises WireError when it is refused."""
        with ThreadPoolExecutor(1) as aside:
            coming = aside.submit(connected, "127.0.0.1", self.port, name, password, name)
            while not coming.done():
                self.let_in()
            return coming.result()

    def cut_off(self) -> int:
        """Cut off whose password ended."""
        system = connected("127.0.0.1", self.port, "sys", self.secrets["password"], "gate")
        try:
            return cut_off(system, passwords_made)
        finally:
            system.close()

    def let_in(self, seconds: float = 0.02) -> None:
        """Answer what the broker asks about devices."""
        assert self.gate_wire is not None
        gate = Gate(self.secrets["seed"])
        for message in self.gate_wire.read(seconds):
            self.gate_wire.publish(message.reply, gate.answer(message.payload, is_device))

    def store(self) -> int:
        """Store what came so far."""
        assert self.hearing is not None
        return self.hearing.store_what_comes(0.05)

    def holds_more(self) -> bool:
        """Does a stream hold what was not read yet?"""
        assert self.hearing is not None
        with closing(self.connected("looker")) as wire:
            read = self.hearing._streams.values()
            return any(facts_of(wire, stream.name).last > stream.read for stream in read)

    def forget(self) -> None:
        """End both connections, as a process that is killed does."""
        for wire in (self.wire, self.gate_wire, *self.shares):
            if wire is not None:
                wire.close()


@contextmanager
def running_broker(home: Path, frames: bool = False, **changed: Any) -> Iterator[Broker]:
    """Start a broker whose data lie in `home`: that of frames, or that of single readings."""
    settings = SimpleNamespace(
        **{
            "ANLAN_HOME": home,
            "ANLAN_NATS_PORT": free_port(),
            "ANLAN_MQTT_HOST": "127.0.0.1",
            "ANLAN_MQTT_PORT": free_port(),
            "ANLAN_BROKER_SYNC": "2m",
            "ANLAN_FRAMES_HOST": "127.0.0.1",
            "ANLAN_FRAMES_PORT": free_port(),
            "ANLAN_FRAMES_SHARES": 1,
        }
        | changed
    )
    process = (broker.frames_child if frames else broker.child)(settings, {}, None).start()
    try:
        wait_until(lambda: answers(settings.ANLAN_FRAMES_PORT if frames else settings.ANLAN_MQTT_PORT))
        secrets = json.loads((home / "nats" / "secrets.json").read_text())
        found = Broker(settings, secrets, process, frames=frames)
        try:
            yield found
        finally:
            found.forget()
    finally:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    """Does something listen on this port?"""
    import socket

    with socket.socket() as link:
        return link.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class MqttDevice:
    """A device; `broker` lets it in while it waits."""

    broker: Broker
    name: str
    password: str
    client_id: str = ""
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=self.client_id or self.name)
        self.client.username_pw_set(self.name, self.password)
        self.client.reconnect_delay_set(RECONNECT, RECONNECT)  # type: ignore[arg-type]
        self.client.on_connect = lambda _c, _u, _f, code, _p: self.said.append(str(code))
        self.client.connect_async("127.0.0.1", self.broker.settings.ANLAN_MQTT_PORT)

    def sign_in(self) -> str:
        """Connect; what the broker said."""
        self.client.loop_start()
        self.wait(lambda: self.said)
        return self.said[-1]

    def send(self, topic: str, payload: str, qos: int = 1) -> Any:
        """Send one message; its receipt."""
        return self.client.publish(topic, payload, qos=qos)

    def send_readings(self, count: int, qos: int = 1, first: int = 0) -> None:
        """Send `count` readings of `level`, one a second of the past, and wait until all are taken."""
        receipts = [self.send(f"d/{self.name}/level", reading(first + n), qos) for n in range(count)]
        self.wait(lambda: all(each.is_published() for each in receipts))

    def wait(self, done: Any) -> None:
        """Wait until something holds; who connects meanwhile is let in."""

        def looked() -> bool:
            self.broker.let_in()
            return bool(done())

        wait_until(looked)

    def leave(self) -> None:
        """Disconnect."""
        self.client.disconnect()
        self.client.loop_stop()


def reading(number: int, value: float | None = None) -> str:
    """The payload of one reading, `number` seconds after the start."""
    at = (START + timedelta(seconds=number)).isoformat()
    return json.dumps({"t": at, "v": number / 1000 if value is None else value})
