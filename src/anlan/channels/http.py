"""One POST to another system: short, without redirects, without retries (the flow that sends tries again)."""

from collections.abc import Mapping

from anlan.channels import NotTaken

SECONDS = 10.0


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
