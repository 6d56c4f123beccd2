"""Frames of a gateway through a real broker into the tables: its devices alone, each reading once."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anlan.edge.ingest.streams import facts_of, make_stream, streams_of_frames
from anlan.edge.ingest.wire import Wire, WireError
from anlan.flows.device_credentials import give_credentials, revoke_credential
from anlan.sensing.frames import encode
from anlan.store.models import IngestOffset, Observation, ObservationDay, QuarantineCount, Quarantined
from tests.cast import Cast
from tests.devices import a_device
from tests.edge.ingest.broker import Broker, running_broker

NOW = datetime.now(UTC)
START = int((NOW - timedelta(hours=2)).timestamp()) * 1_000_000


@dataclass
class Gateway:
    """A gateway that is signed in, with two gauges behind it."""

    broker: Broker
    password: str
    wire: Wire

    def send(self, frame: bytes) -> None:
        """Send one frame and wait until the broker has it on the disk."""
        self.wire.publish(b"f.gateway-1", frame, b"_INBOX.gateway-1.x")
        while not (answers := self.wire.read(1.0)):
            pass
        assert b'"stream":"FRAMES-' in answers[0].payload

    def store(self) -> None:
        while not self.broker.store():
            pass


@pytest.fixture
def gateway(cast: Cast, tmp_path: Path) -> Iterator[Gateway]:
    found = a_device("gateway-1", cast.village_111)
    for name in ("gauge-1", "gauge-2"):
        a_device(name, cast.village_111, gateway="gateway-1")
    a_device("gauge-3", cast.village_111)
    password = give_credentials([found], NOW)[0].password
    with running_broker(tmp_path, frames=True) as broker:
        broker.hear()
        wire = broker.signed_in("gateway-1", password)
        wire.subscribe("_INBOX.gateway-1.x")
        with closing(wire):
            yield Gateway(broker, password, wire)


def frame(names: list[str], count: int = 500, value: float = 1.5) -> bytes:
    places = [number % len(names) for number in range(count)]
    at = [START + number * 1_000_000 for number in range(count)]
    return encode(names, places, at, [value] * count)


def test_every_reading_of_a_frame_is_stored_once(gateway: Gateway) -> None:
    for _ in range(2):  # the answer was lost: it is sent again
        gateway.send(frame(["gauge-1.level", "gauge-2.level"]))
    gateway.store()

    assert Observation.objects.count() == sum(each.count for each in ObservationDay.objects.all()) == 500


def test_what_a_gateway_may_not_send_is_kept_aside_reading_by_reading(gateway: Gateway) -> None:
    names = ["gauge-1.level", "gauge-3.level", "gauge-1.mood", "nobody.level"]
    gateway.send(frame(names, 4))
    gateway.send(frame(["gauge-2.level"], 3, value=1e9))
    gateway.send(b"ANLF" + bytes(40))
    gateway.store()

    assert Observation.objects.get().series.device.name == "gauge-1"
    assert {(each.device, each.property, each.reason, each.count) for each in counts()} == {
        ("gauge-3", "level", "not_its_own", 1),
        ("gauge-1", "mood", "unknown_property", 1),
        ("nobody", "level", "unknown_device", 1),
        ("gauge-2", "level", "out_of_range", 3),
        ("gateway-1", "", "malformed", 1),
    }


@dataclass(frozen=True)
class Count:
    device: str
    property: str
    reason: str
    count: int


def counts() -> list[Count]:
    names = dict(Quarantined.objects.values_list("device", "property"))
    rows = QuarantineCount.objects.all()
    return [Count(row.device, names[row.device], row.reason, row.count) for row in rows]


def test_a_gateway_sends_frames_of_its_own_name_alone_and_hears_nothing_else(gateway: Gateway) -> None:
    gateway.wire.publish(b"f.gauge-3", frame(["gauge-3.level"], 1))
    gateway.wire.subscribe("f.>")
    gateway.send(frame(["gauge-1.level"], 1))
    gateway.store()

    assert Observation.objects.get().series.device.name == "gauge-1"
    assert gateway.wire.read(0.1) == []


def test_a_password_that_ends_cuts_the_open_connection(gateway: Gateway, cast: Cast) -> None:
    assert gateway.broker.cut_off() == 0
    revoke_credential(acting_user=cast.grace, name="gateway-1", now=NOW)

    assert gateway.broker.cut_off() == 1
    with pytest.raises(WireError):
        for _ in range(20):
            gateway.wire.read(1.0)
    with pytest.raises(WireError):
        gateway.broker.signed_in("gateway-1", gateway.password)


@pytest.fixture
def names(cast: Cast) -> list[str]:
    found = [f"gauge-{each}" for each in range(12)]
    for name in found:
        a_device(name, cast.village_111)
    return found


def send_twice(broker: Broker, names: list[str]) -> None:
    """Of each device the same frame of 50 readings twice."""
    with closing(broker.connected("sender")) as wire:
        wire.subscribe("_INBOX.sender.x")
        for name in names * 2:
            wire.publish(f"f.{name}".encode(), frame([f"{name}.level"], 50), b"_INBOX.sender.x")
            assert b'"seq"' in wire.read(5.0)[0].payload


def test_several_share_the_frames_by_who_sends_them(names: list[str], tmp_path: Path) -> None:
    with running_broker(tmp_path, frames=True, ANLAN_FRAMES_SHARES=3) as broker:
        shares = [broker.hear_share(share, 3) for share in range(3)]
        send_twice(broker, names)
        stored = [share.store_what_comes(0.2) for share in shares]

    assert Observation.objects.count() == 12 * 50
    assert sum(stored) == 24 * 50 and max(stored) < 24 * 50  # nobody does it all
    offsets = dict(IngestOffset.objects.values_list("stream", "sequence"))
    assert sorted(offsets) == ["FRAMES", *(f"FRAMES-{lane}" for lane in range(6))]
    assert sum(offsets.values()) == 24 and offsets["FRAMES"] == 0


def test_frames_of_all_lanes_and_the_places_of_all_are_stored_together(
    names: list[str], tmp_path: Path
) -> None:
    with running_broker(tmp_path, frames=True) as broker:
        hearing = broker.hear()
        send_twice(broker, names)
        stored = 0
        while stored < 24 * 50:
            stored += hearing.store_what_comes(0.2)

    assert Observation.objects.count() == 12 * 50
    offsets = dict(IngestOffset.objects.values_list("stream", "sequence"))
    assert sum(offsets.values()) == 24 and sum(each > 0 for each in offsets.values()) > 1


def test_what_waits_for_shares_that_are_given_up_is_stored_by_the_first(
    names: list[str], tmp_path: Path
) -> None:
    with running_broker(tmp_path, frames=True, ANLAN_FRAMES_SHARES=8) as broker:
        for share in range(8):
            broker.hear_share(share, 8)
        send_twice(broker, names)
    with running_broker(tmp_path, frames=True) as broker:
        hearing = broker.hear()
        stored = 0
        while stored < 24 * 50:
            stored += hearing.store_what_comes(0.2)

    assert Observation.objects.count() == 12 * 50
    assert max(IngestOffset.objects.filter(sequence__gt=0).values_list("stream", flat=True)) > "FRAMES-3"


def test_a_stream_that_shall_hold_less_than_it_does_drops_nothing(names: list[str], tmp_path: Path) -> None:
    with running_broker(tmp_path, frames=True) as broker:
        broker.hear()
        send_twice(broker, names)
        with closing(broker.connected("looker")) as wire:
            lanes = streams_of_frames(wire, 0, 1)
            held = [facts_of(wire, name) for name in lanes]
            for name, facts in lanes.items():
                make_stream(wire, name, 1, {**facts, "max_bytes": 1})
            assert [facts_of(wire, name) for name in lanes] == held
