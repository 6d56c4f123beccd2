"""How changes of devices are kept and told: one event each, and news to who holds the register."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from anlan.base.errors import NotFound
from anlan.flows.staff_history import said
from anlan.staff.terms import Action
from anlan.store.models import Device, DeviceEvent, User
from anlan.store.readers.staff import Acting, scope_q

CHANNEL = "anlan_devices"
"""The PostgreSQL channel on which ingest hears that the register or a credential changed."""


def device_for(acting: Acting, name: str) -> Device:
    """The device, locked, when this person may manage it. Raises NotFound."""
    found = Device.objects.filter(scope_q(acting, Action.MANAGE_DEVICES), name=name)
    device = found.select_for_update(of=("self",)).select_related("kind").first()
    if device is None:
        raise NotFound
    return device


def note(
    device: Device, actor: User | None, action: str, changes: Mapping[str, tuple[Any, Any]], now: datetime
) -> None:
    """Keep that `actor` did `action` to a device, and tell whoever holds the register in memory."""
    kept = {field: [said(before), said(after)] for field, (before, after) in changes.items()}
    DeviceEvent.objects.create(device=device, at=now, actor=actor, action=action, changes=kept)
    tell_register(device.name)


def tell_register(name: str = "") -> None:
    """Say, once the transaction commits, that a device changed; "" for many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps({"device": name})])


TOLD_AGAIN = timedelta(hours=1)


def note_limited(devices: Sequence[int], now: datetime) -> None:
    """Keep that devices sent more than one may, at most once an hour of each."""
    if not devices:
        return
    told = DeviceEvent.objects.filter(device__in=devices, action="limited", at__gt=now - TOLD_AGAIN)
    known = set(told.values_list("device_id", flat=True))
    DeviceEvent.objects.bulk_create(
        DeviceEvent(device_id=device, at=now, action="limited") for device in devices if device not in known
    )
