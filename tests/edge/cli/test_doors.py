"""What the doctor says of a city from outside: its pages, the devices that it hears, the ports of a start."""

import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from anlan.edge.cli import broker, doors
from anlan.edge.cli.checks import Findings
from tests.edge.cli.cities import City
from tests.edge.cli.serving import ANLAN, free_port, serving, wait_for


@pytest.fixture
def at_home(settings: Any, tmp_path: Path) -> Any:
    """Settings of a city of its own."""
    settings.ANLAN_HOME, settings.ANLAN_SENSING, settings.ANLAN_FRAMES_SERVERS = tmp_path, "on", ""
    for name in ("ANLAN_PORT", "ANLAN_MQTT_PORT", "ANLAN_NATS_PORT", "ANLAN_FRAMES_PORT"):
        setattr(settings, name, free_port())
    return settings


@contextmanager
def another_program() -> Iterator[int]:
    """A port on which a program listens that is none of ours."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield int(taken.getsockname()[1])


@contextmanager
def answering(status: int) -> Iterator[str]:
    """The address of a web server that answers everything with `status`."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def said(findings: Findings) -> list[tuple[str, str]]:
    return [(finding.verdict.value, finding.words) for finding in findings]


@pytest.mark.parametrize(
    ("status", "verdict", "words"),
    [(200, "well", "Pages are answered at http://"), (503, "wrong", "readyz answers with 503")],
)
def test_pages_that_are_answered_or_not_are_told_apart(
    status: int, verdict: str, words: str, at_home: Any
) -> None:
    with answering(status) as address:
        (at_home.ANLAN_HOME / "serve.lock").write_text(json.dumps({"address": address}))
        ((found, told),) = said(doors.pages(at_home))
    assert (found, words in told) == (verdict, True)


def test_a_city_that_answers_nobody_is_wrong(at_home: Any) -> None:
    address = f"http://127.0.0.1:{free_port()}/"
    (at_home.ANLAN_HOME / "serve.lock").write_text(json.dumps({"address": address}))
    assert said(doors.pages(at_home)) == [
        ("wrong", f"No page is answered at {address}: look at the end of the log, then restart the city.")
    ]


def test_ports_that_devices_are_heard_on_are_looked_at(at_home: Any) -> None:
    with another_program() as port:
        broker.note_heard(at_home, ports=[port, at_home.ANLAN_FRAMES_PORT], taken=[])
        assert said(doors.devices(at_home)) == [
            (
                "wrong",
                f"Nothing listens on port {at_home.ANLAN_FRAMES_PORT}, where devices send: look at the log, "
                "then restart the city.",
            )
        ]
        broker.note_heard(at_home, ports=[port], taken=[])
        assert said(doors.devices(at_home)) == [("well", f"Devices are heard on the ports {port}.")]


def test_a_city_that_hears_no_devices_says_nothing_of_them(at_home: Any) -> None:
    assert said(doors.devices(at_home)) == []


def test_a_port_that_a_start_would_want_is_noted_with_the_setting_that_names_it(at_home: Any) -> None:
    assert said(doors.ports(at_home)) == []
    with another_program() as one, another_program() as other:
        at_home.ANLAN_PORT, at_home.ANLAN_NATS_PORT = one, other
        (pages, devices) = said(doors.ports(at_home))
    assert (pages[0], f"Port {one} of 127.0.0.1 is taken by another program" in pages[1]) == ("note", True)
    assert (devices[0], f"Port {other} is taken" in devices[1], "ANLAN_NATS_PORT" in devices[1]) == (
        *("note", True),
        True,
    )


def test_a_city_that_started_deaf_is_named_so_as_long_as_it_runs(city: City) -> None:
    with another_program() as taken:
        ports = {"ANLAN_SENSING": "on", "ANLAN_NATS_PORT": str(free_port()), "ANLAN_MQTT_PORT": str(taken)}
        named = {"DATABASE_URL": city.url, **ports}
        with serving(city.home, free_port(), **named) as process:
            wait_for(process, "anlan runs at")
            given = {**os.environ, "ANLAN_HOME": str(city.home), **named}
            done = subprocess.run([ANLAN, "doctor"], env=given, capture_output=True, text=True, check=False)
    assert (done.returncode, f"wrong  Port {taken} was taken by another program" in done.stdout) == (1, True)
    assert "well   Pages are answered at" in done.stdout
