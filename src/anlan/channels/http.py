"""One request to another system: short, without redirects and retries (the flow that sends tries again)."""

import ipaddress
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlencode, urlsplit

from django.conf import settings

from anlan.channels import NotTaken

if TYPE_CHECKING:
    from urllib3 import HTTPConnectionPool

SECONDS = 10.0
MOST = 8_000_000
"""Bytes that are read of an answer."""


def post(address: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Send `body`, JSON, to an address of the environment, whoever that is.

    Raises NotTaken unless the answer is 200 to 299.
    """
    import urllib3  # only a process that sends loads it

    said = {"Content-Type": "application/json", "User-Agent": "anlan"} | dict(headers)
    try:
        answer = urllib3.request(
            "POST", address, body=body, headers=said, timeout=SECONDS, redirect=False, retries=False
        )
    except urllib3.exceptions.HTTPError as error:
        raise NotTaken(type(error).__name__) from None
    if not 200 <= answer.status < 300:
        raise NotTaken(f"HTTP {answer.status}", answer.status)


def post_outside(address: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Send `body` to an address that a stranger gave: over https, and never into a network of our own.

    Raises NotTaken.
    """
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        raise NotTaken("not https")
    _taken(_send("POST", address, body, headers, ()))


def post_named(address: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Send `body`, JSON, to an address that an administrator named; into a network of our own only where
    ANLAN_OWN_NETWORKS says so. Raises NotTaken.
    """
    said = {"Content-Type": "application/json"} | dict(headers)
    _taken(_send("POST", address, body, said, settings.ANLAN_OWN_NETWORKS))


def exchange(
    method: str, address: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> bytes:
    """Send `fields`, of a GET in the address and else as a form, and give what is answered.

    To an address that an administrator named, as `post_named` does.
    Raises NotTaken unless the answer is 200 to 299 and no larger than MOST.
    """
    said, form = dict(headers or {}), urlencode(fields)
    if method == "GET":
        address, body = f"{address}?{form}" if form else address, None
    else:
        body, said["Content-Type"] = form.encode(), "application/x-www-form-urlencoded; charset=utf-8"
    return _taken(_send(method, address, body, said, settings.ANLAN_OWN_NETWORKS))


def fetch(
    address: str, headers: Mapping[str, str], *, most: int, own: "Sequence[Network] | None" = None
) -> "Fetched":
    """GET an address; whatever the answer says. `own` are the networks of ours it may lie in, by default
    those of ANLAN_OWN_NETWORKS. Raises NotTaken, also for more than `most` bytes.
    """
    allowed = settings.ANLAN_OWN_NETWORKS if own is None else own
    answer = _answer("GET", address, None, headers, allowed, most)
    if len(answer.body) > most:
        raise NotTaken("too large")
    return answer


@dataclass(frozen=True)
class Fetched:
    """An answer: its status, its headers by their names in small letters, its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


type Network = ipaddress.IPv4Network | ipaddress.IPv6Network
"""A network of our own into which requests may go."""


def _send(
    method: str, address: str, body: bytes | None, headers: Mapping[str, str], own: Sequence[Network]
) -> tuple[int, bytes]:
    """One request; gives the status and up to MOST + 1 bytes of the answer. Raises NotTaken."""
    answer = _answer(method, address, body, headers, own, MOST)
    return answer.status, answer.body


def _answer(
    method: str,
    address: str,
    body: bytes | None,
    headers: Mapping[str, str],
    own: Sequence[Network],
    most: int,
) -> Fetched:
    """One request to the one address that the name has now: it cannot mean another by then.

    Reads up to `most` + 1 bytes of the answer. No redirect is followed. Raises NotTaken.
    """
    import urllib3

    parts = _parts_of(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    pool = _pool(parts, allowed_address_of(parts.hostname or "", port, own), port)
    said = {"User-Agent": "anlan", "Host": parts.netloc.rpartition("@")[2]} | dict(headers)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        answer = pool.request(
            method,
            target,
            body=body,
            headers=said,
            timeout=SECONDS,
            redirect=False,
            retries=False,
            preload_content=False,
        )
        names = {name.lower(): value for name, value in answer.headers.items()}
        return Fetched(answer.status, names, answer.read(most + 1))
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise NotTaken(type(error).__name__) from None
    finally:
        pool.close()


def _parts_of(address: str) -> SplitResult:
    """The parts of an address of a host over http or https. Raises NotTaken."""
    try:
        parts = urlsplit(address)
        is_right = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right:
        raise NotTaken("no address")
    return parts


def _pool(parts: SplitResult, at: str, port: int) -> "HTTPConnectionPool":
    """Connections to the address `at`; the certificate must be that of the name all the same."""
    import urllib3

    if parts.scheme == "http":
        return urllib3.HTTPConnectionPool(at, port)
    return urllib3.HTTPSConnectionPool(
        at, port, server_hostname=parts.hostname, assert_hostname=parts.hostname
    )


def _taken(answer: tuple[int, bytes]) -> bytes:
    status, body = answer
    if not 200 <= status < 300:
        raise NotTaken(f"HTTP {status}", status)
    if len(body) > MOST:
        raise NotTaken("too large")
    return body


def allowed_address_of(host: str, port: int, own: Sequence[Network] = ()) -> str:
    """An address of `host`, if every one that it has is public or lies in `own`. Raises NotTaken."""
    try:
        found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise NotTaken("no such host") from None
    for each in found:
        if not _is_allowed(ipaddress.ip_address(each.partition("%")[0]), own):
            raise NotTaken("not a public address")
    return found[0]


def _is_allowed(at: ipaddress.IPv4Address | ipaddress.IPv6Address, own: Sequence[Network]) -> bool:
    """Is it public, or ours by name? One of version 6 that stands for one of version 4 counts as that."""
    if isinstance(at, ipaddress.IPv6Address):
        if at.ipv4_mapped is not None:
            return _is_allowed(at.ipv4_mapped, own)
        if at.sixtofour is not None or at.teredo is not None or at in _TRANSLATED:
            return False
    if any(at.version == each.version and at in each for each in own):
        return True
    return at.is_global and not at.is_multicast


_TRANSLATED = ipaddress.ip_network("64:ff9b::/32")
"""Addresses behind which a gateway puts one of version 4 (RFC 6052, RFC 8215)."""
