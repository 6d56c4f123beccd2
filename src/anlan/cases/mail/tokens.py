"""The unguessable word by which a reply finds its report: in our Message-IDs, in the address to reply to.

A word is "<id of the thread>-<mark>"; the mark is an HMAC made with the key of the installation, so nobody
who knows the id of a thread can make one, and the database holds none. Small letters and digits alone: mail
systems write addresses small.
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from hmac import compare_digest, digest

from anlan.cases.mail.terms import Mail

DOMAIN = "anlan"
"""What stands behind the @ of our Message-IDs."""

_WORD = r"(\d{1,18})-([0-9a-f]{24})"
_IN_ID = re.compile(rf"<{_WORD}\.[^@<>\s]*@{DOMAIN}>", re.IGNORECASE)
_IN_ADDRESS = re.compile(rf"[^@\s]*\+{_WORD}@[^@\s]+", re.IGNORECASE)


def token_of(thread_id: int, key: bytes) -> str:
    """The word of a thread."""
    return f"{thread_id}-{digest(key, f'mail thread {thread_id}'.encode(), sha256).hex()[:24]}"


def thread_in(mail: Mail, key: bytes) -> int | None:
    """The id of the thread whose word a mail carries; None when it carries none that is right."""
    found = [*_found(_IN_ID, mail.answers), *_found(_IN_ADDRESS, mail.to)]
    right = (each for each, mark in found if compare_digest(token_of(each, key), f"{each}-{mark}"))
    return next(right, None)


def _found(where: re.Pattern[str], texts: Iterable[str]) -> list[tuple[int, str]]:
    matches = (where.fullmatch(each) for each in texts)
    return [(int(match[1]), match[2].lower()) for match in matches if match]


def reply_address(address: str, token: str) -> str:
    """Where a reply goes: of "hazards+@city.example" with the word behind its "+", else the address."""
    user, _at, host = address.rpartition("@")
    return f"{user}{token}@{host}" if user.endswith("+") else address
