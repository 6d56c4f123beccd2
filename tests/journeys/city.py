"""A running city for journeys: its own PostgreSQL, its own web server, the cast and its scene."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from anlan.edge.cli.postgres import running
from tests.migrated import address_of, migrated_cluster

ROOT = Path(__file__).parents[2]
READY_WITHIN = 60.0


@dataclass(frozen=True)
class City:
    """Where it is reached, the sessions of its people, its cases and its other things by name."""

    address: str
    sessions: Mapping[str, str]
    cases: Mapping[str, int]
    things: Mapping[str, int]
    environment: Mapping[str, str]

    def python(self, module: str, *arguments: str) -> None:
        """Run a module in this city, in a process of its own, as its worker would."""
        _python(module, self.environment, *arguments)


@dataclass(frozen=True)
class EmptyCity:
    """Where it is reached, and the code that its first administrator needs."""

    address: str
    setup_code: str


@contextmanager
def running_city(folder: Path) -> Iterator[City]:
    """Start a city whose data lie in `folder`, whose path is short enough for a socket."""
    with _prepared(folder, "demo") as (environment, _said):
        stored = json.loads(_python("tests.journeys.load", environment))
        with _web(environment) as address:
            yield City(address, stored["sessions"], stored["cases"], stored["things"], environment)


@contextmanager
def empty_city(folder: Path) -> Iterator[EmptyCity]:
    """Start a city in which nothing is yet."""
    with _prepared(folder, "empty") as (environment, said), _web(environment) as address:
        yield EmptyCity(address, said["setup_code"])


@contextmanager
def _prepared(folder: Path, kind: str) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """A database with its tables; the environment of the city, and what preparing it said."""
    home = folder / "home"
    home.mkdir()
    (home / "kind").write_text(kind)
    cluster = migrated_cluster(folder)
    with running(cluster):
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "anlan.config.settings",
            "ANLAN_HOME": str(home),
            "ANLAN_PORT": str(_free_port()),
            "ANLAN_LOG_LEVEL": "error",
            "ANLAN_QUICKEST_REPORT": "0",
            "ANLAN_EMBEDDED_BY": "http://localhost:*",
            "ANLAN_SECRET_KEY": "a key for journeys, known to everybody",
            "ANLAN_FACTOR_KEY": "a-key-of-journeys-for-second-factors-known-to-everybody",
            "DATABASE_URL": address_of(cluster),
        }
        yield environment, json.loads(_python("anlan.edge.cli.prepare", environment))


def _python(module: str, environment: Mapping[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


@contextmanager
def _web(environment: Mapping[str, str]) -> Iterator[str]:
    """Run the web server; its address."""
    port = int(environment["ANLAN_PORT"])
    granian = Path(sys.executable).with_name("granian")
    options = ["--interface", "asginl", "--host", "127.0.0.1", "--port", str(port), "--no-ws", "--no-log"]
    server = subprocess.Popen(
        [granian, *options, "--workers-kill-timeout", "2", "anlan.config.asgi:application"],
        cwd=ROOT,
        env=environment,
    )
    try:
        _wait_until_ready(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def _wait_until_ready(port: int) -> None:
    until = time.monotonic() + READY_WITHIN
    while not _answers(port):
        if time.monotonic() > until:
            raise TimeoutError("the city of the journeys did not start")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
