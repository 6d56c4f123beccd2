"""What the bytes of a sent file say before anything is decoded: its kind, its end, what else is in it.

Pictures are drawn anew from their pixels, so nothing else in a file survives. A file that is a picture and
something else at once is refused all the same: nobody makes one by accident.
"""

import re
from struct import unpack_from

from anlan.publishing.photos import PhotoFormat

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_MARKUP = re.compile(rb"<(?:script|!doctype|\?php|iframe|html[ >])", re.IGNORECASE)
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # neither a stuffed zero nor a restart nor fill
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"


def format_of(data: bytes) -> PhotoFormat | None:
    """The kind of picture that the first bytes announce; None for anything else."""
    if data.startswith(b"\xff\xd8\xff"):
        return PhotoFormat.JPEG
    if data.startswith(_PNG_HEAD):
        return PhotoFormat.PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return PhotoFormat.WEBP
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS and not _AVIF_BRANDS & set(_brands(data)):
        return PhotoFormat.HEIC
    return None


def _brands(data: bytes) -> list[bytes]:
    size = min(unpack_from(">I", data)[0], 256)
    return [data[at : at + 4] for at in range(16, size, 4)]


def end_of(data: bytes, kind: PhotoFormat) -> int | None:
    """The position behind the picture's last byte; None when the file ends before its picture does."""
    return _ENDS[kind](data)


def is_mixed(data: bytes, end: int) -> bool:
    """Is there something in the file besides the picture that no camera puts there?

    `end` is that of `end_of`. Cameras append a second JPEG (depth, gain map), a short film (motion photo),
    zeros, or Samsung's trailer; anything else behind the end, and markup anywhere, is not a photo's.
    """
    return bool(_MARKUP.search(data)) or not _is_cameras_own(data[end:])


def _is_cameras_own(rest: bytes) -> bool:
    return (
        not rest.strip(b"\0")
        or rest.lstrip(b"\0").startswith(b"\xff\xd8\xff")
        or b"ftyp" in rest[:64]
        or rest.rstrip(b"\0").endswith(b"SEFT")
    )


def _end_of_jpeg(data: bytes) -> int | None:
    """Walk the segments of ITU-T T.81 annex B up to EOI."""
    at = 2
    while found := _NEXT_MARKER.search(data, at):
        marker, at = data[found.end() - 1], found.end()
        if marker == 0xD9:
            return at
        if at + 2 > len(data):
            return None
        at += unpack_from(">H", data, at)[0]
    return None


def _end_of_png(data: bytes) -> int | None:
    at = len(_PNG_HEAD)
    while at + 12 <= len(data):
        size, kind = unpack_from(">I4s", data, at)
        at += 12 + size
        if kind == b"IEND":
            return at if at <= len(data) else None
    return None


def _end_of_webp(data: bytes) -> int | None:
    size: int = unpack_from("<I", data, 4)[0]
    end = 8 + size + size % 2
    return end if end <= len(data) else None


def _end_of_heic(data: bytes) -> int | None:
    """Walk the boxes of ISO/IEC 14496-12; what does not look like a box lies behind the end."""
    at = 0
    while at + 8 <= len(data) and data[at + 4 : at + 8].isalnum():
        size: int = unpack_from(">I", data, at)[0]
        if size == 1 and at + 16 <= len(data):
            size = unpack_from(">Q", data, at + 8)[0]
        if size == 0:
            return len(data)
        if size < 8 or at + size > len(data):
            return None if data[at + 4 : at + 8] in {b"mdat", b"meta"} else at
        at += size
    return at


_ENDS = {
    PhotoFormat.JPEG: _end_of_jpeg,
    PhotoFormat.PNG: _end_of_png,
    PhotoFormat.WEBP: _end_of_webp,
    PhotoFormat.HEIC: _end_of_heic,
}
