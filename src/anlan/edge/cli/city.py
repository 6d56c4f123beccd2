"""The whole city under one process: database, web server, worker, brokers, ingest.

`anlan serve` becomes `python -m anlan.edge.cli.city SETTINGS`, which loads neither Django nor Typer.
"""

import json
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from anlan.edge.cli import broker, home, postgres
from anlan.edge.cli.handed_on import from_words
from anlan.edge.cli.installation import cluster, log_file
from anlan.edge.cli.problems import Problem, sentence
from anlan.edge.cli.speaking import gettext as _
from anlan.edge.cli.supervisor import Child, Supervisor, keep_running, program, started, woken_by_signals
from anlan.edge.ingest import FRAMES_STUCK, READINGS_STUCK
from anlan.edge.operations.logs import JsonLines

NO_DEMO = "--no-demo"
READY_WITHIN = 60.0
LOGINS = "demo-logins.json"
"""File in the home that `anlan demo` writes: a list of {"role", "username", "password"}."""


def main() -> None:
    """Run the city until Ctrl-C; what stops it is said in one sentence."""
    try:
        _serve(from_words(sys.argv[1]), demo=NO_DEMO not in sys.argv)
    except Exception as error:
        said = sentence(error)
        if said is None:
            raise
        sys.exit(f"anlan: {said}")


def _serve(settings: Any, *, demo: bool) -> None:
    """Hold the home, and run the city in it."""
    host = _visible_host(settings)
    address = f"http://{f'[{host}]' if ':' in host else host}:{settings.ANLAN_PORT}/"
    home.make(settings.ANLAN_HOME)
    with home.held(settings.ANLAN_HOME, address), _outputs(settings) as output:
        home.check_port(settings.ANLAN_HOST, settings.ANLAN_PORT)
        _run(settings, address, demo, output)


def _run(settings: Any, address: str, demo: bool, output: IO[bytes] | None) -> None:
    """Start everything in order, say where it is, and look after it."""
    supervisor = Supervisor()
    with woken_by_signals(supervisor) as wait:
        try:
            _start_database(supervisor, settings)
            setup_code = _prepare(supervisor, settings, demo)
            if not supervisor.stopping:
                _start_city(supervisor, settings, address, output)
                _wait_until_ready(supervisor, settings, wait)
            if not supervisor.stopping:
                _say_where(settings, address, setup_code)
            keep_running(supervisor, wait)
        finally:
            supervisor.stop()


def _start_database(supervisor: Supervisor, settings: Any) -> None:
    """Start our own PostgreSQL, unless the city uses another."""
    ours = cluster(settings)
    if ours is not None:
        supervisor.add(
            Child("database", lambda: postgres.start(ours), lambda process: postgres.close(ours, process))
        )


def _prepare(supervisor: Supervisor, settings: Any, demo: bool) -> str:
    """Migrate; fill an empty city the first time. What the city is, is kept in the home.

    Returns the one-time code of the first set-up while nobody has an account, else "".
    """
    done = _to_its_end(supervisor, [sys.executable, "-m", "anlan.edge.cli.prepare"], subprocess.PIPE)
    if supervisor.stopping:
        return ""
    if done is None:
        raise Problem(_("The database could not be brought to this release; the lines above say why."))
    found = json.loads(done)
    if "refused" in found:
        raise Problem(found["refused"])
    if found["empty"] and _shall_be_made_up(settings.ANLAN_KIND, demo):
        _make_up(supervisor)
        return ""
    return str(found["setup_code"])


def _shall_be_made_up(kind: Path, demo: bool) -> bool:
    """Decide once whether an empty city is for a demonstration; it stays so at the next start."""
    if not kind.exists():
        home.write(kind, "demo" if demo else "own")
    return kind.read_text() == "demo"


def _make_up(supervisor: Supervisor) -> None:
    """Fill the city with made-up data, all or nothing."""
    done = _to_its_end(supervisor, [_program("anlan"), "demo"], None)
    if done is None and not supervisor.stopping:
        raise Problem(_("The made-up city could not be loaded; the lines above say why."))


def _to_its_end(supervisor: Supervisor, command: list[str], output: int | None) -> str | None:
    """Run a step of the start; what it printed, or None when it failed or the start was broken off."""
    with started(command, _environment(), output) as step:
        while True:
            try:
                words, _ = step.communicate(timeout=0.2)
            except subprocess.TimeoutExpired:
                if supervisor.stopping:
                    step.terminate()
            else:
                return (words or b"").decode() if step.returncode == 0 else None


def _start_city(supervisor: Supervisor, settings: Any, address: str, output: IO[bytes] | None) -> None:
    """Start the web server and the worker."""
    web = _environment() | _shared_figures(settings)
    for number in range(settings.ANLAN_WEB_PROCESSES):  # all listen on the one port
        name = f"web-{number}" if number else "web"
        supervisor.add(program(name, [sys.executable, "-m", "anlan.config.web"], web, output))
    worker = [sys.executable, "-m", "anlan.edge.operations.worker"]
    # when we are killed the database goes too, and a worker that wants to end in order would wait for it
    supervisor.add(program("worker", worker, _messages_from(settings, address), output, signal.SIGKILL))
    (settings.ANLAN_HOME / broker.HEARD).unlink(missing_ok=True)
    if settings.ANLAN_SENSING == "on":
        _start_hearing(supervisor, settings, output)


