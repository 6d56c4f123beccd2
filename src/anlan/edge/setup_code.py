"""The one-time code of the first set-up: known to whoever sees the start of the installation or its key."""

import hashlib
import hmac
from base64 import b32encode


def setup_code(secret_key: str) -> str:
    """80 bits in groups of four, the same in every process; of no use once there is a member of staff."""
    digest = hmac.digest(secret_key.encode(), b"anlan: set up the city", hashlib.sha256)
    code = b32encode(digest[:10]).decode()
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def is_setup_code(words: str, secret_key: str) -> bool:
    """Is this the code? Spaces, hyphens and small letters do not matter."""
    typed = "".join(words.upper().split()).replace("-", "")
    return hmac.compare_digest(typed.encode(), setup_code(secret_key).replace("-", "").encode())
