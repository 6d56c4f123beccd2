"""The receipt of a report: its code is derived when it is shown, and kept only as a slow hash."""

import secrets
from datetime import datetime, timedelta
from hashlib import blake2b
from ipaddress import ip_address, ip_network

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.publishing.receipts import as_typed, slow_hash
from anlan.store.models import SiteWideSalt, WrongCodes
from anlan.store.readers import receipts

WRONG_AN_HOUR = 5
"""Wrong codes from one network in an hour before it is slowed down."""

PAUSE = timedelta(seconds=20)
"""Between two tries of a network that is slowed down."""

KEPT = timedelta(days=1)


def installation_salt() -> bytes:
    """The salt of this installation, made when it is first needed."""
    known = receipts.salt()
    if known is not None:
        return known
    fresh = {"salt": secrets.token_bytes(32)}
    return bytes(SiteWideSalt.objects.get_or_create(pk=1, defaults=fresh)[0].salt)


def find_report(*, acting_user: None, typed: str, address: str, now: datetime) -> int:
    """The id of the report whose receipt code somebody typed; `address` is that of their browser.

    Raises NotFound for a code that nobody has, mistyped or made up alike, and counts it; raises
    Refused("wait", seconds=...) while too many wrong ones came from the same network.
    """
    salt = installation_salt()
    network = network_mark(address, salt)
    _check_pace(network, now)
    found = receipts.report_with(slow_hash(as_typed(typed) or "", salt))
    if found is None:
        count_wrong(network, now)
        raise NotFound
    return found


def network_mark(address: str, salt: bytes) -> bytes:
    """32 bytes that stand for the network of an address: /24 of IPv4, /48 of IPv6."""
    try:
        bits = 24 if ip_address(address).version == 4 else 48
        network = str(ip_network(f"{address}/{bits}", strict=False))
    except ValueError:
        network = "unknown"
    return blake2b(network.encode(), key=salt, digest_size=32, person=b"network").digest()


@transaction.atomic
def count_wrong(network: bytes, now: datetime) -> None:
    """One more wrong code from a network; what is older than a day is dropped on the way."""
    WrongCodes.objects.filter(hour__lt=now - KEPT).delete()
    row, _made = WrongCodes.objects.select_for_update().get_or_create(
        network=network, hour=hour_of(now), defaults={"last_at": now}
    )
    row.count += 1
    row.last_at = now
    row.save()


def _check_pace(network: bytes, now: datetime) -> None:
    count, last_at = receipts.wrong_codes(network, hour_of(now))
    if count >= WRONG_AN_HOUR and last_at is not None and now - last_at < PAUSE:
        raise Refused("wait", seconds=(last_at + PAUSE - now).seconds + 1)


def hour_of(now: datetime) -> datetime:
    """The beginning of the hour of `now`."""
    return now.replace(minute=0, second=0, microsecond=0)
