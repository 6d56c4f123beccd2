"""/v1.1 as those who write see it: with a key, and the standard's independent client."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import frost_sta_client as fsc
import pytest
import requests
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from anlan.flows.api_keys import end_key, make_key
from anlan.flows.device_kinds import know_standard_kinds
from anlan.staff.terms import KeyScope
from anlan.store.models import Datastream, DeviceEvent, LatestValue, Observation, Series
from tests.cast import Cast
from tests.conftest import NOON
from tests.devices import a_pond_gauge, a_series

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(db: None) -> str:
    return make_key(acting_user=None, scope=KeyScope.SENSING, name="test", now=NOON)


def basic(password: str, user: str = "anybody") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def sent(address: str, body: object, key: str, status: int = 201) -> Any:
    answer = Client().post(
        f"/v1.1/{address}",
        json.dumps(body),
        content_type="application/json",
        headers={"authorization": basic(key)},
    )
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def now_text(minutes: int = 0) -> str:
    return (timezone.now() - timedelta(minutes=minutes)).isoformat()


@pytest.mark.parametrize("header", ["", "Basic", "Basic !!!", basic("wrong"), "Bearer x", basic("")])
def test_without_a_key_nothing_is_written(cast: Cast, key: str, header: str) -> None:
    series = a_series(a_pond_gauge(cast))
    headers = {"authorization": header} if header else {}
    answer = Client().post(
        f"/v1.1/Datastreams({series.pk})/Observations",
        json.dumps({"result": 1}),
        content_type="application/json",
        headers=headers,
    )
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic ")
    assert json.loads(answer.content)["code"] == 401
    assert not Observation.objects.exists()


def test_a_key_that_was_ended_or_made_anew_opens_nothing(cast: Cast, key: str) -> None:
    series = a_series(a_pond_gauge(cast))
    newer = make_key(acting_user=None, scope=KeyScope.SENSING, name="test", now=NOON)
    sent(f"Datastreams({series.pk})/Observations", {"result": 1}, key, 401)
    sent(f"Datastreams({series.pk})/Observations", {"result": 1}, newer)
    assert end_key(acting_user=None, scope=KeyScope.SENSING, name="test", now=NOON)
    sent(f"Datastreams({series.pk})/Observations", {"result": 1}, newer, 401)


def test_a_reading_is_stored_once_and_is_the_latest(cast: Cast, key: str) -> None:
    series = a_series(a_pond_gauge(cast))
    body = {"phenomenonTime": now_text(1), "result": 1.5, "Datastream": {"@iot.id": series.pk}}
    made = sent("Observations", body, key)
    again = sent("Observations", body, key)

    assert made == again and made["result"] == 1.5
    assert Observation.objects.count() == 1
    assert LatestValue.objects.get(pk=series.pk).value == 1.5
    sent("Observations", body | {"result": 2.5}, key, 409)

    sent("Observations", body | {"phenomenonTime": now_text(60), "result": 9}, key)
    assert LatestValue.objects.get(pk=series.pk).value == 1.5


REFUSED: list[tuple[dict[str, object], int, str]] = [
    ({"result": 1, "phenomenonTime": "2026-01-01T00:00:00"}, 400, "zone"),
    ({"result": 1, "phenomenonTime": "yesterday"}, 400, "ISO 8601"),
    ({"result": 1, "phenomenonTime": "2999-01-01T00:00:00Z"}, 400, "future"),
    ({"result": 1, "phenomenonTime": "1999-01-01T00:00:00Z"}, 400, "not kept for so long"),
    ({"result": 1, "phenomenonTime": "2026-01-01T00:00:00Z/2026-01-02T00:00:00Z"}, 501, "span"),
    ({"result": 99}, 400, "-5"),
    ({"result": "1"}, 400, "finite number"),
    ({"result": True}, 400, "finite number"),
    ({}, 400, "finite number"),
    ({"result": 1, "parameters": {"a": 1}}, 501, "parameters"),
]


@pytest.mark.parametrize(("body", "status", "words"), REFUSED)
def test_what_cannot_be_believed_is_refused(
    cast: Cast, key: str, body: dict[str, object], status: int, words: str
) -> None:
    series = a_series(a_pond_gauge(cast))
    assert words in sent(f"Datastreams({series.pk})/Observations", body, key, status)["message"]
    assert not Observation.objects.exists()


def test_what_is_not_done_says_so(cast: Cast, key: str) -> None:
    for plural in ("Things", "Sensors", "Locations", "ObservedProperties", "FeaturesOfInterest"):
        assert plural in sent(plural, {"name": "x"}, key, 501)["message"]
    deep = {"result": 1, "Datastream": {"name": "x", "description": "y"}}
    assert "inside another entity" in sent("Observations", deep, key, 501)["message"]
    assert "$batch" in sent("$batch", {"requests": []}, key, 501)["message"]
    series = a_series(a_pond_gauge(cast))
    for method in ("patch", "put", "delete"):
        answer = getattr(Client(), method)(f"/v1.1/Datastreams({series.pk})")
        assert (answer.status_code, json.loads(answer.content)["code"]) == (501, 501)
    sent("Observations", {"result": 1, "Datastream": {"@iot.id": 999}}, key, 400)
    sent("Observations", [], key, 400)
    sent("Datastreams(999)/Observations", {"result": 1}, key, 404)


def a_datastream(cast: Cast, key: str, **changes: object) -> Any:
    series = a_series(a_pond_gauge(cast)) if not Series.objects.exists() else Series.objects.first()
    assert series is not None
    body = {
        "name": "hand measured",
        "description": "by a person with a rod",
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "unitOfMeasurement": {"name": "centimetre", "symbol": "cm", "definition": "ucum:cm"},
        "Thing": {"@iot.id": series.device_id},
        "Sensor": {"@iot.id": series.device.kind_id},
        "ObservedProperty": {"@iot.id": series.property_id},
        **changes,
    }
    return sent("Datastreams", {name: each for name, each in body.items() if each is not None}, key)


def test_a_datastream_is_as_it_was_described_and_stands_apart(cast: Cast, key: str) -> None:
    made = a_datastream(cast, key, properties={"rod": "A"})
    assert made["name"] == "hand measured"
    assert made["unitOfMeasurement"]["symbol"] == "cm"
    assert made["properties"] == {"rod": "A", "property": "level-2"}
    sent(f"Datastreams({made['@iot.id']})/Observations", {"result": 12_345}, key)

    own = json.loads(Client().get(f"/v1.1/Datastreams({made['@iot.id']})/Observations").content)
    assert [each["result"] for each in own["value"]] == [12_345]
    observed = json.loads(Client().get(f"/v1.1/Datastreams({made['@iot.id']})/ObservedProperty").content)
    assert observed["name"] == "level"
    assert a_datastream(cast, key)["properties"] == {"property": "level-3"}
    assert Datastream.objects.count() == 2
    assert DeviceEvent.objects.filter(action="datastream_made").count() == 2


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Thing": {"@iot.id": 999_999}}, 400),
        ({"Sensor": {"@iot.id": 999_999}}, 400),
        ({"ObservedProperty": {"@iot.id": 999_999}}, 400),
        ({"Thing": {"name": "new"}}, 400),
        ({"Thing": {"name": "new", "description": "new"}}, 501),
        ({"unitOfMeasurement": None}, 400),
        ({"name": ""}, 400),
        ({"observationType": "OM_Truth"}, 501),
    ],
)
def test_a_datastream_needs_what_it_names(
    cast: Cast, key: str, changes: dict[str, object], status: int
) -> None:
    with pytest.raises(AssertionError, match=f'"code": {status}'):
        a_datastream(cast, key, **changes)
    assert not Datastream.objects.exists()


def test_data_arrays_say_of_each_row_what_became_of_it(cast: Cast, key: str) -> None:
    series = a_series(a_pond_gauge(cast))
    block = {
        "Datastream": {"@iot.id": series.pk},
        "components": ["phenomenonTime", "result", "FeatureOfInterest/id"],
        "dataArray@iot.count": 4,
        "dataArray": [[now_text(3), 1, 1], [now_text(2), 999, 1], ["never", 1, 1], [now_text(1), 2, 1]],
    }
    links = sent("CreateObservations", [block], key)
    assert [link == "error" for link in links] == [False, True, True, False]
    assert json.loads(Client().get(links[3]).content)["result"] == 2.0
    assert Observation.objects.count() == 2
    sent("CreateObservations", [block], key)
    assert Observation.objects.count() == 2
    sent("CreateObservations", [{"components": ["result"]}], key, 400)
    sent("CreateObservations", {}, key, 400)


def test_a_row_of_a_data_array_with_another_value_than_is_held_is_an_error(cast: Cast, key: str) -> None:
    series, at, other = a_series(a_pond_gauge(cast)), now_text(3), now_text(2)
    rows = [[at, 1.5], [at, 1.5], [at, 1.6], [other, 2.0], [other, 2.1]]
    link = {"Datastream": {"@iot.id": series.pk}, "components": ["phenomenonTime", "result"]}

    links = sent("CreateObservations", [link | {"dataArray": rows}], key)

    assert [link == "error" for link in links] == [False, False, True, False, True]
    assert sorted(Observation.objects.values_list("value", flat=True)) == [1.5, 2.0]


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "\\\0"])
def test_text_that_cannot_be_kept_is_refused_in_words(cast: Cast, key: str, name: str) -> None:
    with pytest.raises(AssertionError, match="without NUL"):
        a_datastream(cast, key, properties={"rod": [name]})
    assert not Datastream.objects.exists()


def test_a_body_that_is_too_large_is_refused_in_the_one_shape(cast: Cast, key: str) -> None:
    assert "2097152 bytes" in sent("Observations", {"x": "a" * 3_000_000}, key, 413)["message"]
    assert "Datastream" in sent("Observations", {"x": "a" * 1_500_000}, key, 400)["message"]


def test_a_feature_of_interest_is_that_of_the_thing_and_no_other(cast: Cast, key: str) -> None:
    series = a_series(a_pond_gauge(cast))
    address = f"Datastreams({series.pk})/Observations"
    sent(address, {"result": 1, "FeatureOfInterest": {"@iot.id": series.device_id}}, key)
    for other in ({"@iot.id": series.device_id + 1}, {"name": "x", "description": "y"}):
        assert (
            "FeatureOfInterest"
            in sent(address, {"result": 1, "FeatureOfInterest": other}, key, 501)["message"]
        )
    assert Observation.objects.count() == 1


@pytest.mark.filterwarnings("ignore:furl.pathstr")  # the client's own
@pytest.mark.django_db(transaction=True)
def test_an_independent_client_reads_and_writes(live_server: LiveServer, transactional_db: None) -> None:
    from tests.cast import build_cast

    cast = build_cast()
    know_standard_kinds(NOON)
    gauge = a_pond_gauge(cast)
    a_series(gauge)
    key = make_key(acting_user=None, scope=KeyScope.SENSING, name="frost", now=NOON)
    service = fsc.SensorThingsService(
        f"{live_server.url}/v1.1/", auth_handler=fsc.AuthHandler(username="any", password=key)
    )

    thing = service.things().query().filter("name eq 'gauge-111'").list().entities[0]
    assert (thing.id, thing.name) == (gauge.pk, "gauge-111")
    sensor = service.sensors().query().filter("name eq 'water-level'").list().entities[0]
    observed = service.observed_properties().query().filter("name eq 'level'").list().entities[0]
    stream = fsc.Datastream(
        name="by client",
        description="made by the client",
        observation_type="http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        unit_of_measurement=fsc.UnitOfMeasurement(name="metre", symbol="m", definition="ucum:m"),
        thing=thing,
        sensor=sensor,
        observed_property=observed,
    )
    service.create(stream)
    at = timezone.now() - timedelta(minutes=2)
    for minute, value in enumerate((1.5, 2.5)):
        service.create(
            fsc.Observation(
                phenomenon_time=(at + timedelta(minutes=minute)).isoformat(), result=value, datastream=stream
            )
        )

    read = service.datastreams().find(stream.id)
    assert read.name == "by client"
    listed = read.get_observations().query().orderby("phenomenonTime", "asc").count().list()
    assert [each.result for each in listed.entities] == [1.5, 2.5]
    assert listed.count == 2
    assert datetime.fromisoformat(listed.entities[0].phenomenon_time).astimezone(UTC) == at
    with pytest.raises(requests.HTTPError):
        service.delete(stream)
