"""The file of a backup: one .tar with the database, the photos, and a manifest that says what is in it.

    database.dump           pg_dump, its custom form
    photos/ab/<id>.jpg      and <id>.small.jpg, both .webp when they were kept long ago;
                            for the public <id>.covered.webp and <id>.covered-small.webp
    manifest.json           counts and hashes of all of it, last

The key that signs sessions is not in it: after a restore everybody logs in again.
"""

import hashlib
import io
import json
import lzma
import re
import tarfile
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path

from anlan.edge.cli.problems import Problem, in_words
from anlan.edge.cli.progress import Advance
from anlan.edge.cli.speaking import gettext as _

FORMAT = 1
DUMP = "database.dump"
MANIFEST = "manifest.json"
KINDS = ("demo", "own")
NO_ARCHIVE = (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError)
PHOTO = re.compile(r"photos/[0-9a-f]{2}/[0-9a-f-]{36}((\.small)?\.(jpg|webp)|\.covered(-small)?\.webp)")


@dataclass
class Manifest:
    """What an archive holds."""

    release: str
    made_at: str
    kind: str
    server_version: int
    migrations: list[str]
    tables: dict[str, list[int | str]]
    files: dict[str, str] = field(default_factory=dict)
    erased_meanwhile: list[str] = field(default_factory=list)
    format: int = FORMAT


def add(archive: tarfile.TarFile, file: Path, name: str, manifest: Manifest) -> None:
    """Put a file into the archive and its hash into the manifest.

    Raises:
        FileNotFoundError: when the file is gone.
    """
    with file.open("rb") as content:
        manifest.files[name] = hashlib.file_digest(content, "sha256").hexdigest()
        content.seek(0)
        info = archive.gettarinfo(arcname=name, fileobj=content)
        info.uid = info.gid = 0
        info.uname = info.gname = ""
        archive.addfile(info, content)


def close(archive: tarfile.TarFile, manifest: Manifest) -> None:
    """Put the manifest into the archive."""
    words = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
    info = tarfile.TarInfo(MANIFEST)
    info.size = len(words)
    archive.addfile(info, io.BytesIO(words))


def unpack(file: Path, folder: Path, advance: Advance = lambda _bytes: None) -> Manifest:
    """Write what the archive holds into `folder`, and check every file against the manifest.

    `advance` hears how many bytes of `file` were read.

    Raises:
        Problem: when it is no archive of ours, or not as it was when it was made.
    """
    try:
        with tarfile.open(file) as archive:
            for member in archive:
                _check_member(member)
                archive.extract(member, folder, filter="data")
                advance(member.size)
    except NO_ARCHIVE as error:
        raise Problem(_damaged(file, error)) from error
    except OSError as error:
        if error.strerror is None:  # what reads a compressed file says so of its content
            raise Problem(_damaged(file, error)) from error
        raise Problem(
            _("%(file)s could not be read into %(folder)s: %(error)s.")
            % {"file": file, "folder": folder, "error": in_words(error)}
        ) from error
    return _checked(file, folder)


def _damaged(file: Path, error: Exception) -> str:
    """What is said of a file that cannot be read as an archive; some errors list every way that was tried."""
    reason = str(error) if "\n" not in str(error) else _("it is no tar file")
    return _("%(file)s is damaged or no backup of anlan (%(error)s).") % {"file": file, "error": reason}


def _check_member(member: tarfile.TarInfo) -> None:
    """Refuse what a backup of ours does not hold."""
    if not member.isfile() or not (member.name in (DUMP, MANIFEST) or PHOTO.fullmatch(member.name)):
        raise Problem(_("This is no backup of anlan: it holds %(name)r.") % {"name": member.name})


def _checked(file: Path, folder: Path) -> Manifest:
    """Read the manifest and compare the hash of each file."""
    if not (folder / MANIFEST).exists():
        raise Problem(
            _("%(file)s has no manifest: it is no backup of anlan, or was cut off while it was made.")
            % {"file": file}
        )
    manifest = _read(file, (folder / MANIFEST).read_bytes())
    for name, expected in manifest.files.items():
        if not (folder / name).exists():
            raise Problem(
                _("%(file)s lacks %(name)s, which its manifest names.") % {"file": file, "name": name}
            )
        with (folder / name).open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != expected:
                raise Problem(
                    _("%(file)s is damaged: %(name)s is not what was put in.") % {"file": file, "name": name}
                )
    return manifest


def _read(file: Path, words: bytes) -> Manifest:
    """The manifest in `words`, each part of the kind that it must be."""
    damaged = Problem(_("%(file)s is damaged: its manifest cannot be read.") % {"file": file})
    try:
        facts = dict(json.loads(words))
    except (ValueError, TypeError) as error:
        raise damaged from error
    if facts.get("format") != FORMAT:
        raise Problem(
            _("%(file)s has the format %(found)s; this release reads %(wanted)s.")
            % {"file": file, "found": facts.get("format"), "wanted": FORMAT}
        )
    try:
        manifest = Manifest(**facts)
        counted = all(isinstance(rows, int) for rows, _hash in manifest.tables.values())
    except (ValueError, TypeError, AttributeError) as error:
        raise damaged from error
    if not counted or manifest.kind not in KINDS:
        raise damaged
    return manifest
