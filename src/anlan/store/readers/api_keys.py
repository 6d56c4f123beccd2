"""Questions about the keys of other systems."""

from hashlib import sha256

from anlan.staff.terms import KeyScope
from anlan.store.models import ApiKey


def key_name(scope: KeyScope, secret: str) -> str | None:
    """The system whose key in force this is; None when it is nobody's. One query."""
    digest = sha256(secret.encode()).hexdigest()
    found = ApiKey.objects.filter(scope=scope, secret_sha256=digest, revoked_at=None)
    return found.values_list("name", flat=True).first()
