"""What devices sign in with: made, rotated, revoked; a secret is told once and never kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from secrets import token_hex

from django.db import transaction

from anlan.base.errors import Refused
from anlan.flows.device_history import device_for, note
from anlan.sensing.terms import Lifecycle
from anlan.store.copying import copy_rows
from anlan.store.models import Credential, Device
from anlan.store.readers.staff import Acting

SECRET_BYTES = 16


@dataclass(frozen=True, slots=True)
class Secret:
    """What a device is told once."""

    device: str
    username: str
    password: str


def digest(password: str) -> str:
    """What is kept of a password: it is 128 random bits, so no slow hash is needed against guessing."""
    return sha256(password.encode()).hexdigest()


def give_credentials(devices: Iterable[Device], now: datetime) -> list[Secret]:
    """Make credentials for devices that have none in force, in one COPY."""
    secrets = [Secret(device.name, device.name, token_hex(SECRET_BYTES)) for device in devices]
    ids = {device.name: device.pk for device in devices}
    copy_rows(
        Credential,
        ("device_id", "username", "secret_sha256", "made_at"),
        ((ids[secret.device], secret.username, digest(secret.password), now) for secret in secrets),
    )
    return secrets


@transaction.atomic
def rotate_credential(*, acting_user: Acting, name: str, now: datetime) -> Secret:
    """Give a device a new password; the old one ends at once. Raises NotFound, Refused("device_removed")."""
    device = device_for(acting_user, name)
    if device.state == Lifecycle.REMOVED:
        raise Refused("device_removed")
    _end(device, now)
    secret = give_credentials([device], now)[0]
    note(device, acting_user.user, "credential_made", {}, now)
    return secret


@transaction.atomic
def revoke_credential(*, acting_user: Acting, name: str, now: datetime) -> None:
    """End a device's password at once. Raises NotFound, Refused("no_credential")."""
    device = device_for(acting_user, name)
    if not _end(device, now):
        raise Refused("no_credential")
    note(device, acting_user.user, "credential_revoked", {}, now)


def _end(device: Device, now: datetime) -> int:
    return Credential.objects.filter(device=device, revoked_at=None).update(revoked_at=now)
