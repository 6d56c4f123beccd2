"""Which second factors the installation can still read."""

import struct
from collections.abc import Iterator, Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError

from anlan.base.errors import Refused
from anlan.staff.sealing import unseal
from anlan.store.factor_keys import factor_keys


def sealed_factors() -> tuple[int, list[Authenticator]]:
    """How many second factors are sealed, and those that no key of this installation opens. One query."""
    factors = list(
        Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).select_related("user").order_by("pk")
    )
    keys = factor_keys() if factors else []
    return len(factors), [factor for factor in factors if not _all_open(factor.data, keys)]


def _all_open(data: Mapping[str, Any], keys: list[str]) -> bool:
    try:
        for secret in _secrets(data):
            unseal(secret, keys)
    except Refused:
        return False
    return True


def _secrets(data: Mapping[str, Any]) -> Iterator[str]:
    yield from (data[name] for name in ("secret", "seed") if name in data)
    yield from data.get("migrated_codes") or ()


def unreadable_keys(user_id: int | None) -> list[Authenticator]:
    """The passkeys of a member whose stored data are damaged. One query."""
    keys = Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.WEBAUTHN).order_by("pk")
    return [key for key in keys if not _is_readable(key)]


def _is_readable(key: Authenticator) -> bool:
    try:
        return key.wrap().authenticator_data.credential_data is not None
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        ValidationError,
        struct.error,
    ):
        return False
