"""Events to other systems: signed JSON over HTTP, as the Standard Webhooks specification describes.

The receiver computes HMAC-SHA256 over "id.timestamp.body" with the secret that it was given, and compares it
with the signature; an id seen before is the same event sent again.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from anlan.channels.http import post_named

PREFIX = "whsec_"


def send(*, address: str, secret: str, body: bytes, key: str, at: datetime) -> None:
    """Send one event, signed at `at`; raises NotTaken when the other system does not take it."""
    stamp = str(int(at.timestamp()))
    post_named(
        address,
        body,
        {
            "webhook-id": key,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(secret, key, stamp, body),
        },
    )


def signature(secret: str, key: str, stamp: str, body: bytes) -> str:
    """The signature, "v1," and base64; `stamp` is in seconds since 1970."""
    signed = hmac.new(
        base64.b64decode(secret.removeprefix(PREFIX)), f"{key}.{stamp}.".encode() + body, hashlib.sha256
    )
    return "v1," + base64.b64encode(signed.digest()).decode()


def new_secret() -> str:
    """A fresh secret of 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
