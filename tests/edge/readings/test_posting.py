"""POST /api/v1/readings: with the password of a device, row by row, each reading once."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as few
from hypothesis import strategies as st

from anlan.flows.device_credentials import give_credentials
from anlan.flows.post_readings import _pace
from anlan.store.models import (
    Credential,
    Device,
    DeviceEvent,
    LatestValue,
    Observation,
    ObservationDay,
    QuarantineCount,
    Quarantined,
)
from tests.cast import Cast
from tests.devices import a_device, a_pond_gauge
from tests.examples import examples

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
EARLIER = (NOW - timedelta(hours=1)).isoformat()


@pytest.fixture
def gauge(cast: Cast) -> Device:
    """The gauge of the pond, behind `gateway-1`."""
    found = a_pond_gauge(cast)
    Device.objects.filter(pk=found.pk).update(gateway="gateway-1")
    return found


@pytest.fixture
def password(gauge: Device) -> str:
    _pace.cache_clear()
    return give_credentials([gauge], NOW)[0].password


def answered(body: object, name: str, password: str) -> HttpResponse:
    coded = base64.b64encode(f"{name}:{password}".encode()).decode()
    return Client().post(
        "/api/v1/readings",
        body if isinstance(body, str) else json.dumps(body),
        content_type="application/json",
        headers={"authorization": f"Basic {coded}"},
    )


def posted(body: object, name: str, password: str, status: int = 200) -> Any:
    answer = answered(body, name, password)
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def reading(**changed: object) -> dict[str, object]:
    return {"property": "level", "t": EARLIER, "v": 1.5} | changed


def test_a_reading_is_stored_once_with_its_sums_however_often_it_is_sent(password: str) -> None:
    assert posted(reading(), "gauge-111", password) == {"taken": 1, "new": 1, "faults": []}
    assert posted([reading(), reading()], "gauge-111", password) == {"taken": 2, "new": 0, "faults": []}

    assert Observation.objects.get().value == LatestValue.objects.get().value == 1.5
    assert ObservationDay.objects.get().count == 1


def test_every_row_that_is_not_believed_says_why_and_harms_no_other(cast: Cast, password: str) -> None:
    a_device("gauge-2", cast.village_111)
    rows = {
        "malformed t": reading(t="yesterday"),
        "malformed property": {"t": EARLIER, "v": 1},
        "malformed row": 7,
        "no_zone t": reading(t="2026-11-27T09:00:00"),
        "not_a_number v": reading(v="high"),
        "out_of_range v": reading(v=1e9),
        "future t": reading(t=(NOW + timedelta(hours=1)).isoformat()),
        "too_old t": reading(t=(NOW - timedelta(days=366)).isoformat()),
        "unknown_property property": reading(property="mood"),
        "unknown_device device": reading(device="nobody"),
        "not_its_own device": reading(device="gauge-2"),
        "wrong_unit unit": reading(unit="cm"),
    }

    told = posted([*rows.values(), reading(unit="m")], "gauge-111", password)

    assert (told["taken"], told["new"]) == (1, 1)
    assert [f"{each['reason']} {each['field']}" for each in told["faults"]] == list(rows)
    assert [each["row"] for each in told["faults"]] == list(range(len(rows)))
    assert all(each["message"] for each in told["faults"])
    assert Quarantined.objects.count() == len(rows)
    assert sum(each.count for each in QuarantineCount.objects.all()) == len(rows)


@pytest.mark.parametrize("field", ["device", "property", "unit"])
@pytest.mark.parametrize("text", ["\ud800", "a\0b", "a\nb"])
def test_text_that_cannot_be_kept_harms_no_other_row(password: str, field: str, text: str) -> None:
    told = posted([reading(**{field: text}), reading()], "gauge-111", password)

    assert (told["taken"], [each["field"] for each in told["faults"]]) == (1, [field])


def test_as_many_bytes_are_taken_as_are_promised(password: str) -> None:
    body = json.dumps([reading()])

    assert posted(body + " " * 2_000_000, "gauge-111", password)["taken"] == 1
    assert "2097152" in posted(body + " " * 2_100_000, "gauge-111", password, 413)["message"]


def test_a_gateway_sends_for_the_devices_behind_it(cast: Cast, gauge: Device) -> None:
    gateway = a_device("gateway-1", cast.village_111)
    secret = give_credentials([gateway], NOW)[0].password

    told = posted([reading(device="gauge-111"), reading()], "gateway-1", secret)

    assert told == {"taken": 2, "new": 2, "faults": []}
    assert set(Observation.objects.values_list("series__device__name", flat=True)) == {
        "gauge-111",
        "gateway-1",
    }


def test_nobody_else_gets_in(password: str) -> None:
    for name, secret in (("gauge-111", "wrong"), ("nobody", password), ("", ""), ("a\0", password)):
        posted(reading(), name, secret, 401)
    Credential.objects.update(revoked_at=NOW)
    posted(reading(), "gauge-111", password, 401)

    assert not Observation.objects.exists()


def test_what_is_no_batch_of_readings_is_refused_whole(password: str) -> None:
    posted("{", "gauge-111", password, 400)
    posted([], "gauge-111", password, 400)
    posted([reading()] * 10_001, "gauge-111", password, 413)
    posted("[" + " " * (2 << 20) + "]", "gauge-111", password, 413)
    posted([7], "gauge-111", password, 422)

    assert not Observation.objects.exists()


def test_a_device_that_sends_too_much_is_told_to_wait(password: str, settings: LazySettings) -> None:
    settings.ANLAN_DEVICE_RATE = 1
    many = [reading(t=(NOW - timedelta(seconds=each)).isoformat()) for each in range(300)]

    told = posted(many, "gauge-111", password)
    assert (told["taken"], len(told["faults"])) == (100, 200)
    assert {each["reason"] for each in told["faults"]} == {"too_many"}
    while answered(reading(), "gauge-111", password).status_code == 200:
        pass  # one a second is still taken

    assert answered(reading(), "gauge-111", password)["Retry-After"]
    assert DeviceEvent.objects.filter(action="limited").count() == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["device", "property", "t", "v", "unit"]), inner, max_size=5)
    ),
    max_leaves=8,
)


@few(max_examples=examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(JSON)
def test_whatever_is_posted_is_answered(password: str, body: object) -> None:
    assert answered(json.dumps(body), "gauge-111", password).status_code in (200, 400, 422, 429)
