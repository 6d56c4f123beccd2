"""PostgreSQL under our own process: made, started, stopped, and started again after a kill."""

import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from anlan.edge.cli.postgres import (
    ROLE,
    THROWAWAY,
    Cluster,
    DatabaseProblem,
    clear_leftovers,
    running,
    start,
    stop,
)

LONG = "一个很长的 文件夹 名字 " * 3


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Give a cluster that each test starts, and leaves stopped or dead; the first start makes it."""
    with tempfile.TemporaryDirectory(prefix="anlan-", dir="/tmp") as sockets:
        home = tmp_path_factory.mktemp("postgres")
        data, log = home / LONG / LONG / "postgres", home / "postgres.log"
        yield Cluster(data, Path(sockets), log, THROWAWAY)


def ask(cluster: Cluster, query: str) -> object:
    """Run one query as the city's role and return its first value."""
    with psycopg.connect(host=str(cluster.sockets), user=ROLE, dbname=ROLE) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


FACTS = {
    "its release": ("SELECT current_setting('server_version_num')::int / 10000", 18),
    "whether the city is a superuser": ("SELECT rolsuper FROM pg_roles WHERE rolname = current_user", False),
    "whether words fold their case": ("SELECT lower('ÄNLAN 安澜')", "änlan 安澜"),
    "the length of Chinese text": ("SELECT length('安澜')", 2),
}


def test_it_works_in_a_long_folder_with_spaces_and_chinese_characters_that_no_one_else_may_enter(
    cluster: Cluster,
) -> None:
    with running(cluster):
        found = {what: ask(cluster, query) for what, (query, _) in FACTS.items()}
        modes = [oct(folder.stat().st_mode & 0o777) for folder in (cluster.data, cluster.sockets)]
    assert found == {what: expected for what, (_, expected) in FACTS.items()}
    assert modes == ["0o700", "0o700"]


def test_a_server_that_outlived_its_supervisor_is_asked_to_end_and_replaced(cluster: Cluster) -> None:
    orphan = start(cluster)
    with psycopg.connect(host=str(cluster.sockets), user=ROLE, dbname=ROLE):
        taken = clear_leftovers(cluster)
    with running(cluster):
        found = ask(cluster, "SELECT 1")
    assert (taken, orphan.wait(10), found) == ((signal.SIGINT,), 0, 1)


def test_a_server_that_listens_to_nobody_is_killed_and_replaced(cluster: Cluster) -> None:
    orphan = start(cluster)
    orphan.send_signal(signal.SIGSTOP)
    taken = clear_leftovers(cluster, patience=0.2)
    with running(cluster):
        found = ask(cluster, "SELECT 1")
    ways = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
    assert (taken, orphan.wait(10), found) == (ways, -signal.SIGKILL, 1)


def test_nothing_is_signalled_where_nothing_runs(cluster: Cluster) -> None:
    with running(cluster):
        pass
    assert clear_leftovers(cluster) == ()


def test_it_starts_after_a_kill_of_the_server(cluster: Cluster) -> None:
    killed = start(cluster)
    killed.kill()
    killed.wait()
    with running(cluster):
        found = ask(cluster, "SELECT 1")
    assert found == 1


def test_it_starts_when_the_pid_file_names_a_foreign_process(cluster: Cluster) -> None:
    with running(cluster):
        left = (cluster.data / "postmaster.pid").read_text().splitlines()
    (cluster.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *left[1:]]))
    with running(cluster):
        found = ask(cluster, "SELECT 1")
    assert found == 1


def test_it_dies_with_the_process_that_started_it(cluster: Cluster, tmp_path: Path) -> None:
    script = f"""
from pathlib import Path
from anlan.edge.cli.postgres import *
folders = {[str(cluster.data), str(cluster.sockets), str(cluster.log)]!r}
process = start(Cluster(*map(Path, folders)))
print(process.pid, flush=True)
input()
"""
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        server = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    ended = select.select([server], [], [], 20)[0]
    os.close(server)
    assert ended == [server]


def test_a_socket_folder_of_somebody_else_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    with suppress(FileNotFoundError):  # gone with the server that was stopped last
        cluster.sockets.rmdir()
    cluster.sockets.symlink_to(tmp_path)
    with pytest.raises(DatabaseProblem, match="belongs to somebody else"):
        start(cluster)
    cluster.sockets.unlink()
    cluster.sockets.mkdir()


def test_a_start_that_fails_says_what_postgres_said(cluster: Cluster) -> None:
    broken = Cluster(cluster.data, cluster.sockets, cluster.log, {"shared_buffers": "many"})
    with pytest.raises(DatabaseProblem, match="invalid value for parameter"):
        start(broken)


def test_stopping_twice_is_no_error(cluster: Cluster) -> None:
    process = start(cluster)
    stop(process)
    stop(process)
    assert process.returncode in (0, -signal.SIGINT)
