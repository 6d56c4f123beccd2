"""A city for a benchmark: `anlan serve` in a home of its own, and somebody who opens pages in it."""

import os
import re
import socket
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import _migrated
from _figures import say

ANLAN = Path(sys.executable).with_name("anlan")


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as trial:
        return int(trial.getsockname()[1])


@contextmanager
def new_home() -> Iterator[Path]:
    """Give an empty folder that is gone afterwards; the environment points to it."""
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        os.environ |= {
            "ANLAN_HOME": folder,
            "DATABASE_URL": "",
            "ANLAN_NATS_PORT": str(free_port()),
            "ANLAN_MQTT_PORT": str(free_port()),
            "ANLAN_FRAMES_PORT": str(free_port()),
            "PYTHONWARNINGS": "ignore",
            "LC_ALL": "C.UTF-8",
        }
        yield Path(folder)


SMALL = ("--townships", "18", "--villages", "36")
"""Options of `anlan demo` that make a city for correctness only."""


def fill(cases: int, *options: str) -> None:
    """Make up a city with `cases` cases; `options` of `anlan demo` say how large its land is."""
    say(f"making up {cases} cases")
    subprocess.run([ANLAN, "demo", "--cases", str(cases), *options], check=True, stdout=sys.stderr)


@contextmanager
def serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the city; the process, and its address once it says that it runs."""
    port = free_port()
    command = [ANLAN, "serve", "--port", str(port), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        # its log goes on: a pipe that nobody reads fills up, and then every page waits for it
        reader = Thread(target=deque, args=(process.stdout, 0))
        try:
            for line in process.stdout:
                if "anlan runs at" in line:
                    break
            reader.start()
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=60)
            if reader.is_alive():
                reader.join()


@contextmanager
def small_city() -> Iterator[tuple[int, str]]:
    """A city for correctness only: its process and its address.

    Several benchmarks in a row may look at one: ANLAN_BENCH_CITY says which one runs already.
    """
    known = os.environ.get("ANLAN_BENCH_CITY")
    if known:
        pid, address = known.split()
        yield int(pid), address
        return
    with new_home() as home:
        _migrated.put(home / "postgres")
        with serving("--no-demo") as (process, address):
            fill(50, *SMALL)
            yield process.pid, address


def below(pid: int) -> list[int]:
    """Return the processes below `pid`, all generations."""
    children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [one for child in children for one in (child, *below(child))]


def logged_in(address: str, username: str, password: str) -> OpenerDirector:
    """Return somebody who logged in by the page for it."""
    person = build_opener(HTTPCookieProcessor(CookieJar()))
    page = person.open(f"{address}/account/login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    words = {"csrfmiddlewaretoken": token[1], "login": username, "password": password}
    person.open(Request(f"{address}/account/login/", urlencode(words).encode(), {"Referer": address})).read()
    return person
