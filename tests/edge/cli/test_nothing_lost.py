"""A city of an ordinary user: what it acknowledged outlives the death of every process, and is stored once.

Whoever runs the tests: root becomes an ordinary user, and an ordinary user is one.
"""

import hashlib
import os
import re
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from anlan.edge.cli.identity import Identity, before_exec
from anlan.store import photo_files
from anlan.store.models import Case, CaseEvent, Photo, Report, User
from tests.cast import build_cast
from tests.edge.cli.cities import entered, manifest_of
from tests.edge.cli.serving import (
    ANLAN,
    DEAF,
    address_in_mails,
    all_ended,
    children_of,
    free_port,
    serving,
    wait_for,
    worker_of,
)
from tests.publishing import sent_photos

CODE = re.compile(r'id="code"[^>]*>([0-9 ]{19})<')
TOKENS = [f"token-number-{number}-of-a-form" for number in range(4)]
AREA = "荻花村 村口小店对面"
LONG = "台州市 安全 " * 12


@dataclass
class Resident:
    """Somebody who sends reports, each with a photo."""

    port: int

    def send(self, token: str) -> str:
        """Send the form with this token; the code on the page that answers."""
        photo = SimpleUploadedFile("a.jpg", sent_photos.jpeg(), "image/jpeg")
        form = {"token": token, "category": "water", "words": "护栏断了", "address": AREA, "photos": photo}
        body, kind = encode_multipart(BOUNDARY, form), MULTIPART_CONTENT
        request = Request(f"http://127.0.0.1:{self.port}/report/", body, {"Content-Type": kind})
        with urlopen(request, timeout=60) as answer:
            found = CODE.search(answer.read().decode())
        assert found
        return found[1]


def sockets_of(home: Path) -> Path:
    """Where the database of a city that runs is reached."""
    return Path((home / "postgres" / "postmaster.pid").read_text().splitlines()[4])


def stored_in(home: Path) -> dict[str, Any]:
    """What a city that runs has stored, and for each photo whether its files are whole."""
    with entered(home, sockets_of(home)):
        return {
            "reports": Report.objects.count(),
            "cases": Case.objects.count(),
            "events": CaseEvent.objects.count(),
            "photos": [is_whole(photo) for photo in Photo.objects.all()],
        }


def is_whole(photo: Photo) -> bool:
    picture = photo_files.picture_path(photo.pk).read_bytes()
    return (
        hashlib.sha256(picture).hexdigest() == photo.sha256 and photo_files.thumbnail_path(photo.pk).exists()
    )


def session_of(username: str, home: Path) -> str:
    """Sign somebody in to a city that runs."""
    key = (home / "secret-key").read_text().strip()
    with entered(home, sockets_of(home)), override_settings(SECRET_KEY=key):
        client = Client()
        client.force_login(User.objects.get(username=username))
    return client.cookies["sessionid"].value


def open_page(port: int, session: str) -> HTTPResponse:
    """What an open page of the staff hears, once the city said that it is told."""
    request = Request(f"http://127.0.0.1:{port}/live", headers={"Cookie": f"sessionid={session}"})
    stream: HTTPResponse = urlopen(request, timeout=60)
    while stream.readline() != b"event: listening\n":
        assert not stream.closed
    return stream


def kill_all(pid: int) -> None:
    """`kill -9` of a supervisor and of everything below it: web server, worker, database."""
    everybody = [pid, *children_of(pid)]
    for each in everybody:
        with suppress(ProcessLookupError):  # an idle connection of the database ends by itself
            os.kill(each, signal.SIGKILL)
    assert all_ended(everybody[1:])


def run_as(user: Identity, home: Path, *words: str | Path) -> None:
    """Run a command of the city that `serving` runs, as `user`."""
    given = {**os.environ, "ANLAN_HOME": str(home), "DATABASE_URL": "", **DEAF}
    command, become = [ANLAN, *words], before_exec(user, signal.SIGTERM)
    done = subprocess.run(command, env=given, preexec_fn=become, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("reachable")
def test_a_city_starts_empty_is_killed_and_lost_nothing_and_ends_when_asked(
    folder: Path, ordinary: Identity
) -> None:
    """By an ordinary user, in a folder with a long name, spaces and Chinese characters."""
    home = folder / LONG / LONG
    resident = Resident(free_port())
    with serving(home, resident.port, user=ordinary) as city:
        wait_for(city, f"anlan runs at http://127.0.0.1:{resident.port}/")
        users = {Path(f"/proc/{pid}").stat().st_uid for pid in children_of(city.pid)}
        with entered(home, sockets_of(home)):
            build_cast()
        acknowledged = {token: resident.send(token) for token in TOKENS[:3]}
        run_as(ordinary, home, "backup", folder / "a.tar")
        kill_all(city.pid)
        city.wait()
        with pytest.raises((OSError, HTTPException)):
            resident.send(TOKENS[3])
    with serving(home, resident.port, user=ordinary) as city:
        wait_for(city, "anlan runs at")
        after_the_kill = stored_in(home)
        again = {token: resident.send(token) for token in TOKENS}
        in_the_end = stored_in(home)
        links_lead_to = address_in_mails(city)
        os.kill(worker_of(city), signal.SIGKILL)
        assert "worker ended by itself with code -9" in wait_for(city, "worker started again")
        below = children_of(city.pid)
        with open_page(resident.port, session_of("bob", home)) as stream:
            city.send_signal(signal.SIGINT)
            assert city.wait(30) == 0
            stream.read()  # to its end, as told: of a process that was killed it would be cut off

    assert (all_ended(below), (home / "kind").read_text()) == (True, "own")
    assert links_lead_to == f"http://127.0.0.1:{resident.port}"  # where no other address was named
    assert after_the_kill == {"reports": 3, "cases": 3, "events": 3, "photos": [True] * 3}
    assert {token: again[token] for token in TOKENS[:3]} == acknowledged
    assert in_the_end == {"reports": 4, "cases": 4, "events": 4, "photos": [True] * 4}
    owners = {path.stat().st_uid for path in (home, home / "postgres", home / "secret-key", folder / "a.tar")}
    assert (users, owners) == ({ordinary.uid}, {ordinary.uid})
    assert manifest_of(folder / "a.tar")["tables"]["store_report"][0] == 3  # type: ignore[index]
