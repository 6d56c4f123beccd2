"""What stops a command: one sentence for the person who typed it, no traceback."""

import sys

from anlan.edge.cli.speaking import gettext


class Problem(Exception):
    """A command cannot do its work; the message says why and what to do."""


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


def _of_django(error: Exception) -> str | None:
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError

    if isinstance(error, ImproperlyConfigured):
        return str(error)
    if isinstance(error, OperationalError) and "No space left on device" in str(error):
        return gettext(
            "The disk of the database is full. Free some space and try again; nothing stored is lost."
        )
    if isinstance(error, OperationalError):
        return gettext("The database does not answer: %(error)s") % {"error": " ".join(str(error).split())}
    return None
