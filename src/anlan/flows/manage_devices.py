"""Administrators register devices, correct them, mute them, change many at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.flows.device_credentials import Secret, give_credentials
from anlan.flows.device_history import device_for, note, tell_register
from anlan.flows.device_kinds import know_standard_kinds
from anlan.flows.device_series import store_series
from anlan.flows.staff_history import changed, check_seen, said
from anlan.places.coordinates import point_to_wgs84
from anlan.places.terms import Crs
from anlan.sensing.terms import Lifecycle
from anlan.staff.granting import check_reach
from anlan.staff.terms import Action, Spot
from anlan.store.models import Area, Credential, Device, DeviceEvent, DeviceKind, Site, Unit
from anlan.store.readers.devices import DeviceFilters, chosen_devices
from anlan.store.readers.staff import Acting

MOST_AT_ONCE = 100_000
MANY = ("state", "unit_code", "gateway", "muted_until", "inspected_on", "firmware")


@dataclass(frozen=True)
class DeviceFacts:
    """A device as the form has it; the point in the system that is named, None without one."""

    title: str
    area_code: str
    site_code: str
    unit_code: str
    lng: float | None
    lat: float | None
    crs: str
    purpose: str
    legal_basis: str
    keeps_days: int | None
    state: str
    installed_on: date | None
    inspected_on: date | None
    gateway: str
    firmware: str


@transaction.atomic
def add_device(
    *, acting_user: Acting, name: str, kind_code: str, facts: DeviceFacts, now: datetime
) -> Secret:
    """Register a device; its password is told once.

    Raises NotFound, Refused("code_taken"), Refused("camera_needs"), Refused("area_ended").
    """
    if Device.objects.filter(name=name).exists():
        raise Refused("code_taken", code=name)
    kind = know_standard_kinds(now).get(kind_code)
    if kind is None:
        raise NotFound
    device = Device(name=name, kind=kind, is_camera=kind.is_camera, **_columns(acting_user, facts, kind))
    _place(device, facts)
    device.save()
    note(device, acting_user.user, "registered", {}, now)
    store_series([device])
    return give_credentials([device], now)[0]


@transaction.atomic
def change_device(*, acting_user: Acting, name: str, facts: DeviceFacts, now: datetime) -> Device:
    """Correct a device. Raises NotFound, Refused("camera_needs"), Refused("area_ended")."""
    device = device_for(acting_user, name)
    before = Device.objects.get(pk=device.pk)
    columns = _columns(acting_user, facts, device.kind)
    changes = changed(device, columns)
    for field, value in columns.items():
        setattr(device, field, value)
    if (facts.lng, facts.lat, facts.crs) != (device.lng, device.lat, Crs.WGS84):
        _place(device, facts)
        changes |= {
            field: (getattr(before, field), getattr(device, field))
            for field in ("lng", "lat")
            if getattr(before, field) != getattr(device, field)
        }
    if changes:
        _mark_removed(device, now)
        device.save()
        note(device, acting_user.user, "changed", changes, now)
    return device


@transaction.atomic
def mute_device(*, acting_user: Acting, name: str, until: datetime | None, why: str, now: datetime) -> Device:
    """Say nothing of a device's silence until then; None ends it.

    Raises NotFound, Refused("reason_missing"), Refused("mute_in_past").
    """
    device = device_for(acting_user, name)
    if until is not None and not why.strip():
        raise Refused("reason_missing")
    if until is not None and until <= now:
        raise Refused("mute_in_past")
    changes = changed(device, {"muted_until": until, "muted_why": why.strip() if until else ""})
    device.muted_until, device.muted_why = until, why.strip() if until else ""
    device.save(update_fields=["muted_until", "muted_why"])
    note(device, acting_user.user, "muted" if until else "unmuted", changes, now)
    return device


@transaction.atomic
def change_many(
    *, acting_user: Acting, filters: DeviceFilters, words: Mapping[str, Any], seen: str | None, now: datetime
) -> int:
    """Change the same facts of all devices that fit filters; how many were changed.

    `words` holds some of MANY. Raises Conflict when other devices fit than were shown,
    Refused("nothing_to_change"), Refused("too_many_devices"), NotFound for a unit that is not there.
    """
    columns = _many_columns(words)
    found = chosen_devices(acting_user, filters, Action.MANAGE_DEVICES)
    devices = list(found.select_for_update(of=("self",)).select_related("unit").order_by("pk"))
    if len(devices) > MOST_AT_ONCE:
        raise Refused("too_many_devices", most=MOST_AT_ONCE)
    check_seen(seen, mark_of(devices))
    events = []
    for device in devices:
        changes = changed(device, columns)
        changes.pop("unit_path", None)
        if changes:
            kept = {field: [said(old), said(new)] for field, (old, new) in changes.items()}
            events.append(
                DeviceEvent(
                    device=device, at=now, actor=acting_user.user, action="changed_many", changes=kept
                )
            )
    touched = [event.device_id for event in events]
    Device.objects.filter(pk__in=touched).update(**columns)
    if columns.get("state") == Lifecycle.REMOVED:
        Device.objects.filter(pk__in=touched).update(removed_on=now.date())
        Credential.objects.filter(device_id__in=touched, revoked_at=None).update(revoked_at=now)
    DeviceEvent.objects.bulk_create(events, batch_size=2000)
    tell_register()
    return len(events)


def mark_of(devices: list[Device]) -> str:
    """The same as long as the same devices fit."""
    return f"{len(devices)}:{devices[0].pk if devices else 0}:{sum(device.pk for device in devices)}"


def many_effect(acting: Acting, filters: DeviceFilters) -> tuple[int, str]:
    """How many devices a change of many touches, and the mark of which they are."""
    found = chosen_devices(acting, filters, Action.MANAGE_DEVICES).only("pk").order_by("pk")
    devices = list(found[: MOST_AT_ONCE + 1])
    return len(devices), mark_of(devices)


def _many_columns(words: Mapping[str, Any]) -> dict[str, Any]:
    columns = {name: words[name] for name in MANY if words.get(name)}
    code = columns.pop("unit_code", None)
    if code:
        unit = Unit.objects.filter(code=code).first()
        if unit is None:
            raise NotFound
        columns |= {"unit": unit, "unit_path": unit.path}
    if not columns:
        raise Refused("nothing_to_change")
    if columns.get("muted_until"):
        columns["muted_why"] = str(words.get("muted_why") or "").strip()
        if not columns["muted_why"]:
            raise Refused("reason_missing")
    return columns


def _columns(acting: Acting, facts: DeviceFacts, kind: DeviceKind) -> dict[str, Any]:
    """The columns of a device but for its point."""
    area = Area.objects.filter(code=facts.area_code).first()
    site = Site.objects.filter(code=facts.site_code).first() if facts.site_code else None
    unit = Unit.objects.filter(code=facts.unit_code).first() if facts.unit_code else None
    if area is None or (facts.site_code and site is None) or (facts.unit_code and unit is None):
        raise NotFound
    check_reach(acting.memberships, Action.MANAGE_DEVICES, Spot(area.path))
    if not area.in_use:
        raise Refused("area_ended")
    if kind.is_camera and not (facts.purpose and facts.legal_basis and facts.keeps_days):
        raise Refused("camera_needs")
    return {
        "title": facts.title,
        "area": area,
        "area_path": area.path,
        "site": site,
        "unit": unit,
        "unit_path": unit.path if unit else "",
        "purpose": facts.purpose,
        "legal_basis": facts.legal_basis,
        "keeps_days": facts.keeps_days,
        "state": facts.state,
        "installed_on": facts.installed_on,
        "inspected_on": facts.inspected_on,
        "gateway": facts.gateway,
        "firmware": facts.firmware,
    }


def _place(device: Device, facts: DeviceFacts) -> None:
    """Set the point in WGS-84, and the system it was given in."""
    device.source_crs = Crs(facts.crs).value
    if facts.lng is None or facts.lat is None:
        device.lng = device.lat = None
    else:
        device.lng, device.lat = point_to_wgs84(facts.lng, facts.lat, Crs(facts.crs))


def _mark_removed(device: Device, now: datetime) -> None:
    """What is removed signs in no more."""
    if device.state == Lifecycle.REMOVED:
        device.removed_on = device.removed_on or now.date()
        Credential.objects.filter(device=device, revoked_at=None).update(revoked_at=now)
    else:
        device.removed_on = None
