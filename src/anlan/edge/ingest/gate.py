"""Who may connect: the broker asks us for each device (NATS auth callout, ADR-26), we ask the register.

A device signs in with its own name and password, over MQTT with its name as client id. It may send below
`d/NAME/` and `f.NAME`, and hears the answers to its own frames alone. Whoever is refused is not told why.
"""

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any

ASKED = "$SYS.REQ.USER.AUTH"
ACCOUNT = "CITY"


class Gate:
    """Answers the broker; `seed` is the issuer's, made with the home."""

    def __init__(self, seed: str) -> None:
        import nkeys  # only the process of the ingest needs it

        self._key = nkeys.from_seed(seed.encode())
        self.issuer: str = self._key.public_key.decode()

    def answer(self, asked: bytes, is_known: Any) -> bytes:
        """The broker's question answered; `is_known(name, password)` asks the register."""
        request = _claims(asked)["nats"]
        said, client = request["connect_opts"], request["client_info"]
        name, password = str(said.get("user", "")), str(said.get("pass", ""))
        over_mqtt = client.get("type") == "mqtt"
        is_itself = not over_mqtt or client.get("mqtt_id") == name
        fine = is_itself and is_known(name, password)
        given = (
            {"jwt": self._signed(self._user(request["user_nkey"], name))} if fine else {"error": "refused"}
        )
        return self._signed(
            {
                "sub": request["user_nkey"],
                "aud": request["server_id"]["id"],
                "nats": {"type": "authorization_response", "version": 2, **given},
            }
        ).encode()

    def _user(self, key: str, name: str) -> dict[str, Any]:
        limits = {"subs": -1, "data": -1, "payload": -1}
        # the subject of a frame is looked at with the lane in it; answered it is below the own inbox
        may = {
            "pub": {"allow": [f"d.{name}.>", f"f.{name}", f"f.*.{name}", "$JS.ACK.>"]},
            "sub": {"allow": [f"_INBOX.{name}.>"]},
        }
        return {
            "sub": key,
            "aud": ACCOUNT,
            "name": name,
            "nats": {"type": "user", "version": 2, **may, **limits},
        }

    def _signed(self, claims: Mapping[str, Any]) -> str:
        """A JWT as NATS signs them (ed25519-nkey)."""
        whole = {"iss": self.issuer, "iat": int(time.time()), **claims}
        digest = hashlib.sha256(json.dumps(whole, separators=(",", ":")).encode()).digest()
        whole["jti"] = base64.b32encode(digest).decode().rstrip("=")
        head = _b64(b'{"typ":"JWT","alg":"ed25519-nkey"}')
        body = head + b"." + _b64(json.dumps(whole, separators=(",", ":")).encode())
        return (body + b"." + _b64(self._key.sign(body))).decode()


def new_seed() -> str:
    """A fresh seed for the issuer."""
    import os

    import nkeys

    return str(nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_ACCOUNT).decode())


def _claims(token: bytes) -> dict[str, Any]:
    """What a JWT says. The broker's own is not checked: it comes over our signed-in connection."""
    body = token.split(b".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4)))
    return claims


def _b64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
