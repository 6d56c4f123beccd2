"""What stops a command is said in one sentence, and only what was foreseen."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

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
