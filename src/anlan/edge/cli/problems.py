"""What stops a command: one sentence for the person who typed it, no traceback."""

import errno
import shutil
import sys

from anlan.base.tables import N_
from anlan.edge.cli.speaking import gettext

NEXT_LOGS = 64_000_000
"""Bytes of a few files of PostgreSQL's log of changes, which it makes ahead."""

OF_THE_SYSTEM = {
    errno.EACCES: N_("Permission denied"),
    errno.EEXIST: N_("File exists"),
    errno.EISDIR: N_("Is a directory"),
    errno.ENOENT: N_("No such file or directory"),
    errno.ENOSPC: N_("No space left on device"),
    errno.ENOTDIR: N_("Not a directory"),
    errno.EROFS: N_("Read-only file system"),
}
"""What the system says of files, in its own words: it speaks English where no locale was set."""


class Problem(Exception):
    """A command cannot do its work; the message says why and what to do."""


def in_words(error: OSError) -> str:
    """What was wrong with a file, in the language of the terminal."""
    return gettext(OF_THE_SYSTEM.get(error.errno or 0, error.strerror or str(error)))


def sentence(error: Exception) -> str | None:
    """What stopped a command, in words for the person who typed it; None for what nobody foresaw."""
    if isinstance(error, Problem):
        return str(error)
    if isinstance(error, ModuleNotFoundError):
        return _missing(error.name or "")
    return _of_django(error) if "django" in sys.modules else None


def _missing(module: str) -> str | None:
    """The commands of statistics need no more than `pip install anlan`; the others need the platform."""
    if module.partition(".")[0] == "anlan":
        return None
    said = gettext(
        "This command needs the platform (%(module)s is not installed). Install it: pip install 'anlan[city]'"
    )
    return said % {"module": module}


def _disk_is_full() -> bool:
    """Whether the disk of the home has no room for what a database writes next: it stops then."""
    from django.conf import settings

    home = settings.ANLAN_HOME
    return home.exists() and shutil.disk_usage(home).free < NEXT_LOGS


def _of_django(error: Exception) -> str | None:
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError

    if isinstance(error, ImproperlyConfigured):
        return str(error)
    if isinstance(error, OperationalError) and ("No space left on device" in str(error) or _disk_is_full()):
        return gettext(
            "The disk of the database is full. Free some space and try again; nothing stored is lost."
        )
    if isinstance(error, OperationalError):
        return gettext("The database does not answer: %(error)s") % {"error": " ".join(str(error).split())}
    return None
