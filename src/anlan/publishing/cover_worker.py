"""A process that covers one photo: `python -I -m anlan.publishing.cover_worker find` or `... paint`.

`find` reads a picture that the photo worker made and writes boxes around faces and plates, as JSON. `paint`
reads a line of JSON with boxes, then the picture, and writes one line of JSON, the picture and a small one,
both with the boxes filled. As for the photo worker, memory and time are little, and no file can be written.
"""

import io
import json
import os
import resource
import sys
from importlib import import_module
from typing import BinaryIO

from PIL import Image, ImageDraw
from PIL.WebPImagePlugin import WebPImageFile

from anlan.publishing.covering import Box, BoxKind, boxes_from, grown, pixels, rows_of, without_inner
from anlan.publishing.photos import EARLIER_LONGEST_SIDE, MAX_BYTES, THUMBNAIL_SIDE

MEMORY = 1280 * 2**20
"""Bytes of address space; the model takes 830 MB of it for one tile, of which 310 are memory."""

SECONDS = 90
"""Of processor time; the largest photo takes a fifth of it."""

NICE = 15
"""Pages come first."""

_WEBP = WebPImageFile.format
"""Loaded above: Pillow looks for a format that is not by loading all it knows."""

FILL = (38, 42, 46)
"""One colour: nothing of what lies below it is left."""


def find(data: bytes) -> list[Box]:
    """Boxes around faces and plates of a picture, made larger by a quarter."""
    import numpy as np

    from anlan.publishing.face_finding import faces_in
    from anlan.publishing.plate_finding import plates_in

    picture = _opened(data)
    flipped = np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])
    kinds = ((BoxKind.FACE, faces_in(flipped)), (BoxKind.PLATE, plates_in(flipped)))
    wide, high = picture.size
    boxes = [
        Box(x / wide, y / high, w / wide, h / high, kind) for kind, found in kinds for x, y, w, h in found
    ]
    return without_inner(grown(box) for box in boxes)


def paint(data: bytes, boxes: list[Box]) -> tuple[bytes, bytes]:
    """The picture with the boxes filled, and a small one of it; both made from pixels alone."""
    picture = _opened(data)
    draw = ImageDraw.Draw(picture)
    for box in boxes:
        left, top, right, bottom = pixels(box, *picture.size)
        draw.rectangle((left, top, right - 1, bottom - 1), fill=FILL)
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return _webp(picture), _webp(small)


def _opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=["JPEG", _WEBP]) as kept:
        if max(kept.size) > EARLIER_LONGEST_SIDE:
            raise ValueError("larger than a kept photo")
        return kept.convert("RGB")


def _webp(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, _WEBP, quality=82, method=2)
    return out.getvalue()


def load(what: str) -> None:
    """Load what finding needs while Python may still write: else each process would compile numpy anew."""
    if what == "find":
        import_module("anlan.publishing.face_finding")
        import_module("anlan.publishing.plate_finding")


def limit_this_process() -> None:
    """Take from this process all that covering one photo does not need."""
    os.nice(NICE)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (most, most))


def answer(what: str, source: BinaryIO, sink: BinaryIO) -> None:
    """Do what the process was started for, with one photo."""
    if what == "find":
        sink.write(json.dumps(rows_of(find(source.read(MAX_BYTES)))).encode())
        return
    boxes = boxes_from(json.loads(source.readline()))
    picture, small = paint(source.read(MAX_BYTES), boxes)
    sink.write(json.dumps({"picture": len(picture), "small": len(small)}).encode() + b"\n" + picture + small)


if __name__ == "__main__":
    load(sys.argv[1])
    limit_this_process()
    answer(sys.argv[1], sys.stdin.buffer, sys.stdout.buffer)
