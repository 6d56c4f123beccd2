"""Photos as large as they may be go through the limited process; one step more is refused with its reason."""

from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from anlan.base.errors import Refused
from anlan.flows.redraw_photo import redraw
from anlan.publishing.photos import LONGEST_SIDE, MAX_BYTES, MAX_PIXELS, PhotoRefusal
from tests.publishing.sent_photos import encoded

SIZE = (8192, 6144)
KINDS = {
    "JPEG": ("JPEG", "RGB", {"quality": 80}),
    "PNG with transparency": ("PNG", "RGBA", {"compress_level": 1}),
    "WebP": ("WEBP", "RGB", {"quality": 60, "method": 0}),
}
HEIC = Path(__file__).parents[1] / "data" / "photos" / "fifty-megapixels.heic"
"""encoded(plain("RGB"), "HEIF", quality=40), kept because to write it takes longer than all else here."""


def plain(mode: str) -> Image.Image:
    """50 megapixels of one colour with an edge, so that every format stays small."""
    image = Image.new(mode, SIZE, (90, 120, 110, 255)[: len(mode)])
    image.paste((200, 30, 30, 255)[: len(mode)], (0, 0, 4096, 6144))
    return image


def file_of(kind: str) -> bytes:
    """A file of that kind with 50 megapixels."""
    if kind == "HEIC":
        return HEIC.read_bytes()
    form, mode, options = KINDS[kind]
    return encoded(plain(mode), form, **options)


@pytest.mark.parametrize("kind", [*KINDS, "HEIC"])
def test_fifty_megapixels_of_each_kind_are_drawn_anew(kind: str) -> None:
    pixels = redraw(file_of(kind))

    assert SIZE[0] * SIZE[1] == MAX_PIXELS
    assert (pixels.width, pixels.height) == (LONGEST_SIDE, LONGEST_SIDE * 3 // 4)


def test_the_kept_file_has_fifty_megapixels() -> None:
    assert pillow_heif.open_heif(HEIC).size == SIZE


def noise(side: int) -> bytes:
    """A picture that no format makes smaller."""
    pixels = np.random.default_rng(7).integers(0, 256, (side, side, 3), dtype=np.uint8)
    return encoded(Image.fromarray(pixels), "PNG", compress_level=0)


def test_a_file_of_nearly_twenty_megabytes_is_taken_and_a_larger_one_refused() -> None:
    fits, too_large = noise(2600), noise(2700)
    assert MAX_BYTES * 0.95 < len(fits) <= MAX_BYTES < len(too_large)

    assert redraw(fits).width == LONGEST_SIDE
    with pytest.raises(Refused, match=PhotoRefusal.TOO_BIG):
        redraw(too_large)
