"""Where the files of photos lie: ANLAN_HOME/photos/ab/<id>.jpg, and <id>.small.jpg beside it.

Photos that were kept before December 2026 are WebP: <id>.webp and <id>.small.webp. What the public sees of a
photo lies under another id: <id>.covered.webp and <id>.covered-small.webp.

The folder is never served as it is; a page asks who is looking first.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from anlan.base.disk import is_full
from anlan.base.errors import Refused


def folder() -> Path:
    """The folder of all photos of this installation."""
    return Path(settings.MEDIA_ROOT)


KINDS = {".jpg": "image/jpeg", ".webp": "image/webp"}
"""Endings of files that hold a photo, that of new ones first, and what is in them."""


def picture_path(photo_id: UUID) -> Path:
    """The file of a photo; it may be missing."""
    return _kept(photo_id, "")


def thumbnail_path(photo_id: UUID) -> Path:
    """The file of a photo's small picture; it may be missing."""
    return _kept(photo_id, ".small")


def _kept(photo_id: UUID, which: str) -> Path:
    """The file that is there; where there is none, the one that a new photo has."""
    return next(filter(Path.is_file, _possible(photo_id, which)), _possible(photo_id, which)[0])


def _possible(photo_id: UUID, which: str) -> list[Path]:
    return [folder() / photo_id.hex[:2] / f"{photo_id}{which}{kind}" for kind in KINDS]


def covered_path(covered_id: UUID) -> Path:
    """The file of a photo as the public sees it; it may be missing."""
    return folder() / covered_id.hex[:2] / f"{covered_id}.covered.webp"


def covered_thumbnail_path(covered_id: UUID) -> Path:
    """The file of its small picture; it may be missing."""
    return folder() / covered_id.hex[:2] / f"{covered_id}.covered-small.webp"


def write(photo_id: UUID, picture: bytes, thumbnail: bytes) -> None:
    """Put both files on the disk; when this returns, they survive a loss of power.

    Raises Refused("disk_full") and leaves nothing behind when they do not fit.
    """
    _write_both(_possible(photo_id, "")[0], picture, _possible(photo_id, ".small")[0], thumbnail)


def write_covered(covered_id: UUID, picture: bytes, thumbnail: bytes) -> None:
    """`write` for both files of a covered photo."""
    _write_both(covered_path(covered_id), picture, covered_thumbnail_path(covered_id), thumbnail)


def _write_both(path: Path, picture: bytes, small: Path, thumbnail: bytes) -> None:
    try:
        _write_each(path, picture, small, thumbnail)
    except OSError as fault:
        for left in (path, small, _aside(path), _aside(small)):
            left.unlink(missing_ok=True)
        if not is_full(fault):
            raise
        raise Refused("disk_full") from fault


def _write_each(path: Path, picture: bytes, small: Path, thumbnail: bytes) -> None:
    if not path.parent.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _sync_folder(path.parent.parent)
    _write_whole(small, thumbnail)
    _write_whole(path, picture)
    _sync_folder(path.parent)


def _write_whole(path: Path, content: bytes) -> None:
    """Write aside and move into place: a reader finds the whole file or none."""
    aside = _aside(path)
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _aside(path: Path) -> Path:
    return path.with_suffix(".part")


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(photo_id: UUID) -> None:
    """Take both files of a photo away; those that are missing already are no error."""
    for path in (*_possible(photo_id, ""), *_possible(photo_id, ".small")):
        path.unlink(missing_ok=True)


def remove_covered(covered_id: UUID) -> None:
    """Take both files of a covered photo away; those that are missing already are no error."""
    for path in (covered_path(covered_id), covered_thumbnail_path(covered_id)):
        path.unlink(missing_ok=True)


def covered_older_than(moment: datetime) -> Iterator[UUID]:
    """The ids of covered photos whose files were written before `moment`, row or no row."""
    for path in folder().glob("??/*.covered.webp"):
        if path.stat().st_mtime < moment.timestamp():
            yield UUID(path.name.removesuffix(".covered.webp"))


def older_than(moment: datetime) -> Iterator[UUID]:
    """The ids of photos whose files were written before `moment`, row or no row."""
    for kind in KINDS:
        for path in folder().glob(f"??/*.small{kind}"):
            if path.stat().st_mtime < moment.timestamp():
                yield UUID(path.name.removesuffix(f".small{kind}"))


def remove_unfinished(moment: datetime) -> int:
    """Take away what a crash left half written before `moment`; how many files that were."""
    halves = [path for path in folder().glob("??/*.part") if path.stat().st_mtime < moment.timestamp()]
    for path in halves:
        path.unlink(missing_ok=True)
    return len(halves)
