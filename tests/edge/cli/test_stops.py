"""What stops a command is said in one sentence, and only what was foreseen."""

import tempfile
from collections import namedtuple
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from anlan.edge.cli.loading import _words
from anlan.edge.cli.problems import Problem, sentence


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Problem("no city here; run anlan serve"), "no city here; run anlan serve"),
        (ImproperlyConfigured("ANLAN_PORT=x: give a number"), "ANLAN_PORT=x: give a number"),
        (OperationalError("connection\n  refused"), "The database does not answer: connection refused"),
        (
            OperationalError('could not write to file "base/1": No space left on device'),
            "The disk of the database is full. Free some space and try again; nothing stored is lost.",
        ),
        (
            ModuleNotFoundError("No module named 'django.db'", name="django.db"),
            "This command needs the platform (django.db is not installed)."
            " Install it: pip install 'anlan[city]'",
        ),
        (ModuleNotFoundError("No module named 'anlan.edge.typo'", name="anlan.edge.typo"), None),
        (KeyError("nobody foresaw this"), None),
    ],
)
def test_what_was_foreseen_is_a_sentence(error: Exception, said: str | None) -> None:
    assert sentence(error) == said


def test_a_database_that_stopped_on_a_full_disk_is_no_riddle(
    tmp_path: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ANLAN_HOME = tmp_path
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(100, 99, 1))
    gone = OperationalError("server closed the connection unexpectedly")
    assert str(sentence(gone)).startswith("The disk of the database is full.")


def test_a_load_that_found_no_room_says_so() -> None:
    with tempfile.TemporaryFile() as said:
        said.write(b"ERROR: could not extend file\nHINT: Check free disk space.\n")
        assert _words(said) == "the disk is full"
