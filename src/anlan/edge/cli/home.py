"""The one folder with the data of a city: made, checked, and held by one supervisor at a time."""

import fcntl
import json
import os
import shutil
import socket
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path

from anlan.edge.cli.problems import Problem, in_words
from anlan.edge.cli.speaking import gettext as _

NEEDED_BYTES = 300_000_000
"""A new database takes 60 MB, its log of changes up to 80 MB before it is used again; the rest is to
breathe."""

KEYS = ("secret-key", "factor-key")
"""What signs sessions, and what seals second factors."""


def new_secret(size: int) -> str:
    """A word from `size` bytes that nobody can guess, as `secrets` makes it, which brings all of OpenSSL."""
    return urlsafe_b64encode(os.urandom(size)).rstrip(b"=").decode()


def make(home: Path) -> None:
    """Make the home with its folders and its keys; leave what is there.

    Raises:
        Problem: when it cannot be written or the disk is full.
    """
    try:
        for folder in (home, home / "photos", home / "logs"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_space(home)
        for key in KEYS:
            if not (home / key).exists():
                write(home / key, new_secret(50))
    except OSError as error:
        raise Problem(_sentence(home, error)) from error


def write(file: Path, words: str) -> None:
    """Write a small file whole or not at all, readable by the owner alone."""
    fresh = file.with_name(file.name + ".new")
    fresh.touch(mode=0o600)
    fresh.write_text(words)
    fresh.replace(file)


@contextmanager
def held(home: Path, address: str) -> Iterator[None]:
    """Hold the home for this process; the hold ends with the process, however it ends.

    Raises:
        Problem: when another supervisor holds it.
    """
    with (home / "serve.lock").open("a+") as lock:
        while (found := take(lock.fileno())) is Hold.LOOKED_AT:
            os.sched_yield()
        if found is Hold.HELD:
            lock.seek(0)
            facts = json.loads(lock.read() or "{}")
            raise Problem(
                _(
                    "This city already runs at %(address)s (process %(pid)s, data in %(folder)s). Stop it "
                    "first, or set ANLAN_HOME."
                )
                % {"address": facts.get("address", "?"), "pid": facts.get("pid", "?"), "folder": home}
            )
        lock.truncate(0)
        lock.write(json.dumps({"pid": os.getpid(), "address": address}))
        lock.flush()
        yield


def held_at(home: Path) -> str:
    """The address that who holds the home wrote down."""
    facts = json.loads((home / "serve.lock").read_text() or "{}")
    return str(facts.get("address", ""))


def is_held(home: Path) -> bool:
    """Whether a supervisor holds the home. Several may look at once, and no look stops a start."""
    try:
        with held_file(home / "serve.lock") as lock:
            return not _locked(lock, fcntl.LOCK_SH)
    except OSError:
        return False


class Hold(Enum):
    """What came of taking the lock: ours, another supervisor's, or somebody looks at it for a moment."""

    TAKEN = auto()
    HELD = auto()
    LOOKED_AT = auto()


def take(lock: int) -> Hold:
    """Take a lock that a supervisor holds alone and that several may look at."""
    if _locked(lock, fcntl.LOCK_EX):
        return Hold.TAKEN
    if not _locked(lock, fcntl.LOCK_SH):
        return Hold.HELD
    fcntl.flock(lock, fcntl.LOCK_UN)
    return Hold.LOOKED_AT


def _locked(lock: int, how: int) -> bool:
    """Whether the lock could be had at once."""
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def held_file(file: Path) -> Iterator[int]:
    """Open a file for looking at its lock."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def check_port(host: str, port: int) -> None:
    """See that we may listen there.

    Raises:
        Problem: when the port is taken, or is not ours to take.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except PermissionError as error:
            raise Problem(
                _("Port %(port)s needs rights that this user lacks: choose one above 1023.") % {"port": port}
            ) from error
        except OSError as error:
            raise Problem(
                _(
                    "Port %(port)s of %(host)s is taken by another program: choose another, for example "
                    "`make run PORT=%(other)s`."
                )
                % {"port": port, "host": host, "other": port + 10}
            ) from error


def _check_space(home: Path) -> None:
    """Refuse to begin on a disk that is nearly full."""
    free = shutil.disk_usage(home).free
    if free < NEEDED_BYTES:
        raise Problem(
            _(
                "The disk that holds %(folder)s is full: %(free)s MB are free, %(needed)s MB are needed. "
                "Free some space, or set ANLAN_HOME to another disk."
            )
            % {"folder": home, "free": free // 1_000_000, "needed": NEEDED_BYTES // 1_000_000}
        )


def _sentence(home: Path, error: OSError) -> str:
    """Say in plain words why the home could not be made."""
    return _("%(folder)s cannot be written (%(error)s): correct its rights, or set ANLAN_HOME.") % {
        "folder": home,
        "error": in_words(error),
    }
