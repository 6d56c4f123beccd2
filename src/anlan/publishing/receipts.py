"""Receipt codes: what a reporter writes down to follow a report without an account.

Sixteen digits, the last a check digit by the quasigroup of H. M. Damm (2004, "Total anti-symmetrische
Quasigruppen"): it catches every single wrong digit and every swap of two neighbours, so a slip of the pen is
told apart from a code that nobody has. A code is derived, not drawn: the same secret and the same token of a
form give the same code, so a report that is sent again can show it again although nobody kept it.
"""

import re
import unicodedata
from hashlib import scrypt, sha256
from hmac import digest
from uuid import UUID

DIGITS = 16

COST = 2**13
"""Of scrypt: 8 MiB and some 20 ms for each code; hundreds of reports come in a minute."""

EARLIER_COST = 2**15
"""Under which reports were kept before that; they are found all the same."""

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212_.·/]+")


def check_digit(digits: str) -> str:
    """The digit that makes `digits` a number which `is_code` accepts; "" gives "0"."""
    state = 0
    for digit in digits:
        state = _DAMM[state][int(digit)]
    return str(state)


def code_from(number: int) -> str:
    """The code for a number below 10^15: fifteen digits and their check digit."""
    digits = f"{number:015d}"
    return digits + check_digit(digits)


def derived_code(secret: bytes, token: str, attempt: int = 0) -> str:
    """The code of the report that the form with `token` sends.

    `token` is unguessable and never stored; `secret` is the installation's. Another `attempt` gives another
    code, for the day on which a code is taken already.
    """
    drawn = digest(secret, f"code {attempt} {token}".encode(), "sha256")
    return code_from(int.from_bytes(drawn) % 10**15)


def key_of(token: str) -> UUID:
    """The idempotency key that is stored for a token; the token cannot be had from it."""
    return UUID(bytes=sha256(f"key {token}".encode()).digest()[:16])


def grouped(code: str) -> str:
    """The code as people read it: "1234 5678 9012 3456"."""
    return " ".join(code[at : at + 4] for at in range(0, DIGITS, 4))


def as_typed(words: str) -> str | None:
    """The code in what somebody typed, or None when no code can be meant.

    Full-width digits, and spaces, dashes, dots and strokes between digits are all right.
    """
    digits = _BETWEEN.sub("", unicodedata.normalize("NFKC", words))
    return digits if is_code(digits) else None


def is_code(digits: str) -> bool:
    """Are these sixteen digits with a right check digit?"""
    return len(digits) == DIGITS and digits.isascii() and digits.isdigit() and check_digit(digits) == "0"


def slow_hash(code: str, salt: bytes, cost: int = COST) -> bytes:
    """The 32 bytes under which a report is found by its code.

    scrypt (RFC 7914) with N = `cost`, r = 8, p = 1. One salt for the installation, so that a code can be
    looked up; see docs/decisions/0045-receipt-codes.md and 0200-hundreds-of-reports-in-a-minute.md.
    """
    return scrypt(code.encode(), salt=salt, n=cost, r=8, p=1, maxmem=2**26, dklen=32)


def is_of(code: str, salt: bytes, kept: bytes) -> bool:
    """Is what was kept the hash of this code, by the cost of today or by that of earlier reports?"""
    return any(slow_hash(code, salt, cost) == kept for cost in (COST, EARLIER_COST))
