"""From a device over MQTT through a real broker into the tables: nothing lost, nothing twice."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.errors import DiskFull

from anlan.base.errors import Conflict
from anlan.edge.ingest import streams
from anlan.edge.ingest.wire import WireError
from anlan.flows.device_credentials import give_credentials, rotate_credential
from anlan.flows.device_kinds import know_standard_kinds
from anlan.flows.keep_readings import keep_readings
from anlan.flows.stream_places import offset_of
from anlan.flows.take_readings import Senders, batch_of, take_readings
from anlan.store.models import (
    Credential,
    Device,
    DeviceEvent,
    DeviceKind,
    IngestOffset,
    LatestValue,
    Observation,
    ObservationHour,
    QuarantineCount,
    Quarantined,
)
from anlan.store.observation_days import make_days
from anlan.store.readers.series import SeriesTable
from tests.cast import Cast
from tests.devices import a_device
from tests.edge.ingest.broker import RECONNECT, START, Broker, MqttDevice, reading, running_broker
from tests.waiting import wait_until

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


@pytest.fixture
def device(broker: Broker, password: str) -> Iterator[MqttDevice]:
    """The sensor, signed in to a broker whose messages are heard."""
    broker.hear()
    found = MqttDevice(broker, "pond-1", password)
    assert found.sign_in() == "Success"
    yield found
    found.leave()


def store_all(broker: Broker, count: int) -> None:
    """Store all that the broker holds: so many readings are there then, and not one more."""
    while Observation.objects.count() < count or broker.holds_more():
        broker.store()
    assert Observation.objects.count() == count


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_every_reading_is_stored_once_whatever_the_quality_of_service(
    broker: Broker, device: MqttDevice, qos: int
) -> None:
    device.send_readings(300, qos)
    store_all(broker, 300)
    device.send_readings(300, qos)  # the acknowledgement was lost: all is sent again
    device.send_readings(1, first=300)  # when this one is taken, so is all that came before it
    store_all(broker, 301)

    assert LatestValue.objects.get().value == 0.3
    assert sum(each.count for each in ObservationHour.objects.all()) == 301


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


def test_a_new_password_cuts_off_whoever_is_connected_with_the_old_one(
    broker: Broker, device: MqttDevice, cast: Cast
) -> None:
    gone: list[object] = []
    device.client.on_disconnect = lambda *_facts: gone.append(1)
    rotate_credential(acting_user=cast.grace, name="pond-1", now=datetime.now(UTC))

    assert broker.cut_off() == 1

    wait_until(lambda: gone)
    device.leave()


def test_mqtt_5_is_refused_by_its_version_so_that_a_device_can_speak_3_1_1(
    broker: Broker, password: str
) -> None:
    """docs/ingest.md says so; the broker of this release speaks 3.1.1 alone."""
    broker.hear()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="pond-1", protocol=mqtt.MQTTv5)
    client.username_pw_set("pond-1", password)
    client.reconnect_delay_set(RECONNECT, RECONNECT)  # type: ignore[arg-type]
    said: list[str] = []
    client.on_connect = lambda _c, _u, _f, code, _p: said.append(str(code))
    client.connect("127.0.0.1", broker.settings.ANLAN_MQTT_PORT)
    client.loop_start()

    wait_until(lambda: said)
    client.loop_stop()
    assert said[0] == "Unsupported protocol version"


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
        ("d/pond-1/level", '{"t": "2024-01-01T00:00:00Z", "v": 1}', "too_old"),
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

    device.send_readings(200)

    store_all(broker, 200)


def test_a_stream_that_is_full_takes_nothing_more_and_the_device_keeps_what_it_was_not_told_is_taken(
    broker: Broker, device: MqttDevice
) -> None:
    gone: list[object] = []
    told: set[object] = set()
    device.client.on_disconnect = lambda *_facts: gone.append(1)
    device.client.on_publish = lambda *facts: told.add(facts[2])
    limited(broker, max_msgs=10)
    for each in range(30):
        device.send("d/pond-1/level", reading(each))
    wait_until(lambda: gone)
    assert len(told) <= 10
    store_all(broker, 10)

    limited(broker, max_msgs=-1)
    device.wait(lambda: len(told) == 30)

    store_all(broker, 30)


def limited(broker: Broker, **changed: int) -> None:
    """Change how much the stream of MQTT holds."""
    assert broker.wire is not None
    config = broker.wire.request(f"$JS.API.STREAM.INFO.{streams.MQTT}")["config"]
    done = broker.wire.request(f"$JS.API.STREAM.UPDATE.{streams.MQTT}", {**config, **changed})
    assert "error" not in done


def test_what_waits_in_the_stream_of_an_earlier_release_is_stored_and_the_stream_given_up(
    broker: Broker, password: str
) -> None:
    """That release let the broker make `$MQTT_msgs` and fed a stream of its own from it."""
    wire = broker.connected("earlier")
    origin = {"name": streams.MQTT, "subjects": ["$MQTT.msgs.>"], "retention": "interest"}
    fed = {"name": streams.EARLIER, "sources": [{"name": streams.MQTT}], "max_bytes": streams.MOST_BYTES}
    for config in (origin, fed):
        assert "error" not in wire.request(f"$JS.API.STREAM.CREATE.{config['name']}", config)
    origin_info = f"$JS.API.STREAM.INFO.{streams.MQTT}"
    wait_until(lambda: wire.request(origin_info)["state"]["consumer_count"])  # until then nothing is kept
    for each in range(5):
        wire.publish(b"$MQTT.msgs.d.pond-1.level", reading(each).encode())
    wait_until(lambda: streams.facts_of(wire, streams.EARLIER).last == 5)
    wire.close()

    broker.hear()
    store_all(broker, 5)
    assert broker.hearing is not None and broker.wire is not None
    broker.hearing.forget_stored()

    assert streams.make_streams(broker.wire) == (streams.MQTT, streams.PLAIN)
    assert "error" in broker.wire.request(f"$JS.API.STREAM.INFO.{streams.EARLIER}")


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
    batch = batch_of(streams.MQTT, 0, 1, [b"d.pond-1.level"], [reading(1).encode()], now)

    take_readings(acting_user=None, batch=batch, senders=senders, now=now)
    with pytest.raises(Conflict):
        take_readings(acting_user=None, batch=batch, senders=senders, now=now)

    assert (offset_of(streams.MQTT), Observation.objects.count()) == (1, 1)


def test_a_stream_that_was_made_anew_is_read_from_its_beginning(broker: Broker, device: MqttDevice) -> None:
    """After a restore the database knows numbers of a stream that is gone; its own counts from one again."""
    device.send_readings(20)
    IngestOffset.objects.filter(stream=streams.MQTT).update(sequence=900, identity="2020-01-01T00:00:00Z")
    for wire in (broker.wire, broker.gate_wire):
        assert wire is not None
        wire.close()

    broker.hear()

    store_all(broker, 20)
    assert offset_of(streams.MQTT) == 20


def test_an_offset_of_an_earlier_release_beyond_the_stream_begins_where_the_stream_does(
    broker: Broker, device: MqttDevice
) -> None:
    device.send_readings(20)
    IngestOffset.objects.filter(stream=streams.MQTT).update(sequence=900, identity="")
    for wire in (broker.wire, broker.gate_wire):
        assert wire is not None
        wire.close()

    broker.hear()

    store_all(broker, 20)


def test_what_an_operator_plays_again_may_be_years_old_and_stays_as_long_as_what_comes_now(
    password: str,
) -> None:
    years_ago = b'{"t": "2022-03-20T11:00:00+01:00", "v": 1.5}'
    batch = batch_of("PLAIN", 0, 2, [b"r.pond-1.level", b"d.pond-1.level"], [years_ago] * 2, NOW)

    take_readings(acting_user=None, batch=batch, senders=Senders(), now=NOW)

    assert (Observation.objects.count(), Quarantined.objects.get().reason) == (1, "too_old")
    keep_readings(acting_user=None, now=NOW + timedelta(days=364))
    assert Observation.objects.count() == 1
    keep_readings(acting_user=None, now=NOW + timedelta(days=367))
    assert Observation.objects.count() == 0


def test_a_device_that_sends_a_thousand_a_second_is_slowed_down_and_others_are_not(
    password: str, cast: Cast, settings: LazySettings
) -> None:
    settings.ANLAN_DEVICE_RATE = 10
    a_device("pond-2", cast.village_111, DeviceKind.objects.get(code="water-level"))
    subjects = [f"d.pond-{2 if each % 100 == 0 else 1}.level".encode() for each in range(3000)]
    payloads = [reading(each).encode() for each in range(3000)]
    senders = Senders()

    for first in (0, 1500):
        part = slice(first, first + 1500)
        batch = batch_of("PLAIN", first, first + 1500, subjects[part], payloads[part], NOW)
        take_readings(acting_user=None, batch=batch, senders=senders, now=NOW)

    names = list(Observation.objects.values_list("series__device__name", flat=True))
    assert (names.count("pond-1"), names.count("pond-2")) == (1000, 30)
    assert [(each.device, each.reason, each.count) for each in QuarantineCount.objects.all()] == [
        ("pond-1", "too_many", 1970)
    ]
    assert list(DeviceEvent.objects.values_list("device__name", "action")) == [("pond-1", "limited")]
    assert Quarantined.objects.count() <= 400


def test_a_full_disk_stores_nothing_in_half_and_all_once_there_is_room(
    broker: Broker, device: MqttDevice
) -> None:
    assert broker.hearing is not None
    device.send_readings(30)
    make_days([START.date()])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FULL)
        with pytest.raises(DiskFull):
            while True:
                broker.store()
        transaction.set_rollback(True)
    broker.forget()
    assert (Observation.objects.count(), LatestValue.objects.count(), offset_of(streams.MQTT)) == (0, 0, 0)

    broker.hear()

    store_all(broker, 30)


FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON observation_day FOR EACH ROW EXECUTE FUNCTION full_disk()
"""


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
