"""A report that was acknowledged outlives the death of every process, and is stored once."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.edge.cli.serving import all_ended, children_of, free_port, serving, wait_for
from tests.migrated import migrated_home
from tests.publishing import sent_photos

ROOT = Path(__file__).parents[3]
CODE = re.compile(r'id="code"[^>]*>([0-9 ]{19})<')
TOKENS = [f"token-number-{number}-of-a-form" for number in range(4)]
AREA = "荻花村 村口小店对面"

FILL = "import django; django.setup(); from tests.cast import build_cast; build_cast()"
COUNT = """
import django, hashlib, json; django.setup()
from anlan.store import photo_files
from anlan.store.models import Case, CaseEvent, Photo, Report
whole = [hashlib.sha256(photo_files.picture_path(p.pk).read_bytes()).hexdigest() == p.sha256
         and photo_files.thumbnail_path(p.pk).exists() for p in Photo.objects.all()]
print(json.dumps({"reports": Report.objects.count(), "cases": Case.objects.count(),
                  "events": CaseEvent.objects.count(), "photos": whole}))
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """Give the home of a city, of its own."""
    folder = Path(tempfile.mkdtemp(prefix="anlan-k-", dir="/tmp"))
    yield migrated_home(folder / "home")
    shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Resident:
    """Somebody who sends reports, each with a photo, and keeps the codes of the receipts."""

    port: int
    codes: dict[str, str] = field(default_factory=dict)

    def send(self, token: str) -> str:
        """Send the form with this token; the code on the page that answers."""
        photo = SimpleUploadedFile("a.jpg", sent_photos.jpeg(), "image/jpeg")
        form = {"token": token, "category": "water", "words": "护栏断了", "address": AREA, "photos": photo}
        body, kind = encode_multipart(BOUNDARY, form), MULTIPART_CONTENT
        request = Request(f"http://127.0.0.1:{self.port}/report/", body, {"Content-Type": kind})
        with urlopen(request, timeout=60) as answer:
            found = CODE.search(answer.read().decode())
        assert found
        self.codes[token] = found[1]
        return found[1]


def in_city(home: Path, script: str) -> str:
    """Run a few lines for the city that runs in `home`; what they printed."""
    given = {**os.environ, "ANLAN_HOME": str(home), "DATABASE_URL": ""}
    given["DJANGO_SETTINGS_MODULE"] = "anlan.config.settings"
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=ROOT, env=given, check=True, stdout=subprocess.PIPE, text=True).stdout


def kill_all(pid: int) -> None:
    """`kill -9` of a supervisor and of everything below it: web server, worker, database."""
    everybody = [pid, *children_of(pid)]
    for each in everybody:
        with suppress(ProcessLookupError):  # an idle connection of the database ends by itself
            os.kill(each, signal.SIGKILL)
    assert all_ended(everybody[1:])


def test_an_acknowledged_report_outlives_every_process_and_sent_again_is_stored_once(home: Path) -> None:
    resident = Resident(free_port())
    with serving(home, resident.port) as city:
        wait_for(city, "anlan runs at")
        in_city(home, FILL)
        acknowledged = {token: resident.send(token) for token in TOKENS[:3]}
        kill_all(city.pid)
        city.wait()
        with pytest.raises((OSError, HTTPException)):
            resident.send(TOKENS[3])
    with serving(home, resident.port) as city:
        wait_for(city, "anlan runs at")
        after_the_kill = json.loads(in_city(home, COUNT))
        again = {token: resident.send(token) for token in TOKENS}
        in_the_end = json.loads(in_city(home, COUNT))

    assert after_the_kill == {"reports": 3, "cases": 3, "events": 3, "photos": [True] * 3}
    assert {token: again[token] for token in TOKENS[:3]} == acknowledged
    assert in_the_end == {"reports": 4, "cases": 4, "events": 4, "photos": [True] * 4}
