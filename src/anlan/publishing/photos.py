"""What may be kept of a photo that somebody sent: how much, of which kind, and when it was taken."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

MAX_PHOTOS = 4
"""Photos in one report, one rectification, one verification."""

MAX_BYTES = 20 * 2**20
"""Bytes of one file as it was sent."""

MAX_PIXELS = 8192 * 6144
"""50 megapixels as makers of phones count them."""

LONGEST_SIDE = 2000
"""Pixels of the longer side of what is kept: half of what most phones send, which a JPEG is decoded at."""

EARLIER_LONGEST_SIDE = 2560
"""The same of photos that were kept before."""

THUMBNAIL_SIDE = 480
"""Pixels of the longer side of the small picture in lists."""

BEGUN = b"+"
"""What a drawing process says first: the photo is with it."""

OLDEST = timedelta(days=3650)
"""A camera that says more than this has lost its clock."""


class PhotoFormat(StrEnum):
    """Kinds of files that are read; any other is refused."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"


class PhotoRefusal(StrEnum):
    """Why a photo is not kept; the values are reasons of `Refused`."""

    EMPTY = "photo_empty"
    TOO_BIG = "photo_too_big"  # bytes
    TOO_MUCH = "photos_too_big"  # bytes of all photos of a form
    TOO_MANY_PIXELS = "photo_too_many_pixels"
    WRONG_TYPE = "photo_wrong_type"  # no picture, or a kind that is not read
    BROKEN = "photo_broken"  # truncated or damaged
    MIXED = "photo_mixed"  # a picture and something else in one file
    TOO_HARD = "photo_too_hard"  # took more time or memory than a photo may
    NO_ROOM = "disk_full"  # nothing wrong with it: there is no room for it here


@dataclass(frozen=True)
class Pixels:
    """A photo drawn anew: JPEG files made from pixels only, and what the camera said about the time."""

    picture: bytes
    thumbnail: bytes
    width: int
    height: int
    taken: str = ""  # EXIF DateTimeOriginal, "2026:11:23 09:30:00"
    offset: str = ""  # EXIF OffsetTimeOriginal, "+08:00"


def made_at(taken: str, offset: str, *, received_at: datetime, zone: tzinfo) -> datetime:
    """When a photo was taken, or `received_at` when the camera's word cannot be right.

    `taken` and `offset` are as in EXIF (CIPA DC-008, DateTimeOriginal and OffsetTimeOriginal); a time without
    an offset is in `zone`. A time that is later than `received_at` or older than `OLDEST` is not believed.
    """
    said = _camera_time(taken, offset, zone)
    if said is None or not received_at - OLDEST <= said <= received_at:
        return received_at
    return said


def _camera_time(taken: str, offset: str, zone: tzinfo) -> datetime | None:
    try:
        wall = datetime.strptime(taken, "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None
    try:
        return datetime.strptime(f"{taken} {offset}", "%Y:%m:%d %H:%M:%S %z")
    except ValueError:
        return wall.replace(tzinfo=zone)
