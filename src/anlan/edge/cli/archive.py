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
import re
import tarfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

from anlan.edge.cli.problems import Problem
from anlan.edge.cli.progress import Advance
from anlan.edge.cli.speaking import gettext as _

FORMAT = 1
DUMP = "database.dump"
MANIFEST = "manifest.json"
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
    except (tarfile.TarError, EOFError) as error:
        raise Problem(
            _("%(file)s is damaged or no backup of anlan (%(error)s).") % {"file": file, "error": error}
        ) from error
    except OSError as error:
        raise Problem(
            _("%(file)s could not be read into %(folder)s: %(error)s.")
            % {"file": file, "folder": folder, "error": error.strerror}
        ) from error
    return _checked(file, folder)


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
    facts = json.loads((folder / MANIFEST).read_text())
    if facts.get("format") != FORMAT:
        raise Problem(
            _("%(file)s has the format %(found)s; this release reads %(wanted)s.")
            % {"file": file, "found": facts.get("format"), "wanted": FORMAT}
        )
    manifest = Manifest(**facts)
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
