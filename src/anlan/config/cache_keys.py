"""The keys of what web processes share: hashed, because allauth puts addresses of people into them."""

from hashlib import blake2b

from django.conf import settings


def hashed(key: str, prefix: str, version: int) -> str:
    """The key under which the database keeps `key`; it cannot be guessed from an address without ours."""
    secret = settings.SECRET_KEY.encode()[:64]
    return blake2b(f"{prefix}:{version}:{key}".encode(), key=secret, digest_size=32).hexdigest()
