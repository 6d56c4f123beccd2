"""Clients that others wrote, against a running server of ours."""

import itertools
import warnings
from typing import Any

import pytest
from django.utils import timezone

from anlan.flows.api_keys import make_key
from anlan.flows.new_case import Hazard, open_case
from anlan.staff.terms import KeyScope
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The client `three` 0.8.0, which was written for Python 2."""
    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from three import Three
    return Three


@pytest.fixture
def city(cast: Cast, live_server: Any) -> str:
    """A running city with one request; its address."""
    hazard = Hazard(cast.open_water, cast.village_111, "栏杆断了", lng=121.42, lat=28.66)
    open_case(hazard, at=timezone.now(), source="resident")
    return f"{live_server.url}/open311/v2/"


@pytest.mark.django_db(transaction=True)
def test_three_reads_services_and_requests_and_sends_one(three: Any, city: str) -> None:
    key = make_key(acting_user=None, scope=KeyScope.OPEN311, name="three", now=timezone.now())
    client = three(city, api_key=key)

    services = client.services()
    (known,) = client.requests()
    (sent,) = client.post(
        "open_water", address="荻花村", name="Anna Li", description="Broken", lat="28.66", long="121.42"
    )
    (found,) = client.request(sent["service_request_id"])

    assert "open_water" in {each["service_code"] for each in services}
    assert client.services("open_water")["service_code"] == "open_water"
    assert (known["status"], found["status"]) == ("open", "open")
    assert client.discovery()["endpoints"][0]["url"] == city.rstrip("/")
