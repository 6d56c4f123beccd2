"""Keys of other systems: made, told once, ended."""

from datetime import datetime
from hashlib import sha256
from secrets import token_hex

from django.db import transaction

from anlan.base.errors import Refused
from anlan.staff.terms import KeyScope
from anlan.store.models import ApiKey, User

SECRET_BYTES = 24
LONGEST_NAME = 100


@transaction.atomic
def make_key(*, acting_user: User | None, scope: KeyScope, name: str, now: datetime) -> str:
    """A new key for the system `name`; one that it had ends at once. Raises Refused("key_name")."""
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused("key_name")
    end_key(acting_user=acting_user, scope=scope, name=name, now=now)
    secret = token_hex(SECRET_BYTES)
    ApiKey.objects.create(
        scope=scope, name=name, secret_sha256=sha256(secret.encode()).hexdigest(), made_at=now
    )
    return secret


def end_key(*, acting_user: User | None, scope: KeyScope, name: str, now: datetime) -> bool:
    """End the key of the system `name`; says whether there was one."""
    in_force = ApiKey.objects.filter(scope=scope, name=name, revoked_at=None)
    return bool(in_force.update(revoked_at=now))
