"""A PostgreSQL 16, the oldest that anlan takes: the wheel of our own brings it too."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from anlan.edge.cli import postgres
from anlan.edge.cli.identity import Identity, able_to_enter, before_exec, database_user
from anlan.edge.cli.postgres import ROLE, Cluster

PROGRAMS = postgres.program("postgres").parents[2] / "pginstall" / "bin"
QUICK = (
    "-cfsync=off",
    "-cfull_page_writes=off",
    "-clisten_addresses=",
    "-cwal_level=minimal",
    "-cmax_wal_senders=0",
)


@contextmanager
def running_16(place: Path) -> Iterator[Cluster]:
    """Hold a started PostgreSQL 16 below `place`, with the role of the city."""
    cluster = Cluster(place / "pg16", place / "s16", place / "log16")
    who = database_user(cluster.data)
    assert who is not None
    for folder in (cluster.data, cluster.sockets):
        shutil.rmtree(folder, ignore_errors=True)  # of the test before
        folder.mkdir(mode=0o700)
        os.chown(folder, who.uid, who.gid)
    user = able_to_enter(who, cluster.data, PROGRAMS / "postgres")
    assert user is not None
    _run(
        user, "initdb", "-D", cluster.data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"
    )
    wishes = f"CREATE ROLE {ROLE} LOGIN CREATEDB"
    _run(user, "postgres", "--single", "-D", cluster.data, "postgres", words=wishes)
    command = [
        PROGRAMS / "postgres",
        "-D",
        cluster.data,
        f"-cunix_socket_directories={cluster.sockets}",
        *QUICK,
    ]
    with subprocess.Popen(
        command, env=_environment(), cwd="/", stderr=subprocess.PIPE, text=True, preexec_fn=_as(user)
    ) as server:
        assert server.stderr is not None
        try:
            assert next(line for line in server.stderr if "ready to accept connections" in line)
            yield cluster
        finally:
            server.send_signal(signal.SIGINT)
            server.communicate()


def release(cluster: Cluster) -> int:
    """Ask a server for its release."""
    with psycopg.connect(host=str(cluster.sockets), user=ROLE, dbname="template1") as connection:
        return connection.info.server_version // 10000


def _run(user: Identity, name: str, *words: str | Path, **more: str) -> None:
    subprocess.run(
        [PROGRAMS / name, *words],
        input=more.get("words", ""),
        env=_environment(),
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=_as(user),
    )


def _as(user: Identity):  # type: ignore[no-untyped-def]
    return before_exec(user, signal.SIGKILL)


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "LD_LIBRARY_PATH": str(PROGRAMS.parent / "lib")}
