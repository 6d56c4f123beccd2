"""Opening the files that a command is given."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO, TextIO

from anlan.base.tables import encoding_of
from anlan.edge.cli import progress

BLOCK = 1 << 20


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def opened_text(path: Path, binary: BinaryIO | None = None) -> Iterator[TextIO]:
    """The file as text under a bar, from `binary` when it is open already.

    Raises Refused("encoding_unknown").
    """
    encoding = encoding_of(path.name, lambda: _blocks(path))
    with nullcontext(binary) if binary else progress.opened(path) as raw:
        yield io.TextIOWrapper(raw, encoding=encoding, newline="")


def text_of(path: Path) -> str:
    """A whole file as text."""
    with opened_text(path) as lines:
        return lines.read()


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
