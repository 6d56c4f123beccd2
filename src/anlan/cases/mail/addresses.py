"""Which texts are addresses of mail."""

import re

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")


def is_address(text: str) -> bool:
    """Can a mail be sent there? Addresses in other letters than ASCII are not among them."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None
