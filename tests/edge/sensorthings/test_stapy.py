"""`stapy`, written independently of the other client, reads and writes through /v1.1."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from anlan.flows.api_keys import make_key
from anlan.staff.terms import KeyScope
from anlan.store.models import Datastream, Observation
from tests.cast import Cast
from tests.conftest import NOON
from tests.devices import a_pond_gauge, a_series, readings

READ_AND_WRITE = """
import json, sys
from stapy import Entity, Post, Query, set_credentials, set_sta_url

address, key, thing, sensor, observed, series = sys.argv[1:]
set_sta_url(address)
set_credentials("anybody", key)
things = Query(Entity.Thing).filter("name eq 'gauge-111'").select("name", "@iot.id").get_data_sets()
high = Query(Entity.Observation).filter("result gt 2").order("phenomenonTime")
results = high.select("result").get_data_sets()
readings = Query(Entity.Datastream).entity_id(int(series)).sub_entity(Entity.Observation)
below = readings.select("result").get_data_sets()
unit = {"name": "metre", "symbol": "m", "definition": "ucum:m"}
kind = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
made = Post.datastream("rod", "read by hand", unit, kind, int(thing), int(observed), int(sensor))
Post.observation("2026-11-23T11:00:00Z", 1.75, datastream_id=made)
print(json.dumps([things, results, below, made]))
"""


@pytest.mark.django_db(transaction=True)
def test_stapy_reads_and_writes(cast: Cast, live_server: LiveServer, tmp_path: Path) -> None:
    series = a_series(a_pond_gauge(cast))
    readings(series, NOON, [1.0, 2.0, 3.0, 4.0])
    key = make_key(acting_user=None, scope=KeyScope.SENSING, name="stapy", now=NOON)
    ids = (series.device_id, series.device.kind_id, series.property_id, series.pk)

    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            READ_AND_WRITE,
            f"{live_server.url}/v1.1/",
            key,
            *map(str, ids),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,  # it keeps its settings in the folder where it runs
    )

    assert done.returncode == 0, done.stderr
    things, results, below, made = json.loads(done.stdout.splitlines()[-1])
    assert (things, results, below) == (["gauge-111", series.device_id], [3.0, 4.0], [1.0, 2.0, 3.0, 4.0])
    assert Datastream.objects.get().pk == made
    assert Observation.objects.get(series_id=made).value == 1.75
