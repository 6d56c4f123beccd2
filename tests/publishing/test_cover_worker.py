"""The process that covers a photo: it finds drawn faces and plates, fills boxes, and has little room."""

import io
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from anlan.base.errors import Refused
from anlan.flows.cover_process import find_boxes, painted
from anlan.publishing.cover_worker import FILL, MEMORY
from anlan.publishing.covering import Box, BoxKind, clamped

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def drawing(monkeypatch: pytest.MonkeyPatch) -> object:
    """The drawer of faces and plates that belong to nobody."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module("_plates")


def kept(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=90)
    return out.getvalue()


def holds(boxes: list[Box], kind: BoxKind, x: float, y: float) -> bool:
    """Does a box of that kind lie over the point, in fractions?"""
    return any(b.kind is kind and b.x < x < b.x + b.w and b.y < y < b.y + b.h for b in boxes)


@pytest.mark.usefixtures("drawing")
def test_faces_of_any_size_and_a_plate_are_found() -> None:
    faces, plates = import_module("_faces"), import_module("_plates")
    rng = np.random.default_rng(7)
    picture = faces.ground(rng, 1280, 720)
    heads = [
        faces.put(picture, faces.face(rng), 60 + n * 200, 60 + n * 30, size)
        for n, size in enumerate((24, 48, 90, 180))
    ]
    plate = plates.put_plate(picture, rng, "blue", 120)

    boxes = find_boxes(kept(picture))

    middles = [((each.x + each.w / 2) / 1280, (each.y + each.h / 2) / 720) for each in heads]
    assert [holds(boxes, BoxKind.FACE, *middle) for middle in middles] == [True] * 4
    assert holds(boxes, BoxKind.PLATE, (plate.x + plate.w / 2) / 1280, (plate.y + plate.h / 2) / 720)


def test_on_an_empty_picture_nothing_is_found() -> None:
    assert find_boxes(kept(Image.new("RGB", (320, 240), (120, 140, 160)))) == []


def test_a_box_is_filled_with_one_colour_and_the_rest_stays() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (400, 600, 3), dtype=np.uint8)
    boxes = [clamped(Box(0.25, 0.25, 0.5, 0.5))]

    picture, small = painted(kept(Image.fromarray(noise)), boxes)

    whole = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)
    assert (
        np.abs(whole[108:292, 158:442] - np.array(FILL)).max() <= 6
    )  # WebP keeps a flat colour to a few steps
    assert whole[:90].std() > 30
    assert Image.open(io.BytesIO(small)).size == (480, 320)
    assert Image.open(io.BytesIO(picture)).info.keys() <= {"loop", "background", "timestamp", "duration"}


@pytest.mark.parametrize("data", [b"", b"no picture", kept(Image.new("RGB", (2700, 20)))])
def test_what_is_no_kept_photo_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="cover_failed"):
        find_boxes(data)


def test_the_process_has_little_memory_and_can_write_no_file(tmp_path: Path) -> None:
    code = (
        "import resource, json; from anlan.publishing.cover_worker import limit_this_process;"
        "limit_this_process(); print(json.dumps([resource.getrlimit(each)[0] for each in (resource.RLIMIT_AS,"
        "resource.RLIMIT_FSIZE)]))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True)

    assert json.loads(done.stdout) == [MEMORY, 0]
