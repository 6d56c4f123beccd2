"""How the words of a setting become its value: ValueError or KeyError where they cannot be read."""

import ipaddress
import os
import re
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from stat import S_ISDIR
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import available_timezones

from anlan.base.errors import Refused
from anlan.cases.announced_days import calendar
from anlan.cases.mail.addresses import is_address

_BRACES = re.compile(r"\{\w+\}")


def folder(words: str) -> Path:
    """Read a folder; `~` is the home of the user, and a relative one begins at the checkout.

    One that is not there yet is made when the city starts; one that this user may not enter is refused.
    """
    try:
        found = Path(words).expanduser()
    except RuntimeError as nobody:  # the home of a user who is not there
        raise ValueError(words) from nobody
    try:
        usable = S_ISDIR(found.stat().st_mode) and os.access(found, os.X_OK)
    except PermissionError as closed:
        raise ValueError(words) from closed
    except OSError:
        return found
    if not usable:
        raise ValueError(words)
    return found


def text(longest: int) -> Callable[[str], str]:
    """Return a reader of words of at most `longest` characters, all of which can be shown."""

    def parse(words: str) -> str:
        if len(words) > longest or not words.isprintable():
            raise ValueError(words)
        return words

    return parse


def word(words: str) -> str:
    """Read one word of at most 100 characters; empty: none."""
    if words.split() not in ([], [words]):
        raise ValueError(words)
    return text(100)(words)


def sender(words: str) -> str:
    """Read who sends mail: an address, or a name and the address in angle brackets."""
    parts = parseaddr(words)[1].rpartition("@")
    if not (all(parts) and words.isprintable()):
        raise ValueError(words)
    return words


def whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from `lowest` to `highest`."""

    def parse(words: str) -> int:
        if not words.isascii() or not words.isdigit() or not lowest <= int(words) <= highest:
            raise ValueError(words)
        return int(words)

    return parse


def one_of(*allowed: str) -> Callable[[str], str]:
    """Return a reader that takes one of these words."""
    return lambda words: {word: word for word in allowed}[words.lower()]


def servers(words: str) -> tuple[tuple[str, int], ...]:
    """Read hosts with their ports."""
    parts = [part.strip().rpartition(":") for part in words.split(",") if part.strip()]
    found = tuple((host.strip("[]"), int(port)) for host, _colon, port in parts)
    if not all(host and 0 < port < 65536 for host, port in found):
        raise ValueError(words)
    return found


def calendar_code(words: str) -> str:
    """Read the code of a calendar: cn, cn-summer, or a country's."""
    try:
        calendar(words)
    except Refused as unknown:
        raise ValueError(words) from unknown
    return words


def time_zone(words: str) -> str:
    """Read the name of a time zone of the IANA database."""
    return {name: name for name in available_timezones()}[words]


def host_names(words: str) -> list[str]:
    """Read names or addresses with commas between them; `*` alone is refused."""
    names = [name.strip() for name in words.split(",")]
    if not all(re.fullmatch(r"\.?[A-Za-z0-9.\-]+|\[[0-9a-fA-F:]+\]", name) for name in names):
        raise ValueError(words)
    return names


def listening_host(words: str) -> str:
    """Read a name or address to listen on."""
    if not re.fullmatch(r"[A-Za-z0-9.\-]+|[0-9a-fA-F:]+", words):
        raise ValueError(words)
    return words


def secret_key(words: str) -> str:
    """Read a key of at least 32 characters; empty: made at the first start."""
    if words and len(words) < 32:
        raise ValueError(words)
    return words


def factor_keys(words: str) -> list[str]:
    """Read keys of at least 32 characters with commas between them; empty: made at the first start."""
    return [secret_key(_given(word)) for word in words.split(",")] if words else []


def _given(words: str) -> str:
    if not words.strip():
        raise ValueError(words)
    return words.strip()


def public_address(words: str) -> str:
    """Read the address that residents type, without a path; empty: reached only on this machine."""
    parts = urlsplit(words)
    if words and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/")):
        raise ValueError(words)
    return words.rstrip("/")


def database(words: str) -> dict[str, Any]:
    """Read `postgresql://user:password@host:port/name?option=value` for Django; empty: anlan runs its own."""
    if not words:
        return {}
    parts = urlsplit(words)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise ValueError(words)
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if pair)
    return {
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": {name: unquote(value) for name, value in options.items()},
    }


def mail(words: str) -> dict[str, Any]:
    """Read where mail goes, as one of Django's MAILERS; `file:` writes it into a folder."""
    parts = urlsplit(words)
    if parts.scheme == "file":
        return {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": parts.path},
        }
    if parts.scheme not in ("smtp", "smtps", "smtp+tls") or not parts.hostname:
        raise ValueError(words)
    account = {"username": unquote(parts.username or ""), "password": unquote(parts.password or "")}
    server = {"host": parts.hostname, "port": parts.port or {"smtp": 25, "smtps": 465}.get(parts.scheme, 587)}
    security = {"use_ssl": parts.scheme == "smtps", "use_tls": parts.scheme == "smtp+tls", "timeout": 20}
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": account | server | security}


def mail_in(words: str) -> str:
    """Read where reports by mail lie: a folder on a mail server, or one on this machine; empty: nowhere."""
    parts = urlsplit(words)
    is_folder = parts.scheme == "folder" and not parts.netloc and parts.path.startswith("/")
    is_server = parts.scheme in ("imaps", "imap") and parts.hostname and parts.username and parts.password
    if words and not (is_folder or (is_server and (parts.port or 1) > 0)):
        raise ValueError(words)
    return words


def mail_address(words: str) -> str:
    """Read an e-mail address; empty: that of ANLAN_EMAIL_FROM."""
    if words and not is_address(words):
        raise ValueError(words)
    return words


def sms(words: str) -> str:
    """Read where short messages go; `file:` writes them into a folder."""
    parts = urlsplit(words)
    if parts.scheme == "file":
        return words
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(words)
    return words


def basemap(words: str) -> str:
    """Read the address of tiles, or of one file of them; empty: the city's own boundaries are the map."""
    if words.startswith("file:"):
        return own_basemap(words)
    parts = urlsplit(words)
    own = words.startswith("/") and not words.startswith("//")
    if words and not (own or (parts.scheme == "https" and parts.hostname)):
        raise ValueError(words)
    if words and not words.endswith(".pmtiles") and not {"{z}", "{x}", "{y}"} <= set(_BRACES.findall(words)):
        raise ValueError(words)
    return words


def own_basemap(words: str) -> str:
    """Read the path of a file of tiles on this machine, which must be there."""
    file = Path(words.removeprefix("file:"))
    if not (file.is_absolute() and file.suffix == ".pmtiles" and file.is_file()):
        raise ValueError(words)
    return words


def broker_sync(words: str) -> str:
    """Read how often the broker writes to the disk."""
    if not re.fullmatch(r"always|[1-9][0-9]{0,3}[sm]", words):
        raise ValueError(words)
    return words


def networks(words: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Read networks with commas between them, such as 10.0.0.0/8; empty: none."""
    return [ipaddress.ip_network(each.strip()) for each in words.split(",") if each.strip()]


def site_addresses(words: str) -> list[str]:
    """Read the addresses of sites with commas between them, as a browser writes where a page comes from."""
    found = [each.strip().lower().rstrip("/") for each in words.split(",") if each.strip()]
    if not all(re.fullmatch(r"https?://(\*\.)?[a-z0-9.-]+(:([0-9]+|\*))?", each) for each in found):
        raise ValueError(words)
    return found
