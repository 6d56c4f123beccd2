"""The receipt of a report: its code is derived when it is shown, and kept only as a slow hash."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from ipaddress import ip_address, ip_network

from django.db import transaction
from django.db.models import F

from anlan.base.errors import NotFound, Refused
from anlan.publishing.receipts import COST, EARLIER_COST, as_typed, slow_hash
from anlan.store.models import SiteWideSalt, WrongCodes
from anlan.store.readers import receipts
from anlan.store.readers.held import held_with

WRONG_AN_HOUR = 5
"""Wrong codes from one network in an hour before it is slowed down."""

PAUSE = timedelta(seconds=20)
"""Between two tries of a network that is slowed down."""

CODES_AN_HOUR = 1000
"""Codes, right ones too, that one network may ask about in an hour: each costs 0.1 s and 32 MiB."""

HOUR = timedelta(hours=1)
KEPT = timedelta(days=1)


def installation_salt() -> bytes:
    """The salt of this installation, made when it is first needed."""
    known = receipts.salt()
    if known is not None:
        return known
    fresh = {"salt": secrets.token_bytes(32)}
    return bytes(SiteWideSalt.objects.get_or_create(pk=1, defaults=fresh)[0].salt)


@dataclass(frozen=True)
class Followed:
    """What a receipt code leads to: a report, or what waits for a person before it is one."""

    report_id: int | None = None
    held_id: int | None = None


def follow_code(*, acting_user: None, typed: str, address: str, now: datetime) -> Followed:
    """What the receipt code that somebody typed is of; `address` is that of their browser.

    A code counts as wrong from before it is looked up until it is found to be right: of many tries at once
    no more pass than of as many in a row.
    Raises NotFound for a code that nobody has, mistyped or made up alike; Refused("wait", seconds=...) while
    too many wrong ones came from the same network; Refused("too_many_codes", again=...) with the time from
    which its codes are looked up again.
    """
    salt = installation_salt()
    network = network_mark(address, salt)
    last_at = _begin_try(network, now)
    found = _found(as_typed(typed) or "", salt)
    _was_right(network, now, last_at)
    return found


def _found(code: str, salt: bytes) -> Followed:
    """What a code is of, by its hash of today or by that of earlier reports. Raises NotFound."""
    for cost in (COST, EARLIER_COST):
        hashed = slow_hash(code, salt, cost)
        found = Followed(receipts.report_with(hashed), held_with(hashed))
        if found != Followed():
            return found
    raise NotFound


@transaction.atomic
def count_code(*, acting_user: None, address: str, now: datetime) -> None:
    """Count that a network asks for a code whose form came before. Raises Refused("too_many_codes")."""
    row = _row_of(network_mark(address, installation_salt()), now)
    _count_asked(row, now)
    row.save(update_fields=["asked"])


def network_mark(address: str, salt: bytes) -> bytes:
    """32 bytes that stand for the network of an address: /24 of IPv4, /56 of IPv6.

    An IPv4 address that is written as one of IPv6 counts as what it is.
    """
    try:
        known = ip_address(address)
        known = getattr(known, "ipv4_mapped", None) or known
        bits = 24 if known.version == 4 else 56
        address = str(known)
        network = str(ip_network(f"{address}/{bits}", strict=False))
    except ValueError:
        network = "unknown"
    return blake2b(network.encode(), key=salt, digest_size=32, person=b"network").digest()


@transaction.atomic
def _begin_try(network: bytes, now: datetime) -> datetime:
    """Let a network try a code, which counts as wrong until it is found; when its last try was."""
    row = _row_of(network, now)
    if row.count >= WRONG_AN_HOUR and now - row.last_at < PAUSE:
        raise Refused("wait", seconds=(row.last_at + PAUSE - now).seconds + 1)
    _count_asked(row, now)
    before, row.last_at = row.last_at, now
    row.count += 1
    row.save()
    return before


def _was_right(network: bytes, now: datetime, last_at: datetime) -> None:
    """The try at `now` was no wrong one, and nobody waits for it."""
    row = WrongCodes.objects.filter(network=network, hour=hour_of(now))
    row.filter(last_at=now).update(last_at=last_at)
    row.update(count=F("count") - 1)


def _row_of(network: bytes, now: datetime) -> WrongCodes:
    """The counts of a network in this hour, locked; what is older than a day is dropped on the way."""
    WrongCodes.objects.filter(hour__lt=now - KEPT).delete()
    return WrongCodes.objects.select_for_update().get_or_create(
        network=network, hour=hour_of(now), defaults={"last_at": now}
    )[0]


def _count_asked(row: WrongCodes, now: datetime) -> None:
    if row.asked >= CODES_AN_HOUR:
        raise Refused("too_many_codes", again=hour_of(now) + HOUR)
    row.asked += 1


def hour_of(now: datetime) -> datetime:
    """The beginning of the hour of `now`."""
    return now.replace(minute=0, second=0, microsecond=0)
