"""Where the files of exports lie: ANLAN_HOME/exports/<key>.<kind>. A file there is whole."""

import os
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings


def export_path(key: UUID, kind: str) -> Path:
    """The file of an export; it may be missing."""
    return _folder() / f"{key}.{kind}"


def part_path(key: UUID, claim: UUID) -> Path:
    """The file that the holder of `claim` writes; its folder is there."""
    _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    return _folder() / f"{key}.{claim}.part"


def put_in_place(part: Path, key: UUID, kind: str) -> int:
    """Make a written part the file; when this returns, it survives a loss of power. Its bytes."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(export_path(key, kind))
    return export_path(key, kind).stat().st_size


def remove(key: UUID, kind: str) -> None:
    """Take the file and what was left of its parts away; those that are missing are no error."""
    export_path(key, kind).unlink(missing_ok=True)
    for part in _folder().glob(f"{key}.*.part"):
        part.unlink(missing_ok=True)


def sweep_parts(older_than: datetime) -> None:
    """Take parts away that nobody has written to since."""
    for part in _folder().glob("*.part"):
        if part.stat().st_mtime < older_than.timestamp():
            part.unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.ANLAN_HOME) / "exports"
