"""One request to another system: short, without redirects and retries (the flow that sends tries again)."""

from collections.abc import Mapping
from urllib.parse import urlencode

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
