"""What a process that draws one photo anew does: `flows/photo_drawers.py` forks one for each photo.

It reads the file as it was sent and writes one line of JSON and the two pictures. Decoders are the part of a
web server that strangers feed with bytes, so they run there: with little memory, little time, no file to
write and nothing but the one photo in reach.
"""

import io
import json
import resource
import warnings
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps, TiffImagePlugin
from PIL.WebPImagePlugin import WebPImageFile

from anlan.publishing.photo_bytes import end_of, format_of, is_mixed
from anlan.publishing.photos import (
    LONGEST_SIDE,
    MAX_BYTES,
    MAX_PIXELS,
    THUMBNAIL_SIDE,
    PhotoFormat,
    PhotoRefusal,
    Pixels,
)

MEMORY = 2**30
"""Bytes of address space: what 50 megapixels need when they are decoded, twice."""

SECONDS = 20
"""Of processor time."""

_OPENS = {
    PhotoFormat.JPEG: "JPEG",
    PhotoFormat.PNG: "PNG",
    PhotoFormat.WEBP: WebPImageFile.format,
    PhotoFormat.HEIC: "HEIF",
}
_EXIF_IFD, _TAKEN, _OFFSET = 0x8769, 0x9003, 0x9011
Image.MAX_IMAGE_PIXELS = None  # MAX_PIXELS is checked here, with a refusal of our own
# what reads files and EXIF is loaded here, once for all photos that forks draw, and not in each of them
Image.preinit()
TiffImagePlugin.ImageFileDirectory_v2()
_SRGB = ImageCms.createProfile("sRGB")


class _No(Exception):
    def __init__(self, why: PhotoRefusal) -> None:
        super().__init__(why)
        self.why = why


def redraw(data: bytes) -> Pixels | PhotoRefusal:
    """The photo in `data` as sRGB pixels the right way up, without anything else that was in the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged metadata: it is dropped anyway
            return _redraw(data)
    except _No as no:
        return no.why
    except MemoryError:
        return PhotoRefusal.TOO_HARD
    except Exception:  # decoders raise whatever they like on damaged bytes
        return PhotoRefusal.BROKEN


def _redraw(data: bytes) -> Pixels:
    kind = _checked_format(data)
    with Image.open(io.BytesIO(data), formats=[_OPENS[kind]]) as sent:
        if sent.width * sent.height > MAX_PIXELS:
            raise _No(PhotoRefusal.TOO_MANY_PIXELS)
        taken, offset = _camera_clock(sent)
        picture = _bare_pixels(sent)
    small = _small(picture)
    return Pixels(_jpeg(picture), _jpeg(small), picture.width, picture.height, taken, offset)


def _small(picture: Image.Image) -> Image.Image:
    """The picture for lists: the means of squares of pixels first, then scaled the rest of the way."""
    share = min(1.0, THUMBNAIL_SIDE / max(picture.size))
    wide, high = (max(1, round(side * share)) for side in picture.size)
    return picture.resize((wide, high), Image.Resampling.HAMMING, reducing_gap=1.0)


def _checked_format(data: bytes) -> PhotoFormat:
    if not data:
        raise _No(PhotoRefusal.EMPTY)
    if len(data) > MAX_BYTES:
        raise _No(PhotoRefusal.TOO_BIG)
    kind = format_of(data)
    if kind is None:
        raise _No(PhotoRefusal.WRONG_TYPE)
    end = end_of(data, kind)
    if end is None:
        raise _No(PhotoRefusal.BROKEN)
    if is_mixed(data, end):
        raise _No(PhotoRefusal.MIXED)
    if kind is PhotoFormat.HEIC:
        _learn_heic()
    return kind


def _learn_heic() -> None:
    import pillow_heif  # 50 ms that other kinds need not pay

    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.register_heif_opener(thumbnails=False)


def _camera_clock(sent: Image.Image) -> tuple[str, str]:
    """DateTimeOriginal and OffsetTimeOriginal; damaged EXIF says nothing."""
    try:
        exif = sent.getexif().get_ifd(_EXIF_IFD)
    except Exception:
        return "", ""
    return _text(exif.get(_TAKEN)), _text(exif.get(_OFFSET))


def _text(value: object) -> str:
    return value.strip("\0 ")[:40] if isinstance(value, str) else ""


def _bare_pixels(sent: Image.Image) -> Image.Image:
    """RGB pixels in sRGB, the right way up, scaled down; made before colours, so that memory stays small."""
    profile = sent.info.get("icc_profile")
    image = _with_full_tones(sent)
    # of a JPEG, this decodes fewer pixels; Hamming is as sharp as bicubic in half the time
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.HAMMING, reducing_gap=1.0)
    image = _upright(image)
    image = _on_white(_in_srgb(image, profile))
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    return bare


def _upright(image: Image.Image) -> Image.Image:
    """Turned as EXIF says; damaged EXIF leaves the picture as it is."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        return image


def _with_full_tones(image: Image.Image) -> Image.Image:
    """A mode that can be scaled: palettes become RGBA, 16 bits of grey become 8."""
    if image.mode.startswith("I") or image.mode == "F":
        return image.convert("I").point(lambda grey: grey / 256).convert("L")
    if image.mode in {"P", "PA", "LA", "La", "RGBa"} or "transparency" in image.info:
        return image.convert("RGBA")
    return image.convert("L") if image.mode == "1" else image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile:
        return image if image.mode in {"RGB", "RGBA"} else image.convert("RGB")
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    opaque = image.convert("RGB") if alpha else image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(opaque, source, _SRGB, outputMode="RGB")
    except ImageCms.PyCMSError:  # a profile for other channels than the picture has
        converted = opaque.convert("RGB")
    assert converted is not None
    if alpha:
        converted.putalpha(alpha)
    return converted


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)  # as good as WebP, two fifths larger, in an eighth of the time
    return out.getvalue()


def limit_this_process() -> None:
    """Take from this process all that drawing one photo does not need."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (most, most))


def answer(source: BinaryIO, sink: BinaryIO) -> None:
    """Read one photo, write one answer: a line of JSON, then the picture and its thumbnail."""
    outcome = redraw(source.read(MAX_BYTES + 1))
    if isinstance(outcome, PhotoRefusal):
        sink.write(json.dumps({"refusal": outcome}).encode() + b"\n")
        return
    sizes = {"picture": len(outcome.picture), "thumbnail": len(outcome.thumbnail)}
    facts = {key: getattr(outcome, key) for key in ("width", "height", "taken", "offset")}
    sink.write(json.dumps(sizes | facts).encode() + b"\n" + outcome.picture + outcome.thumbnail)
