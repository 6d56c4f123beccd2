"""The request of docs/ingest.md is answered as the page says."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.test import Client

from anlan.flows.device_credentials import give_credentials
from tests.cast import Cast
from tests.devices import a_pond_gauge
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "ingest.md").read_text()
REQUEST, ANSWER = re.findall(r"^```(?:http|json)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
AT = "2026-11-27T09:30:00+08:00"


@pytest.mark.django_db
def test_the_page_shows_what_is_answered(cast: Cast, settings: LazySettings) -> None:
    settings.ANLAN_READINGS_DAYS = 36_500  # whenever this runs
    gauge = a_pond_gauge(cast)
    password = give_credentials([gauge], datetime.now(UTC))[0].password
    head, body = REQUEST.split("\n", 1)
    now = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    authorization = "Basic " + base64.b64encode(f"{gauge.name}:{password}".encode()).decode()

    answer = Client().post(
        head.removeprefix("POST "),
        body.replace(AT, now),
        content_type="application/json",
        headers={"authorization": authorization},
    )

    assert json.loads(answer.content) == json.loads(ANSWER)
