"""One request to another system: short, without redirects and retries (the flow that sends tries again)."""

import ipaddress
import socket
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from anlan.channels import NotTaken

SECONDS = 10.0
MOST = 8_000_000
"""Bytes that are read of an answer."""


def post(address: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Send `body`, JSON; raises NotTaken unless the answer is 200 to 299."""
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

    The name is looked up once, every address that it has must be public, and that one is connected to: it
    cannot mean another by then. Raises NotTaken.
    """
    import urllib3

    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        raise NotTaken("not https")
    pool = urllib3.HTTPSConnectionPool(
        public_address_of(parts.hostname, parts.port or 443),
        parts.port or 443,
        server_hostname=parts.hostname,
        assert_hostname=parts.hostname,
    )
    said = {"User-Agent": "anlan", "Host": parts.netloc} | dict(headers)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        answer = pool.request(
            "POST", target or "/", body=body, headers=said, timeout=SECONDS, redirect=False, retries=False
        )
    except urllib3.exceptions.HTTPError as error:
        raise NotTaken(type(error).__name__) from None
    finally:
        pool.close()
    if not 200 <= answer.status < 300:
        raise NotTaken(f"HTTP {answer.status}", answer.status)


def public_address_of(host: str, port: int) -> str:
    """An address of `host`, if all it has are public. Raises NotTaken."""
    try:
        found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise NotTaken("no such host") from None
    for each in found:
        at = ipaddress.ip_address(each.partition("%")[0])
        if not at.is_global or at.is_multicast:
            raise NotTaken("not a public address")
    return found[0]


def exchange(
    method: str, address: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> bytes:
    """Send `fields`, of a GET in the address and else as a form, and give what is answered.

    Raises NotTaken unless the answer is 200 to 299 and no larger than MOST.
    """
    import urllib3

    said = {"User-Agent": "anlan"} | dict(headers or {})
    form = urlencode(fields)
    if method == "GET":
        address, body = f"{address}?{form}" if form else address, None
    else:
        body, said["Content-Type"] = form.encode(), "application/x-www-form-urlencoded; charset=utf-8"
    try:
        answer = urllib3.request(
            method,
            address,
            body=body,
            headers=said,
            timeout=SECONDS,
            redirect=False,
            retries=False,
            preload_content=False,
        )
        taken = answer.read(MOST + 1)
        answer.release_conn()
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise NotTaken(type(error).__name__) from None
    if not 200 <= answer.status < 300:
        raise NotTaken(f"HTTP {answer.status}", answer.status)
    if len(taken) > MOST:
        raise NotTaken("too large")
    return taken
