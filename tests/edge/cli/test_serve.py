"""The whole city under one process, as the one who types the command sees it."""

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from anlan.edge.cli.postgres import ROLE, THROWAWAY, Cluster, running

ANLAN = Path(sys.executable).with_name("anlan")
LONG = "台州市 安全 " * 12


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Path]:
    """Give a home with a long name, spaces and Chinese characters."""
    home = tmp_path / LONG / LONG
    yield home
    shutil.rmtree(home, ignore_errors=True)


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as trial:
        return int(trial.getsockname()[1])


@contextmanager
def serving(home: Path, port: int, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Start the city; it is stopped at the end whatever happens."""
    command = [ANLAN, "serve", "--no-demo", "--port", str(port)]
    given = {**os.environ, "ANLAN_HOME": str(home), "DATABASE_URL": "", **environment}
    with subprocess.Popen(
        command, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
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
    own = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return own + [below for child in own for below in children_of(child)]


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


def test_it_starts_empty_stops_cleanly_and_starts_again_after_a_kill(city: Path) -> None:
    port = free_port()
    with serving(city, port) as first:
        wait_for(first, f"anlan runs at http://127.0.0.1:{port}/")
        with urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            assert answer.status == 200
        below = children_of(first.pid)
        first.kill()
        first.wait()
    assert all_ended(below)
    with serving(city, port) as second:
        wait_for(second, "anlan runs at")
        below = children_of(second.pid)
        second.send_signal(signal.SIGINT)
        assert second.wait(30) == 0
    assert (all_ended(below), (city / "kind").read_text()) == (True, "own")


def test_a_worker_that_was_killed_is_started_again(city: Path) -> None:
    port = free_port()
    with serving(city, port) as process:
        wait_for(process, "anlan runs at")
        (worker,) = [
            pid
            for pid in children_of(process.pid)
            if b"operations.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        os.kill(worker, signal.SIGKILL)
        assert "worker ended by itself with code -9" in wait_for(process, "worker started again")


def test_a_database_of_ones_own_is_used_and_none_is_started(
    city: Path, short_folder: Path, tmp_path: Path
) -> None:
    cluster = Cluster(short_folder / "own", short_folder / "own-sockets", tmp_path / "log", THROWAWAY)
    with running(cluster):
        url = f"postgresql://{ROLE}@/{ROLE}?host={cluster.sockets}"
        with serving(city, free_port(), DATABASE_URL=url) as process:
            wait_for(process, "anlan runs at")
            assert not (city / "postgres").exists()


def test_a_taken_port_stops_the_start_with_one_sentence(city: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serving(city, port) as process:
            assert process.communicate(timeout=30)[0] == (
                f"anlan: Port {port} of 127.0.0.1 is taken by another program: choose another, "
                f"for example `make run PORT={port + 10}`.\n"
            )


def test_a_wrong_setting_stops_the_start_with_one_sentence(city: Path) -> None:
    with serving(city, free_port(), ANLAN_TIME_ZONE="Taizhou") as process:
        assert process.communicate(timeout=30)[0] == (
            "anlan: ANLAN_TIME_ZONE is 'Taizhou': it must be a name of the IANA database, "
            "for example Asia/Shanghai\n"
        )
