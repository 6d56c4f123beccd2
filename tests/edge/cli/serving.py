"""A city that `anlan serve` runs, for tests that kill, stop and ask it."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anlan.edge.cli.identity import Identity, before_exec

DEAF = {"ANLAN_SENSING": "off", "ANLAN_QUICKEST_REPORT": "0"}
ANLAN = Path(sys.executable).with_name("anlan")


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as trial:
        return int(trial.getsockname()[1])


@contextmanager
def serving(
    home: Path, port: int, user: Identity | None = None, **environment: str
) -> Iterator[subprocess.Popen[str]]:
    """Start the city, deaf to devices, as `user`; it is stopped at the end whatever happens."""
    become = before_exec(user, signal.SIGTERM) if user else None
    command = [ANLAN, "serve", "--no-demo", "--port", str(port)]
    given = {**os.environ, "ANLAN_HOME": str(home), "DATABASE_URL": "", **DEAF, **environment}
    with subprocess.Popen(
        command, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=become
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def wait_for(process: subprocess.Popen[str], words: str) -> str:
    """Read what the city prints until `words` come; all of it."""
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if words in line:
            return seen
    raise AssertionError(seen)


def children_of(pid: int) -> list[int]:
    """Return the processes below `pid`, all generations."""
    own = _started_by(pid)
    return own + [below for child in own for below in children_of(child)]


def _started_by(pid: int) -> list[int]:
    """The processes that `pid` started and that have not ended; none when it has ended itself."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def worker_of(city: subprocess.Popen[str]) -> int:
    """Return the process that does the jobs of a city that runs."""
    below = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in _started_by(city.pid)}
    (worker,) = [pid for pid, command in below.items() if b"operations.worker" in command]
    return worker


def address_in_mails(city: subprocess.Popen[str]) -> str:
    """Return where links lead in what the worker of a city writes."""
    given = Path(f"/proc/{worker_of(city)}/environ").read_text().split("\0")
    (address,) = [each for each in given if each.startswith("ANLAN_PUBLIC_URL=")]
    return address.partition("=")[2]


def all_ended(pids: list[int], seconds: float = 20) -> bool:
    """Wait until none of the processes is left."""
    for pid in pids:
        try:
            left = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        ended = select.select([left], [], [], seconds)[0]
        os.close(left)
        if not ended:
            return False
    return True
