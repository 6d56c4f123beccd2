"""A mailbox that is a folder on this machine: a Maildir, or a folder into which .eml files are put."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import time
from urllib.parse import unquote

from anlan.channels import NotTaken
from anlan.channels.mail_in import AT_ONCE, FOLDERS, Waiting

SETTLED = 10.0
"""Seconds for which an .eml file must not have changed: somebody may still be writing it."""


class Folder:
    """The mails of a Maildir (those that were delivered), or the .eml files of any other folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """The path of the folder."""
        return f"folder:{self._path}"

    def waiting(self) -> Sequence[Waiting]:
        """The files, the oldest first; of a drop folder those that nobody writes any more."""
        is_maildir = (self._path / "new").is_dir()
        found = list(self._path.glob("new/*") if is_maildir else self._path.glob("*.eml"))
        facts = sorted((file.stat().st_mtime, file) for file in found if file.is_file())
        until = time() + 1 if is_maildir else time() - SETTLED
        settled = [file for changed, file in facts if changed <= until]
        return [Waiting(str(file.relative_to(self._path)), file.stat().st_size) for file in settled[:AT_ONCE]]

    def read(self, place: str) -> bytes:
        """The bytes of a file."""
        return (self._path / place).read_bytes()

    def remove(self, place: str) -> None:
        """Delete the file."""
        (self._path / place).unlink(missing_ok=True)

    def put_into(self, folder: str, place: str) -> None:
        """Move the file; one of the same name that lies there already is kept, under another name."""
        beside = self._path / FOLDERS[folder]
        beside.mkdir(exist_ok=True)
        file, target = self._path / place, beside / Path(place).name
        number = 1
        while target.exists():
            target = beside / f"{number}-{Path(place).name}"
            number += 1
        if file.exists():
            file.rename(target)


@contextmanager
def opened_folder(path: str) -> Iterator[Folder]:
    """The folder at a path of an address. Raises NotTaken when there is none."""
    folder = Path(unquote(path))
    if not folder.is_dir():
        raise NotTaken("no such folder")
    yield Folder(folder)
