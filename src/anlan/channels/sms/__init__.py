"""Short messages, by the adapter that ANLAN_SMS_URL names: one file a message, or a city's own gateway."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from django.conf import settings

from anlan.channels.http import post


def send(*, to: str, text: str, key: str) -> None:
    """Send one message; `key` names it, so that a message sent again can be known as the same.

    Raises OSError when the adapter does not take it.
    """
    address: str = settings.ANLAN_SMS_URL
    ADAPTERS[urlsplit(address).scheme](address, {"key": key, "to": to, "text": text})


def _file(address: str, message: Mapping[str, str]) -> None:
    """One file of JSON a message, written whole; the same key is the same file."""
    folder = Path(urlsplit(address).path)
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / f".{message['key']}"
    written.write_text(json.dumps(message, ensure_ascii=False))
    written.replace(folder / f"{message['key']}.json")


def _gateway(address: str, message: Mapping[str, str]) -> None:
    """POST {"key", "to", "text"} as JSON; any answer of 200 to 299 is a message taken."""
    post(address, json.dumps(message).encode(), {"Idempotency-Key": message["key"]})


ADAPTERS: Mapping[str, Callable[[str, Mapping[str, str]], None]] = MappingProxyType(
    {"file": _file, "http": _gateway, "https": _gateway}
)
"""Scheme of ANLAN_SMS_URL: what sends. A new gateway is one line."""
