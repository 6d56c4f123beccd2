"""Web push (RFC 8030): a short message to a browser, by the push service that the browser named.

What is sent is encrypted for that browser alone (RFC 8291); the push service learns who sends it (RFC 8292).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from anlan.channels import NotTaken
from anlan.channels.http import post_outside

if TYPE_CHECKING:
    from py_vapid import Vapid02

KEPT_FOR = 86400
"""Seconds for which the push service keeps a message for a browser that is off."""
GONE = frozenset({404, 410})


class Gone(Exception):
    """The browser takes no more: its owner said so, or it is no longer there."""


@dataclass(frozen=True)
class Wish:
    """What the push service is asked (RFC 8030, section 5): how long to keep a message for a browser that is
    off, in seconds; how urgent it is; and that it takes the place of one of the same topic that waits.
    """

    seconds: int = KEPT_FOR
    urgency: str = "normal"
    topic: str = ""

    def headers(self) -> dict[str, str]:
        """As the push service reads it."""
        said = {"TTL": str(min(self.seconds, KEPT_FOR)), "Urgency": self.urgency}
        return said | ({"Topic": self.topic} if self.topic else {})


PLAIN = Wish()


def send(
    *,
    endpoint: str,
    keys: Mapping[str, str],
    title: str,
    text: str,
    address: str,
    key: str,
    wish: Wish = PLAIN,
) -> None:
    """Send one message; `address` opens when it is pressed. Raises NotTaken, Gone."""
    said = json.dumps({"title": title, "text": text, "address": address, "key": key}, ensure_ascii=False)
    body = sealed(endpoint, keys, said)
    headers = {"Content-Type": "application/octet-stream", "Content-Encoding": "aes128gcm"} | wish.headers()
    try:
        post_outside(endpoint, body, headers | _signed(endpoint))
    except NotTaken as no:
        if no.status in GONE:
            raise Gone from None
        raise


def sealed(endpoint: str, keys: Mapping[str, str], words: str) -> bytes:
    """The message as only that browser can read it. Raises Gone for keys that are none."""
    from pywebpush import WebPusher, WebPushException  # only a process that sends loads it

    try:
        made = WebPusher({"endpoint": endpoint, "keys": dict(keys)}).encode(words.encode(), "aes128gcm")
    except (WebPushException, ValueError, IndexError):  # the last for keys that are empty
        raise Gone from None
    return bytes(made["body"])


def public_key() -> str:
    """What a browser must be told to accept our messages: base64url of the point, uncompressed."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from py_vapid.utils import b64urlencode

    point = _vapid().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return str(b64urlencode(point))


def _signed(endpoint: str) -> dict[str, str]:
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "sub": f"mailto:{settings.DEFAULT_FROM_EMAIL}"}
    return dict(_vapid().sign(claims))


@lru_cache(maxsize=1)
def _vapid() -> "Vapid02":
    """The key of this installation, drawn from its one secret key: it needs no place of its own."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from py_vapid import Vapid02

    drawn = hashlib.sha512(b"anlan web push " + settings.SECRET_KEY.encode()).digest()
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    number = int.from_bytes(drawn) % (order - 1) + 1
    # not strict: the sender of mail may be a name that only the own network knows
    return Vapid02(ec.derive_private_key(number, ec.SECP256R1()), {"no-strict": True})
