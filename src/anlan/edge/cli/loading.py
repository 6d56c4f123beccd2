"""A dump of ours into the empty database, all of it or nothing, whatever release the server has.

`pg_restore` 18 turns off a limit that servers before 17 do not know, and would stop at once. So it writes the
script, that one line is left out, and `psql` runs the rest in one transaction, whose end is written when the
script was whole: whoever is killed meanwhile leaves nothing in the database.
"""

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from anlan.edge.cli import postgres
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.speaking import gettext as _

UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;\n"
_PIECE = 1 << 18
DISK_FULL = ("No space left on device", "Check free disk space")


def load(words: str, environment: dict[str, str], dump: Path, read: Callable[[int], None]) -> None:
    """Fill the database that `words` name; `read` hears how many lines of the script were handed on.

    Raises:
        Problem: with what PostgreSQL said; nothing is in the database then.
    """
    writes: list[str | Path] = [postgres.program("pg_restore"), "--no-owner", "--file=-", dump]
    runs: list[str | Path] = [
        postgres.program("psql"),
        *("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", f"--dbname={words}"),
    ]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(writes, env=environment, stdout=subprocess.PIPE, stderr=said) as script,
        subprocess.Popen(runs, env=environment, stdin=subprocess.PIPE, stderr=said) as server,
    ):
        assert script.stdout is not None and server.stdin is not None
        _hand_on(script, script.stdout, server.stdin, read)
        if server.wait() != 0 or script.returncode != 0:
            raise Problem(
                _("The database could not be loaded; nothing was restored: %(error)s")
                % {"error": _words(said)}
            )


def _hand_on(
    script: subprocess.Popen[bytes], pieces: IO[bytes], server: IO[bytes], read: Callable[[int], None]
) -> None:
    """Hand the script on as one transaction, which ends when `pg_restore` says that it was whole."""
    try:
        server.write(b"BEGIN;\n")
        for piece in _without_the_line(pieces):
            server.write(piece)
            read(piece.count(b"\n"))
        if script.wait() == 0:
            server.write(b"COMMIT;\n")
        server.close()
    except BrokenPipeError:  # the server gave up, and says why
        pieces.close()


def _without_the_line(script: IO[bytes]) -> Iterator[bytes]:
    """The script: its settings line by line up to the first comment behind them, the rest as it comes."""
    settings_began = False
    for line in iter(script.readline, b""):
        if line != UNKNOWN_BEFORE_17:
            yield line
        settings_began = settings_began or line.startswith(b"SET ")
        if settings_began and line.startswith(b"--"):
            break
    yield from iter(lambda: script.read(_PIECE), b"")


def _words(said: IO[bytes]) -> str:
    """The first line that a program wrote on its error stream: what follows follows from it.

    That the disk is full, PostgreSQL says in a hint further down.
    """
    said.seek(0)
    words = said.read().decode(errors="replace")
    if any(sign in words for sign in DISK_FULL):
        return _("the disk is full")
    return words.partition("\n")[0]
