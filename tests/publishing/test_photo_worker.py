"""What a photo looks like after it was drawn anew, and which files are refused."""

import io

import pytest
from PIL import Image

from anlan.publishing.photo_worker import redraw
from anlan.publishing.photos import (
    LONGEST_SIDE,
    MAX_BYTES,
    THUMBNAIL_SIDE,
    PhotoRefusal,
    Pixels,
)
from tests.publishing import sent_photos
from tests.publishing.sent_photos import BLUE, MARKER, OF_EACH_KIND, RED, encoded, two_halves


def drawn(data: bytes) -> Pixels:
    pixels = redraw(data)
    assert isinstance(pixels, Pixels), pixels
    return pixels


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def is_near(pixel: object, colour: tuple[int, int, int], by: int = 12) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) <= by for a, b in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("kind", OF_EACH_KIND)
def test_what_was_planted_is_in_the_file_that_is_sent(kind: str) -> None:
    assert MARKER in OF_EACH_KIND[kind]()


@pytest.mark.parametrize("kind", OF_EACH_KIND)
def test_nothing_but_pixels_survives(kind: str) -> None:
    pixels = drawn(OF_EACH_KIND[kind]())

    for kept in (pixels.picture, pixels.thumbnail):
        again = Image.open(io.BytesIO(kept))
        assert again.format == "JPEG"
        assert MARKER not in kept
        assert not {b"Exif", b"http", b"ICC_"} & {kept[at : at + 4] for at in range(len(kept) - 3)}
        assert not set(again.info) & {"exif", "xmp", "icc_profile", "comment"}


