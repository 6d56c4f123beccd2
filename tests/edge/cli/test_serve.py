"""The whole city under one process, as the one who types the command sees it."""

import os
import re
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from anlan.edge.cli.postgres import ROLE, running
from tests.edge.cli.serving import all_ended, children_of, free_port, serving, wait_for
from tests.migrated import migrated_cluster, migrated_home

LONG = "台州市 安全 " * 12


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Path]:
    """Give the name of a home with a long name, spaces and Chinese characters."""
    home = tmp_path / LONG / LONG
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def city(fresh: Path) -> Path:
    """Give a home, of such a name, that was set up before."""
    return migrated_home(fresh)


@pytest.fixture
def own_database() -> Iterator[str]:
    """Give the address of a PostgreSQL that runs already."""
    with (
        tempfile.TemporaryDirectory(prefix="anlan-", dir="/tmp") as folder,
        running(migrated_cluster(Path(folder))) as cluster,
    ):
        yield f"postgresql://{ROLE}@/{ROLE}?host={cluster.sockets}"


def test_it_starts_empty_stops_cleanly_and_starts_again_after_a_kill(fresh: Path) -> None:
    port = free_port()
    with serving(fresh, port) as first:
        wait_for(first, f"anlan runs at http://127.0.0.1:{port}/")
        with urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            assert answer.status == 200
        below = children_of(first.pid)
        first.kill()
        first.wait()
    assert all_ended(below)
    with serving(fresh, port) as second:
        wait_for(second, "anlan runs at")
        below = children_of(second.pid)
        second.send_signal(signal.SIGINT)
        assert second.wait(30) == 0
    assert (all_ended(below), (fresh / "kind").read_text()) == (True, "own")


def worker_of(city: int) -> int:
    """Return the process that does the jobs of a city that runs."""
    (worker,) = [
        pid for pid in children_of(city) if b"operations.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    return worker


def test_a_worker_that_was_killed_is_started_again(city: Path) -> None:
    port = free_port()
    with serving(city, port) as process:
        wait_for(process, "anlan runs at")
        os.kill(worker_of(process.pid), signal.SIGKILL)
        assert "worker ended by itself with code -9" in wait_for(process, "worker started again")


@pytest.mark.parametrize("named", ["", "https://anlan.example"])
def test_links_in_mails_are_whole_also_where_no_address_was_named(city: Path, named: str) -> None:
    port = free_port()
    with serving(city, port, ANLAN_PUBLIC_URL=named, ANLAN_ALLOWED_HOSTS="127.0.0.1") as process:
        wait_for(process, "anlan runs at")
        given = Path(f"/proc/{worker_of(process.pid)}/environ").read_bytes().split(b"\0")

    assert f"ANLAN_PUBLIC_URL={named or f'http://127.0.0.1:{port}'}".encode() in given


def test_a_database_of_ones_own_is_used_and_none_is_started(fresh: Path, own_database: str) -> None:
    with serving(fresh, free_port(), DATABASE_URL=own_database) as process:
        wait_for(process, "anlan runs at")
        assert not (fresh / "postgres").exists()


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


def test_several_web_processes_show_their_figures_as_one(city: Path) -> None:
    port = free_port()
    asked = 30
    with serving(city, port, ANLAN_WEB_PROCESSES="2") as process:
        wait_for(process, "anlan runs at")
        for _ in range(asked):
            with urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
                answer.read()
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            figures = answer.read().decode()

    counted = re.findall(r'anlan_request_seconds_count\{[^}]*route="healthz"[^}]*\} ([0-9.]+)', figures)
    assert [float(count) for count in counted] == [asked]
