"""From a device over MQTT through a real broker into the tables: nothing lost, nothing twice."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.base.errors import Conflict
from anlan.edge.ingest import streams
from anlan.edge.ingest.wire import WireError
from anlan.flows.device_credentials import give_credentials
from anlan.flows.device_kinds import know_standard_kinds
from anlan.flows.take_readings import Senders, batch_of, offset_of, take_readings
from anlan.store.models import (
    Credential,
    Device,
    DeviceKind,
    LatestValue,
    Observation,
    ObservationHour,
    Quarantined,
)
from anlan.store.readers.series import SeriesTable
from tests.cast import Cast
from tests.edge.ingest.broker import Broker, MqttDevice, reading, running_broker

NOW = datetime.now(UTC)


@pytest.fixture
def password(cast: Cast) -> str:
    """The password of the water level sensor `pond-1`."""
    know_standard_kinds(NOW)
    device = Device.objects.create(
        name="pond-1",
        kind=DeviceKind.objects.get(code="water-level"),
        area=cast.village_111,
        area_path=cast.village_111.path,
    )
    return give_credentials([device], NOW)[0].password


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with running_broker(tmp_path) as found:
        yield found
        found.forget()


@pytest.fixture
def device(broker: Broker, password: str) -> Iterator[MqttDevice]:
    """The sensor, signed in to a broker whose messages are heard."""
    broker.hear()
    found = MqttDevice(broker, "pond-1", password)
    assert found.sign_in() == "Success"
    yield found
    found.leave()


def store_all(broker: Broker, count: int) -> None:
    """Store until so many readings are there; a reading more would show."""
    while Observation.objects.count() < count:
        broker.store()
    broker.store()
    assert Observation.objects.count() == count


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_every_reading_is_stored_once_whatever_the_quality_of_service(
    broker: Broker, device: MqttDevice, qos: int
) -> None:
    device.send_readings(300, qos)
    store_all(broker, 300)
    device.send_readings(300, qos)  # the acknowledgement was lost: all is sent again
    store_all(broker, 300)

    assert LatestValue.objects.get().value == 0.299
    assert sum(each.count for each in ObservationHour.objects.all()) == 300


def test_whoever_is_not_in_the_register_is_refused(broker: Broker, password: str) -> None:
    broker.hear()
    strangers = [
        MqttDevice(broker, "pond-1", "wrong"),
        MqttDevice(broker, "pond-2", password),
        MqttDevice(broker, "pond-1", password, client_id="pond-2"),
    ]

    assert [each.sign_in() for each in strangers] == ["Not authorized"] * 3
    for each in strangers:
        each.leave()


def test_a_revoked_credential_opens_nothing(broker: Broker, password: str) -> None:
    broker.hear()
    Credential.objects.update(revoked_at=NOW)
    stranger = MqttDevice(broker, "pond-1", password)

    assert stranger.sign_in() == "Not authorized"
    stranger.leave()


def test_a_device_sends_under_its_own_name_alone_and_hears_nothing(
    broker: Broker, device: MqttDevice
) -> None:
    heard: list[object] = []
    device.client.on_message = lambda _c, _u, message: heard.append(message)
    device.client.subscribe("d/#", 1)
    device.send("d/pond-2/level", reading(1))
    device.send_readings(1)
    store_all(broker, 1)

    assert Observation.objects.get().series.device.name == "pond-1"
    assert heard == []


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        ("d/pond-1/level", "rubbish", "malformed"),
        ("d/pond-1/level", '{"t": "2026-11-27T09:00:00", "v": 1}', "no_zone"),
        ("d/pond-1/level", reading(1, float("nan")), "malformed"),
        ("d/pond-1/level", '{"t": "2026-11-27T09:00:00+08:00", "v": "high"}', "not_a_number"),
        ("d/pond-1/level", '{"t": "2999-01-01T00:00:00Z", "v": 1}', "future"),
        ("d/pond-1/level", '{"t": "1999-01-01T00:00:00Z", "v": 1}', "too_old"),
        ("d/pond-1/level", reading(1, 1e9), "out_of_range"),
        ("d/pond-1/mood", reading(1), "unknown_property"),
    ],
    ids=lambda words: words if len(words) < 20 else "",  # a time of now would name the test anew each time
)
def test_what_cannot_be_believed_is_kept_aside_with_its_reason(
    broker: Broker, device: MqttDevice, topic: str, payload: str, reason: str
) -> None:
    device.send(topic, payload).wait_for_publish(5)
    device.send_readings(1)
    store_all(broker, 1)

    kept = Quarantined.objects.get()
    assert (kept.device, kept.reason, kept.payload) == ("pond-1", reason, payload)


def test_what_a_device_was_told_is_taken_is_stored_though_our_own_stream_is_full(
    broker: Broker, device: MqttDevice
) -> None:
    """The broker acknowledges from its own `$MQTT_msgs`: a full stream of ours says nothing to a device."""
    assert broker.wire is not None
    full = {"name": streams.PLAIN, **streams.LIMITS, "subjects": ["d.>"], "max_msgs": 10, "discard": "new"}
    assert "error" not in broker.wire.request(f"$JS.API.STREAM.UPDATE.{streams.PLAIN}", full)

    device.send_readings(2000)

    store_all(broker, 2000)


def test_an_ingest_that_is_killed_with_messages_in_its_hands_begins_where_the_database_ended(
    broker: Broker, device: MqttDevice
) -> None:
    """No acknowledgement is kept at the broker that could say more than the database holds."""
    assert broker.wire is not None
    device.send_readings(500)
    store_all(broker, 500)
    device.send_readings(500, first=500)
    while not broker.wire.read(1.0):  # read, and gone with the process
        pass
    broker.forget()

    broker.hear()
    device.send_readings(500, first=1000)

    store_all(broker, 1500)


def test_a_broker_that_is_killed_loses_nothing_that_it_had_acknowledged(
    tmp_path: Path, password: str
) -> None:
    with running_broker(tmp_path, ANLAN_BROKER_SYNC="always") as first:
        first.hear()
        device = MqttDevice(first, "pond-1", password)
        device.sign_in()
        device.send_readings(300)
        first.forget()
        device.leave()
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait()
    with running_broker(tmp_path) as second:
        second.hear()
        store_all(second, 300)
        second.forget()


def test_a_gap_in_the_numbers_of_a_stream_is_never_read_over(broker: Broker, device: MqttDevice) -> None:
    assert broker.hearing is not None
    for stream in broker.hearing._streams.values():
        stream.read -= 1  # as if a message had been missed

    device.send_readings(1)
    with pytest.raises(WireError, match="came after"):
        while not broker.store():
            pass

    assert not Observation.objects.exists()


def test_of_two_who_read_the_same_stream_one_stores(password: str) -> None:
    senders = Senders()
    now = datetime.now(UTC)
    batch = batch_of("MQTT", 0, 1, [b"d.pond-1.level"], [reading(1).encode()], now)

    take_readings(acting_user=None, batch=batch, senders=senders, now=now)
    with pytest.raises(Conflict):
        take_readings(acting_user=None, batch=batch, senders=senders, now=now)

    assert (offset_of("MQTT"), Observation.objects.count()) == (1, 1)


def test_unknown_names_cost_one_question_however_many_there_are(password: str) -> None:
    known = SeriesTable()
    known.look_up_names([b"pond-1.level"])

    def asked(count: int) -> int:
        subjects = [f"stranger-{each % 2}.x{each}".encode() for each in range(count)] + [b"pond-1.mood"]
        with CaptureQueriesContext(connection) as queries:
            why = known.why_unknown(subjects)
        assert set(why.values()) == {"unknown_device", "unknown_property"}
        return len(queries)

    assert (asked(1), asked(1000)) == (1, 1)


def test_a_late_reading_lands_in_its_place_and_is_not_the_newest(broker: Broker, device: MqttDevice) -> None:
    device.send_readings(1, first=100)
    store_all(broker, 1)
    device.send_readings(1, first=50)
    store_all(broker, 2)

    assert LatestValue.objects.get().value == 0.1


def test_what_is_stored_is_forgotten_by_the_broker(broker: Broker, device: MqttDevice) -> None:
    device.send_readings(50)
    store_all(broker, 50)
    assert broker.hearing is not None and broker.wire is not None

    broker.hearing.forget_stored()

    assert streams.facts_of(broker.wire, streams.MQTT).first == 51