@pytest.mark.parametrize("kind", OF_EACH_KIND)
def test_the_cameras_clock_is_read_before_it_is_dropped(kind: str) -> None:
    pixels = drawn(OF_EACH_KIND[kind]())

    assert (pixels.taken, pixels.offset) == (sent_photos.TAKEN, "+08:00")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "red_at"),
    [
        (1, "left"),
        (2, "right"),
        (3, "right"),
        (4, "left"),
        (5, "top"),
        (6, "top"),
        (7, "bottom"),
        (8, "bottom"),
    ],
)
def test_orientation_is_applied(kind: str, orientation: int, red_at: str) -> None:
    tags = sent_photos.exif(orientation=orientation)
    picture = opened(drawn(encoded(two_halves(), kind, quality=95, exif=tags)).picture)

    assert picture.size == ((120, 80) if red_at in {"left", "right"} else (80, 120))
    wide, high = picture.size
    places = {"left": (5, high // 2), "right": (wide - 6, high // 2), "top": (wide // 2, 5)}
    assert is_near(picture.getpixel((places | {"bottom": (wide // 2, high - 6)})[red_at]), RED)


def test_a_turned_heic_comes_out_upright() -> None:
    tags = sent_photos.exif(orientation=6)

    picture = opened(drawn(encoded(two_halves(), "HEIF", quality=95, exif=tags.tobytes())).picture)

    assert picture.size == (80, 120)
    assert is_near(picture.getpixel((40, 5)), RED)


def test_wide_colours_become_srgb() -> None:
    """The red of Display P3 is deeper than that of sRGB: the same numbers mean more red."""
    p3 = encoded(Image.new("RGB", (60, 60), (226, 60, 48)), "PNG", icc_profile=sent_photos.display_p3())

    assert is_near(opened(drawn(p3).picture).getpixel((30, 30)), (245, 32, 28), by=10)


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("L", 128, (128, 128, 128)),
        ("1", 1, (255, 255, 255)),
        ("LA", (0, 0), (255, 255, 255)),
        ("RGBA", (200, 30, 30, 0), (255, 255, 255)),
        ("RGBA", (200, 30, 30, 255), RED),
        ("I;16", 0x8000, (128, 128, 128)),
    ],
)
def test_every_mode_becomes_plain_colour_on_white(
    mode: str, colour: int | tuple[int, ...], expected: tuple[int, int, int]
) -> None:
    picture = opened(drawn(encoded(Image.new(mode, (40, 40), colour), "PNG")).picture)

    assert is_near(picture.getpixel((20, 20)), expected)


def test_a_palette_and_a_printers_jpeg_are_read() -> None:
    palette = encoded(two_halves().quantize(8), "PNG")
    printers = encoded(two_halves().convert("CMYK"), "JPEG", quality=95)

    for data in (palette, printers):
        assert is_near(opened(drawn(data).picture).getpixel((100, 40)), BLUE, by=25)


def test_a_large_photo_is_scaled_down_and_has_a_thumbnail() -> None:
    pixels = drawn(encoded(two_halves(3000, 2000), "JPEG"))

    assert (pixels.width, pixels.height) == (LONGEST_SIDE, 1333)
    assert opened(pixels.picture).size == (LONGEST_SIDE, 1333)
    assert opened(pixels.thumbnail).size == (THUMBNAIL_SIDE, 320)


def test_a_small_photo_is_not_blown_up() -> None:
    pixels = drawn(encoded(two_halves(), "JPEG"))

    assert (pixels.width, pixels.height, opened(pixels.thumbnail).size) == (120, 80, (120, 80))


@pytest.mark.parametrize("kind", OF_EACH_KIND)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_truncated_file_is_broken(kind: str, share: float) -> None:
    whole = OF_EACH_KIND[kind]()

    assert redraw(whole[: int(len(whole) * share)]) in {PhotoRefusal.BROKEN, PhotoRefusal.MIXED}


@pytest.mark.parametrize("kind", OF_EACH_KIND)
@pytest.mark.parametrize(
    "rest",
    [b"<html><script>alert(1)</script></html>", b"PK\x03\x04 an archive", b"%PDF-1.7", b"#!/bin/sh\nrm -rf"],
)
def test_a_picture_with_something_behind_it_is_refused(kind: str, rest: bytes) -> None:
    assert redraw(OF_EACH_KIND[kind]() + rest) is PhotoRefusal.MIXED


def test_a_picture_with_a_page_inside_is_refused() -> None:
    page = encoded(two_halves(), "JPEG", comment=b"<script src=//example.test></script>")

    assert redraw(page) is PhotoRefusal.MIXED


@pytest.mark.parametrize(
    "rest",
    [
        b"\0" * 64,
        encoded(two_halves(40, 20), "JPEG"),
        b"\0\0\0\x18ftypmp42" + b"\0" * 40,
        b"MotionPhoto_Data\0\0\0\x18ftypmp42" + b"film",
        b"\0\0\x01\x0aImage_UTC_Data1604" + b"SEFHk\0\0\0" + b"SEFT",
    ],
)
def test_what_cameras_append_is_no_reason_to_refuse(rest: bytes) -> None:
    assert isinstance(redraw(sent_photos.jpeg() + rest), Pixels)


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", PhotoRefusal.EMPTY),
        (b"\xff\xd8\xff" + b"\0" * MAX_BYTES, PhotoRefusal.TOO_BIG),
        (b"GIF89a", PhotoRefusal.WRONG_TYPE),
        (b"<html></html>", PhotoRefusal.WRONG_TYPE),
        (b"\0\0\0\x20ftypavif\0\0\0\0mif1", PhotoRefusal.WRONG_TYPE),
        (sent_photos.png_bomb(), PhotoRefusal.TOO_MANY_PIXELS),
        (b"\xff\xd8\xff\xd9", PhotoRefusal.BROKEN),
    ],
    ids=["empty", "too-big", "gif", "page", "avif", "bomb", "bare-jpeg"],
)
def test_what_is_no_photo_is_refused_with_the_reason(data: bytes, refusal: PhotoRefusal) -> None:
    assert redraw(data) is refusal


def test_damaged_exif_costs_only_the_time() -> None:
    whole = encoded(two_halves(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\x7f" + b"\xfe" * 40)

    pixels = drawn(whole)

    assert (pixels.taken, pixels.offset, pixels.width) == ("", "", 120)
