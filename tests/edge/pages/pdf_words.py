"""The words of a PDF as reportlab writes it, without a library: blocks in ASCII 85, texts in UTF-16."""

import base64
import re
import zlib


def words_in(pdf: bytes) -> list[str]:
    """Each piece of text in the Chinese font, in the order of the pages."""
    found = []
    for block in re.findall(rb"/ASCII85Decode /FlateDecode.*?stream\n(.*?)endstream", pdf, re.DOTALL):
        drawn = zlib.decompress(base64.a85decode(b"<~" + block.strip(), adobe=True))
        for text in re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", drawn, re.DOTALL):
            plain = re.sub(rb"\\([0-7]{3}|.)", _sign, text, flags=re.DOTALL)
            found.append(plain.decode("utf-16-be"))
    return found


def _sign(escaped: re.Match[bytes]) -> bytes:
    """What an escape stands for: a byte by its octal number, n, r, t, b, f, or the sign itself."""
    said = escaped[1]
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
    return bytes([int(said, 8)]) if len(said) == 3 else named.get(said, said)
