"""Files as people send them: each kind, with a planted marker in each place that can hold one."""

import io
import struct
import zlib

import pillow_heif
from PIL import Image
from PIL.PngImagePlugin import PngInfo

MARKER = b"PLANTED-MARKER-7f3a"
TAKEN = "2026:11:20 09:30:00"
RED, BLUE = (200, 30, 30), (30, 30, 200)


def two_halves(width: int = 120, height: int = 80) -> Image.Image:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def exif(orientation: int = 1, taken: str = TAKEN, offset: str = "+08:00") -> Image.Exif:
    """EXIF as a phone writes it, the marker in a description, a maker and a GPS block."""
    tags = Image.Exif()
    tags[0x010E] = tags[0x010F] = tags[0x013B] = MARKER.decode()
    tags[0x0112] = orientation
    clock = tags.get_ifd(0x8769)
    clock[0x9003], clock[0x9011], clock[0x9286] = taken, offset, b"ASCII\0\0\0" + MARKER
    place = tags.get_ifd(0x8825)
    place[1], place[2], place[29] = "N", (28.0, 30.0, 12.0), "2026:11:20"
    place[27] = MARKER
    return tags


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """The file of an image."""
    if kind == "HEIF":
        pillow_heif.register_heif_opener()
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(**options: object) -> bytes:
    """A JPEG with the marker in EXIF, XMP, ICC, comment, and a segment of a maker's own."""
    data = encoded(
        two_halves(),
        "JPEG",
        quality=95,
        exif=exif(),
        xmp=b"<x:xmpmeta>" + MARKER + b"</x:xmpmeta>",
        icc_profile=display_p3(),
        comment=MARKER,
        **options,
    )
    own = b"JUNK\0" + MARKER
    return data[:2] + b"\xff\xeb" + struct.pack(">H", len(own) + 2) + own + data[2:]


def noisy(side: int = 400) -> bytes:
    """A JPEG that no drawing makes small; 400 pixels a side are below what stays in memory, 1500 beyond."""
    return encoded(Image.effect_noise((side, side), 120).convert("RGB"), "JPEG", quality=95)


def png() -> bytes:
    """A PNG with the marker in EXIF, ICC, and three kinds of text."""
    texts = PngInfo()
    texts.add_text("Comment", MARKER.decode())
    texts.add_text("Zipped", MARKER.decode(), zip=True)
    texts.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>" + MARKER.decode() + "</x:xmpmeta>")
    return encoded(two_halves(), "PNG", pnginfo=texts, exif=exif(), icc_profile=display_p3())


def webp() -> bytes:
    """A WebP with the marker in EXIF, XMP and ICC."""
    return encoded(
        two_halves(), "WEBP", quality=95, exif=exif(), xmp=b"<x:xmpmeta>" + MARKER, icc_profile=display_p3()
    )


def heic() -> bytes:
    """A HEIC with the marker in EXIF, XMP and ICC."""
    return encoded(
        two_halves(),
        "HEIF",
        quality=95,
        exif=exif().tobytes(),
        xmp=b"<x:xmpmeta>" + MARKER,
        icc_profile=display_p3(),
    )


OF_EACH_KIND = {"jpeg": jpeg, "png": png, "webp": webp, "heic": heic}


def png_bomb(side: int = 60_000) -> bytes:
    """A PNG of a few kilobytes that says it has `side` x `side` pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def display_p3() -> bytes:
    """An ICC v2 profile with the primaries of Display P3, gamma 2.2 and the marker as its copyright."""

    def fixed(value: float) -> bytes:
        return struct.pack(">i", round(value * 65536))

    def xyz(x: float, y: float, z: float) -> bytes:
        return b"XYZ \0\0\0\0" + fixed(x) + fixed(y) + fixed(z)

    def text(words: bytes) -> bytes:
        return b"text\0\0\0\0" + words + b"\0"

    name = b"P3\0"
    description = b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + b"\0" * 78
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256))
    tags = {
        b"desc": description,
        b"cprt": text(MARKER),
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.5151, 0.2412, -0.0011),
        b"gXYZ": xyz(0.2919, 0.6922, 0.0419),
        b"bXYZ": xyz(0.1572, 0.0666, 0.7841),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    return _profile(tags)


def _profile(tags: dict[bytes, bytes]) -> bytes:
    at = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        table += name + struct.pack(">II", at + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    head = bytearray(128)
    head[0:4] = struct.pack(">I", at + len(body))
    head[8:12] = b"\x02\x40\0\0"
    head[12:24] = b"mntrRGB XYZ "
    head[36:40] = b"acsp"
    head[68:80] = struct.pack(">iii", *(round(v * 65536) for v in (0.9642, 1.0, 0.8249)))
    return bytes(head) + table + body
