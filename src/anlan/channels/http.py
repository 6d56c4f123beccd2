"""One request to another system: short, without redirects and retries (the flow that sends tries again)."""

import ipaddress
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from threading import Timer
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlencode, urlsplit

from django.conf import settings

from anlan.channels import NotTaken

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection

SECONDS = 10.0
"""How long the other system may be silent."""
WHOLE_SECONDS = 30.0
"""How long all of an answer may take, however little comes at a time."""
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


@dataclass(frozen=True)
class File:
    """A file of a form: the field, a name for the file, what is in it, of which kind."""

    field: str
    name: str
    content: bytes
    kind: str


def fetch_named(address: str, fields: Mapping[str, str]) -> bytes:
    """Ask an address that an administrator named, `fields` in its query, and give what is answered.

    As `post_named` does. Raises NotTaken unless the answer is 200 to 299 and no larger than MOST.
    """
    asked = f"{address}?{urlencode(fields)}" if fields else address
    return _taken(_send("GET", asked, None, {}, settings.ANLAN_OWN_NETWORKS))


def send_form(
    address: str, fields: Mapping[str, str], headers: Mapping[str, str], files: Sequence[File] = ()
) -> bytes:
    """Send a form to an address that an administrator named, in parts when files go with it.

    Gives what is answered. Raises NotTaken as `fetch_named` does.
    """
    body, kind = _in_parts(fields, files) if files else (urlencode(fields).encode(), URLENCODED)
    said = {"Content-Type": kind} | dict(headers)
    return _taken(_send("POST", address, body, said, settings.ANLAN_OWN_NETWORKS))


URLENCODED = "application/x-www-form-urlencoded; charset=utf-8"


def _in_parts(fields: Mapping[str, str], files: Sequence[File]) -> tuple[bytes, str]:
    from urllib3 import encode_multipart_formdata

    parts: list[tuple[str, str | tuple[str, bytes, str]]] = list(fields.items())
    parts += [(each.field, (each.name, each.content, each.kind)) for each in files]
    return encode_multipart_formdata(parts)


def fetch(
    address: str, headers: Mapping[str, str], *, most: int, own: "Sequence[Network] | None" = None
) -> "Fetched":
    """GET an address; whatever the answer says. `own` are the networks of ours it may lie in, by default
    those of ANLAN_OWN_NETWORKS. Raises NotTaken, also for more than `most` bytes.
    """
    allowed = settings.ANLAN_OWN_NETWORKS if own is None else own
    answer = _send("GET", address, None, headers, allowed, most)
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
    method: str,
    address: str,
    body: bytes | None,
    headers: Mapping[str, str],
    own: Sequence[Network],
    most: int = MOST,
) -> Fetched:
    """One request to the one address that the name has now: it cannot mean another by then.

    Reads up to `most` + 1 bytes of the answer. No redirect is followed. Raises NotTaken.
    """
    from urllib3.exceptions import HTTPError

    parts = _parts_of(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    at = _connection(parts, allowed_address_of(parts.hostname or "", port, own), port)
    said = {"User-Agent": "anlan", "Host": parts.netloc.rpartition("@")[2]} | dict(headers)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        at.connect()
        with _cut_off(at, WHOLE_SECONDS):
            at.request(method, target, body=body, headers=said, preload_content=False)
            answer = at.getresponse()
            named = {name.lower(): value for name, value in answer.headers.items()}
            return Fetched(answer.status, named, answer.read(most + 1))
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        raise error if isinstance(error, NotTaken) else NotTaken(type(error).__name__) from None
    finally:
        at.close()


@contextmanager
def _cut_off(at: "HTTPConnection", seconds: float) -> Iterator[None]:
    """End the connection after so long. Raises NotTaken("too slow") when it came to that."""
    line, ended = at.sock, []
    assert line is not None  # it is connected

    def end() -> None:
        ended.append(True)
        try:
            socket.socket.shutdown(line, socket.SHUT_RDWR)
        except OSError:
            return  # closed by itself at this moment

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception:
        if ended:
            raise NotTaken("too slow") from None
        raise
    finally:
        timer.cancel()
    if ended:
        raise NotTaken("too slow")


def _seconds(words: str) -> int:
    """The seconds of a header Retry-After; 0 for none, and for a date."""
    return int(words) if words.isascii() and words.isdigit() and len(words) < 6 else 0


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


def _connection(parts: SplitResult, at: str, port: int) -> "HTTPConnection":
    """A connection to the address `at`; the certificate must be that of the name all the same."""
    from urllib3.connection import HTTPConnection, HTTPSConnection

    if parts.scheme == "http":
        return HTTPConnection(at, port, timeout=SECONDS)
    name = parts.hostname
    return HTTPSConnection(
        at, port, timeout=SECONDS, server_hostname=name, assert_hostname=name, cert_reqs="CERT_REQUIRED"
    )


def _taken(answer: Fetched) -> bytes:
    if not 200 <= answer.status < 300:
        rest = _seconds(answer.headers.get("retry-after", ""))
        raise NotTaken(f"HTTP {answer.status}", answer.status, rest)
    if len(answer.body) > MOST:
        raise NotTaken("too large", answer.status)
    return answer.body


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
