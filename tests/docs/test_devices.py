"""The files, commands and requests of docs/devices.md work as they stand there."""

import base64
import json
import re
import shlex
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from typer.testing import CliRunner

from anlan.edge.cli.commands import app
from anlan.sensing.profiles import PROFILES
from anlan.store.models import Datastream, Device, Observation, Property, Series
from tests.cast import Cast
from tests.docs.pages import BLOCK, ROOT

PAGE = (ROOT / "docs" / "devices.md").read_text()
FILES = re.findall(r"^```csv (\S+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [line for block in BLOCK.findall(PAGE) for line in block.splitlines()]
REQUESTS = re.findall(r"^```http\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_names_every_kind() -> None:
    assert [profile.code for profile in PROFILES if f"`{profile.code}`" not in PAGE] == []


@pytest.mark.django_db
def test_the_page_works_from_top_to_bottom(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "ANLAN_POSTGRES", None)
    monkeypatch.chdir(tmp_path)
    for name, content in FILES:
        Path(name).write_text(content)
    printed = [run(command) for command in COMMANDS if "--revoke" not in command]
    assert Device.objects.count() == 2
    assert len(Path("passwords.csv").read_text().splitlines()) == 3

    key = printed[-1].strip()
    first = Series.objects.get(device__name="water-level-0001")
    for block in REQUESTS:
        if block.startswith("GET"):
            for line in block.splitlines():
                assert Client().get(line.removeprefix("GET ")).status_code == 200, line
        else:
            send(block, key, first)
    assert Observation.objects.filter(series=first).count() == 3
    assert Datastream.objects.count() == 1


def run(command: str) -> str:
    done = CliRunner().invoke(app, shlex.split(command)[1:])
    assert (command, done.exit_code, done.exception) == (command, 0, None)
    return done.output


def send(block: str, key: str, series: Series) -> None:
    """Send what the page shows, with the numbers that this database has."""
    head, body = block.split("\n", 1)
    ids = {"Thing": series.device_id, "Sensor": series.device.kind_id, "Datastream": series.pk}
    ids["ObservedProperty"] = Property.objects.get(pk=series.property_id).pk
    for name, number in ids.items():
        body = body.replace(f'"{name}": {{"@iot.id": 1}}', f'"{name}": {{"@iot.id": {number}}}')
    address = head.removeprefix("POST ").replace("Datastreams(1)", f"Datastreams({series.pk})")
    authorization = "Basic " + base64.b64encode(f"any:{key}".encode()).decode()
    answer = Client().post(
        address, body, content_type="application/json", headers={"authorization": authorization}
    )
    assert answer.status_code == 201, answer.content
    json.loads(answer.content)