def _start_hearing(supervisor: Supervisor, settings: Any, output: IO[bytes] | None) -> None:
    """Start the broker and the ingest; with a port taken the city runs without them, and says so."""
    taken = broker.taken_port(settings)
    if taken is not None:
        said = _("Port %(port)s is taken, so devices are not heard. Set ANLAN_MQTT_PORT and ANLAN_NATS_PORT.")
        print(said % {"port": taken})
        broker.note_heard(settings, ports=[], taken=[taken])
        return
    readings = broker.child(settings, _environment(), output)
    supervisor.add(readings)
    asks_for = {READINGS_STUCK: readings}
    ports, occupied = [settings.ANLAN_MQTT_PORT, settings.ANLAN_NATS_PORT], []
    ingest = [sys.executable, "-m", "anlan.edge.ingest"]
    if settings.ANLAN_FRAMES_SERVERS:
        pass  # they run elsewhere
    elif broker.can_hear_frames(settings):
        asks_for[FRAMES_STUCK] = broker.frames_child(settings, _environment(), output)
        supervisor.add(asks_for[FRAMES_STUCK])
        ports.append(settings.ANLAN_FRAMES_PORT)
    else:
        occupied.append(settings.ANLAN_FRAMES_PORT)
        print(
            _("Port %(port)s is taken, so frames are not heard. Set ANLAN_FRAMES_PORT.")
            % {"port": settings.ANLAN_FRAMES_PORT}
        )
        ingest.append("--without-frames")
    shares = 1 if "--without-frames" in ingest else settings.ANLAN_FRAMES_SHARES
    more = {f"ingest-{share}": [*ingest, "--share", str(share)] for share in range(1, shares)}
    for name, command in {"ingest": ingest, **more}.items():
        hearing = program(name, command, _environment(), output, signal.SIGKILL)
        hearing.asks_for = asks_for
        supervisor.add(hearing)
    broker.note_heard(settings, ports=ports, taken=occupied)
    where = {"host": settings.ANLAN_MQTT_HOST, "port": settings.ANLAN_MQTT_PORT}
    print(_("devices send over MQTT to %(host)s:%(port)s") % where)


def _shared_figures(settings: Any) -> dict[str, str]:
    """Give several web processes an empty folder in which each leaves its figures for `/metrics`."""
    if settings.ANLAN_WEB_PROCESSES == 1:
        return {}
    folder: Path = settings.ANLAN_HOME / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return {"PROMETHEUS_MULTIPROC_DIR": str(folder)}


def _program(name: str) -> str:
    """Return a command of the virtual environment we run in."""
    return str(Path(sys.executable).with_name(name))


def _environment() -> dict[str, str]:
    """Return the environment of our programs; they have few threads that work at once, and need few heaps."""
    return {"MALLOC_ARENA_MAX": "2", **os.environ, "PYTHONUNBUFFERED": "1"}


def _messages_from(settings: Any, address: str) -> dict[str, str]:
    """Return the environment of who writes mails: where no address was named, links lead to where we run.

    Without it a link in a mail would be a path that nobody can open. Pages know the name they were asked for.
    """
    return _environment() | {"ANLAN_PUBLIC_URL": settings.ANLAN_PUBLIC_URL or address.rstrip("/")}


def _wait_until_ready(supervisor: Supervisor, settings: Any, wait: Callable[[float], None]) -> None:
    """Wait for the first good answer."""
    deadline = time.monotonic() + READY_WITHIN
    while not supervisor.stopping and not _answers(settings):
        if time.monotonic() > deadline:
            raise Problem(
                _("The web server did not answer within %(seconds)s s: run `anlan doctor`.")
                % {"seconds": f"{READY_WITHIN:.0f}"}
            )
        supervisor.look()
        wait(0.05)


def _answers(settings: Any) -> bool:
    """Whether the city says that it is ready. Asked by hand: a client of HTTP would stay, with all of TLS."""
    question = f"GET /readyz HTTP/1.0\r\nHost: {settings.ALLOWED_HOSTS[0]}\r\n\r\n"
    try:
        with socket.create_connection((_visible_host(settings), settings.ANLAN_PORT), timeout=10) as link:
            link.sendall(question.encode())
            return re.match(rb"HTTP/1\.\d 200\b", link.recv(15)) is not None
    except OSError:
        return False


def _visible_host(settings: Any) -> str:
    """Return an address of this machine at which the city is reached from it."""
    host: str = settings.ANLAN_HOST
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


@contextmanager
def _outputs(settings: Any) -> Iterator[IO[bytes] | None]:
    """Give where the processes write their logs: a file when we run on a terminal, else our own output."""
    if sys.stdout.isatty():
        logging.basicConfig(format="%(message)s", level=logging.INFO)
        with log_file(settings).open("ab") as file:
            yield file
        return
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    yield None


def _say_where(settings: Any, address: str, setup_code: str) -> None:
    """Print the address and one login for each role, or where the first administrator begins."""
    print(_("anlan runs at %(address)s") % {"address": address})
    if setup_code:
        print(
            _("  set the city up at %(address)ssetup/ with the code %(code)s")
            % {"address": address, "code": setup_code}
        )
    for login in _logins(settings.ANLAN_HOME / LOGINS):
        print(f"  {login['username']:<12} {login['password']:<20} {_role(login['role'])}")
    if sys.stdout.isatty():
        print(_("  logs: %(file)s\n  Ctrl-C stops it") % {"file": log_file(settings)})
    sys.stdout.flush()


def _role(role: str) -> str:
    """What a role is called: the phrase of edge/pages/labels.py, here without Django."""
    return _(role.replace("_", " ").capitalize())


def _logins(file: Path) -> list[dict[str, str]]:
    """Return the logins of the made-up city; none for a city of one's own."""
    logins: list[dict[str, str]] = json.loads(file.read_text()) if file.exists() else []
    return logins


if __name__ == "__main__":
    main()
