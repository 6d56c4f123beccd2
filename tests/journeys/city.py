"""A running city for journeys: its own PostgreSQL, its own web server, the cast and its scene."""

import fcntl
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
from tests.migrated import address_of, cluster_in, migrated_cluster

ROOT = Path(__file__).parents[2]
READY_WITHIN = 60.0
STORED = "scene.json"
"""What a browser needs to know of the scene, in the folder of its city."""


@dataclass(frozen=True)
class City:
    """Where it is reached, the sessions of its people, its cases and its other things by name."""

    address: str
    sessions: Mapping[str, str]
    cases: Mapping[str, int]
    things: Mapping[str, int]
    environment: Mapping[str, str]
    behind: subprocess.Popen[str]

    def python(self, module: str, *arguments: str) -> None:
        """Run a module in this city, in another process, as its worker would."""
        assert self.behind.stdin is not None
        assert self.behind.stdout is not None
        self.behind.stdin.write(json.dumps([module, *arguments]) + "\n")
        self.behind.stdin.flush()
        assert self.behind.stdout.readline() == "done\n", f"{module} failed: see the error stream"


@dataclass(frozen=True)
class EmptyCity:
    """Where it is reached, and the code that its first administrator needs."""

    address: str
    setup_code: str
    environment: Mapping[str, str]

    def python(self, module: str, *arguments: str) -> str:
        """Run a module in this city; what it printed."""
        return _python(module, self.environment, *arguments)


@contextmanager
def running_city(folder: Path, kept: Path) -> Iterator[City]:
    """Start a city with the cast and its scene, which are stored once and then lie in `kept`.

    Its data lie in `folder`, which is not there yet and whose path is short enough for a socket.
    """
    _put_scene(folder, kept)
    stored = json.loads((folder / STORED).read_text())
    with _database(folder) as environment, _web(environment) as address, _behind(environment) as process:
        yield City(address, stored["sessions"], stored["cases"], stored["things"], environment, process)


@contextmanager
def empty_city(folder: Path) -> Iterator[EmptyCity]:
    """Start a city in which nothing is yet."""
    _found(folder, "empty")
    with _database(folder) as environment:
        said = json.loads(_python("anlan.edge.cli.prepare", environment))
        with _web(environment) as address:
            yield EmptyCity(address, said["setup_code"], environment)


def _put_scene(folder: Path, kept: Path) -> None:
    """Copy the city with its scene; the first process that asks makes it, and others wait for that."""
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _make_scene(folder)
            subprocess.run(["mv", folder, kept], check=True)
    subprocess.run(["cp", "-a", kept, folder], check=True)


def _make_scene(folder: Path) -> None:
    """A city with the cast and its scene, stopped, and what a browser needs to know of it."""
    folder.mkdir()
    _found(folder, "demo")
    with _database(folder) as environment:
        _python("anlan.edge.cli.prepare", environment)
        (folder / STORED).write_text(_python("tests.journeys.load", environment))


def _found(folder: Path, kind: str) -> None:
    """A database with its tables, not started, and the home of a city of this kind."""
    home = folder / "home"
    home.mkdir()
    (home / "kind").write_text(kind)
    migrated_cluster(folder)


@contextmanager
def _database(folder: Path) -> Iterator[dict[str, str]]:
    """Run the database of a city; the environment of its other processes."""
    cluster = cluster_in(folder)
    with running(cluster):
        yield os.environ | {
            "DJANGO_SETTINGS_MODULE": "anlan.config.settings",
            "ANLAN_HOME": str(folder / "home"),
            "ANLAN_PORT": str(_free_port()),
            "ANLAN_LOG_LEVEL": "error",
            "ANLAN_QUICKEST_REPORT": "0",
            "ANLAN_PAGES_KEPT": "0",
            "ANLAN_EMBEDDED_BY": "http://localhost:*",
            "ANLAN_SECRET_KEY": "a key for journeys, known to everybody",
            "ANLAN_FACTOR_KEY": "a-key-of-journeys-for-second-factors-known-to-everybody",
            "DATABASE_URL": address_of(cluster),
        }


def _python(module: str, environment: Mapping[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


@contextmanager
def _behind(environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run the process behind the pages, which waits to be told what to do."""
    command = [sys.executable, "-m", "tests.journeys.behind"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True) as process:
        yield process


@contextmanager
def _web(environment: Mapping[str, str]) -> Iterator[str]:
    """Run the web server; its address."""
    port = int(environment["ANLAN_PORT"])
    server = subprocess.Popen([sys.executable, "-m", "anlan.config.web"], cwd=ROOT, env=environment)
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
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
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
