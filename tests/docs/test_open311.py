"""Each address, command line and program of the pages for developers does what is said of it."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from anlan.cases.terms import PhotoStage, State
from anlan.flows.api_keys import make_key
from anlan.staff.terms import KeyScope
from anlan.store.models import Case, Category, ServiceAttribute
from tests.cast import Cast
from tests.docs.pages import ROOT
from tests.flows.walks import walked_to
from tests.publishing.sent_photos import jpeg

PAGES = "".join((ROOT / "docs" / name).read_text() for name in ("open311.md", "api.md"))
SHOWN = sorted(set(re.findall(r"^\| `(/[^`]+)`", PAGES, re.MULTILINE)))
LINES = re.findall(r"^curl .*$", PAGES, re.MULTILINE)
PROGRAMS = re.findall(r"^```python\n(.*?)^```", PAGES, re.MULTILINE | re.DOTALL)
MANY = 20
"""More than so many lines are in the pages: the pattern still finds them."""


@pytest.fixture
def city(cast: Cast, live_server: LiveServer, tmp_path: Path) -> Iterator[tuple[Case, str]]:
    """A running city with a case, and a key; the service of the examples is in it."""
    road = Category.objects.create(code="road-light", name_zh="路灯", name_en="Street light")
    ServiceAttribute.objects.create(
        category=road,
        code="FAULT",
        datatype="singlevaluelist",
        required=True,
        description_zh="什么毛病",
        description_en="What is wrong",
        values=[["dark", "不亮", "Dark"]],
    )
    (tmp_path / "lamp.jpg").write_bytes(jpeg())
    case = walked_to(State.ACCEPTED, cast, timezone.now())
    yield case, make_key(acting_user=None, scope=KeyScope.OPEN311, name="City app", now=timezone.now())


def here(text: str, live_server: LiveServer, case: Case, key: str) -> str:
    """An example with the address, the key and the case of this city."""
    ours = text.replace("http://127.0.0.1:8000", live_server.url).replace("KEY", key)
    return re.sub(r"(/|_id=)17\b", rf"\g<1>{case.pk}", ours)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the examples are written for curl")
@pytest.mark.django_db(transaction=True)
def test_every_example_of_the_pages_runs(
    city: tuple[Case, str], live_server: LiveServer, tmp_path: Path
) -> None:
    case, key = city
    wrong = []
    for line in LINES:
        words = shlex.split(here(line, live_server, case, key), comments=True)
        told = re.search(r"# (\d{3})", line)
        wanted = told[1] if told else "20[01]"
        command = ["curl", "--silent", "--show-error", "--write-out", "\n%{http_code}", *words[1:]]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        if not re.fullmatch(wanted, done.stdout.rpartition("\n")[2]):
            wrong.append((line, done.stdout, done.stderr))
    assert wrong == [] and len(LINES) > MANY
    for program in PROGRAMS:
        exec(compile(here(program, live_server, case, key), "example", "exec"), {})

    road = Case.objects.filter(category__code="road-light")
    assert [each.photos.filter(stage=PhotoStage.BEFORE).count() for each in road.order_by("pk")] == [0, 1]
    assert Case.objects.filter(
        category__code="junction", reports__additions__words__contains="northern"
    ).exists()
    assert (tmp_path / "requests.csv").read_text().startswith("service_request_id,")


@pytest.mark.django_db
def test_the_addresses_of_the_tables_are_answered(cast: Cast) -> None:
    Category.objects.filter(code="junction").update(code="road-light")
    case, browser = walked_to(State.ACCEPTED, cast, timezone.now()), Client()

    for address in SHOWN:
        real = address.replace("/17", f"/{case.pk}").replace("=CODE", "=990101")
        assert browser.get(real).status_code == (404 if "TOKEN" in address else 200), address
