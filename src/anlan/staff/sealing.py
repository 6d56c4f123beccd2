"""Second factors are kept sealed: a copy of the database alone signs nobody in.

Fernet (AES-128 in CBC mode with HMAC-SHA-256; specification of the package `cryptography`), under a key drawn
by HKDF-SHA-256 (RFC 5869) from what the operator gave. The first of several keys seals, each opens, so
a key can be changed without asking anybody to set up a second factor anew.
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from anlan.base.errors import Refused

_MARK = "sealed:"


def seal(text: str, keys: Sequence[str]) -> str:
    """`text` under the first key; twice sealed it looks different each time."""
    return _MARK + _opener(keys).encrypt(text.encode()).decode()


def unseal(sealed: str, keys: Sequence[str]) -> str:
    """What was sealed under one of the keys. Raises Refused("factor_unreadable") for anything else."""
    try:
        return _opener(keys).decrypt(sealed.removeprefix(_MARK).encode()).decode()
    except InvalidToken:
        raise Refused("factor_unreadable") from None


def is_sealed(text: str) -> bool:
    """Whether `text` was sealed, under whatever key: seeds and codes hold no colon."""
    return text.startswith(_MARK)


def _opener(keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(_fernet_key(key)) for key in keys])


def _fernet_key(key: str) -> bytes:
    drawn = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"anlan second factors").derive(key.encode())
    return urlsafe_b64encode(drawn)
