"""As whom a child process runs, and that it never outlives the process that started it.

PostgreSQL refuses to run as root, so an installation that root runs gives the database to another user. That
user may be unable to enter the folders above the installation (`/root` is closed to others): then the child
keeps one Linux capability over the change of user, first the one that only reads and enters, else the one
that containers leave to root.
"""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
USERS = ("postgres", "nobody")
"""Who runs the database of an installation that root runs: the first of these that the machine has."""

_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Identity:
    """A user, and the capability it keeps to enter closed folders (none: an ordinary user)."""

    uid: int
    gid: int
    capability: int | None = None


def own_identity() -> Identity:
    """Return who this process is."""
    return Identity(os.geteuid(), os.getegid())


def database_user(data: Path) -> Identity | None:
    """Return who shall run a cluster whose folder is or will be `data`: the caller, unless that is root.

    None when root would need one of `USERS` and the machine has none of them.
    """
    if os.geteuid() != 0:
        return own_identity()
    if data.exists() and data.stat().st_uid != 0:
        return Identity(data.stat().st_uid, data.stat().st_gid)
    return next((Identity(user.pw_uid, user.pw_gid) for user in _users_of_the_machine()), None)


def able_to_enter(identity: Identity, folder: Path, program: Path) -> Identity | None:
    """Return `identity` with the least capability with which it can write in `folder` and start `program`.

    None when no capability we may hand on is enough.
    """
    for capability in (None, CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        candidate = Identity(identity.uid, identity.gid, capability)
        if _can_use(candidate, folder, program):
            return candidate
    return None


def before_exec(identity: Identity, death_signal: signal.Signals) -> Callable[[], None]:
    """Return what a child does between fork and exec: become `identity`, and hear of its parent's death."""
    parent = os.getpid()

    def prepare() -> None:
        if identity.uid != os.geteuid():
            _become(identity)
        if sys.platform == "linux":
            _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def _users_of_the_machine() -> list[pwd.struct_passwd]:
    """Return the users of `USERS` that exist, in that order."""
    known = {user.pw_name: user for user in pwd.getpwall()}
    return [known[name] for name in USERS if name in known]


def _can_use(identity: Identity, folder: Path, program: Path) -> bool:
    """Try, in a child that took the identity, whether it may write in `folder` and run `program`."""
    become = before_exec(identity, signal.SIGKILL)

    def prepare() -> None:
        become()
        if not os.access(folder, os.W_OK | os.X_OK, effective_ids=True):
            raise PermissionError(str(folder))

    try:
        run: list[str | Path] = [program, "--version"]
        return (
            subprocess.run(run, preexec_fn=prepare, capture_output=True, cwd="/", check=False).returncode == 0
        )
    except (OSError, subprocess.SubprocessError):
        return False


def _become(identity: Identity) -> None:
    """Change the user of this process for good, with the capability of `identity` alone left to it."""
    if identity.capability is not None:
        _must(_libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0))
    os.setgroups([])
    os.setgid(identity.gid)
    os.setuid(identity.uid)
    if identity.capability is not None:
        _keep(identity.capability)


def _keep(capability: int) -> None:
    """Hold `capability` over the coming exec: permitted, inheritable and ambient (capabilities(7))."""
    bit = 1 << capability
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    _must(_libc.capset(header, sets))
    _must(_libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0))


def _must(result: int) -> None:
    """Raise the error of a C call that failed."""
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
