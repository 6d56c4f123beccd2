"""The kinds of devices: those that every installation knows, new ones, new versions of their profiles."""

from datetime import datetime

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.flows.device_history import tell_register
from anlan.flows.device_series import store_series
from anlan.flows.staff_history import record
from anlan.sensing.profiles import PROFILES, Measured, Profile
from anlan.staff.terms import Action
from anlan.store.models import Device, DeviceKind, KindVersion, Property
from anlan.store.readers.staff import Acting


def know_standard_kinds(now: datetime) -> dict[str, DeviceKind]:
    """Store the kinds of `sensing/profiles.py` that are missing; all kinds by their codes."""
    known = {kind.code: kind for kind in DeviceKind.objects.all()}
    for profile in PROFILES:
        if profile.code not in known:
            known[profile.code] = store_kind(profile, now)
    return known


def store_kind(profile: Profile, now: datetime) -> DeviceKind:
    """Store a new kind with its first version."""
    kind = DeviceKind.objects.create(
        code=profile.code,
        name_zh=profile.name_zh,
        name_en=profile.name_en,
        is_camera=profile.is_camera,
    )
    KindVersion.objects.create(
        kind=kind,
        version=1,
        made_at=now,
        profile={measured.code: measured.profile() for measured in profile.properties},
    )
    Property.objects.bulk_create(
        Property(
            kind=kind,
            code=measured.code,
            name_zh=measured.name_zh,
            name_en=measured.name_en,
            unit=measured.unit,
            low=measured.low,
            high=measured.high,
            interval_seconds=measured.interval_seconds,
        )
        for measured in profile.properties
    )
    return kind


@transaction.atomic
def add_kind(*, acting_user: Acting, profile: Profile, now: datetime) -> DeviceKind:
    """Add a kind, for the whole city. Raises Refused("not_permitted"), Refused("code_taken")."""
    _check(acting_user)
    if profile.code in know_standard_kinds(now):
        raise Refused("code_taken", code=profile.code)
    kind = store_kind(profile, now)
    record(acting_user.user, "added", f"device-kind:{profile.code}", {"name": (None, profile.name_zh)}, now)
    return kind


@transaction.atomic
def change_property(*, acting_user: Acting, kind_code: str, measured: Measured, now: datetime) -> DeviceKind:
    """Put a new version of a kind's profile in force, with this property changed or added.

    The unit of a property stays: readings of another unit are another property. Raises
    Refused("not_permitted"), NotFound, Refused("unit_stays"), Refused("range_is_nothing").
    """
    _check(acting_user)
    know_standard_kinds(now)
    kind = DeviceKind.objects.select_for_update().filter(code=kind_code).first()
    if kind is None:
        raise NotFound
    if measured.low is not None and measured.high is not None and measured.low >= measured.high:
        raise Refused("range_is_nothing")
    before = Property.objects.filter(kind=kind, code=measured.code).first()
    if before is not None and before.unit != measured.unit:
        raise Refused("unit_stays", unit=before.unit)
    _write(kind, before or Property(kind=kind, code=measured.code), measured)
    if before is None:
        store_series(list(Device.objects.filter(kind=kind)))
    _new_version(kind, acting_user, now)
    what = f"{measured.unit} {measured.low}..{measured.high} / {measured.interval_seconds} s"
    record(acting_user.user, "changed", f"device-kind:{kind.code}", {measured.code: (None, what)}, now)
    tell_register()
    return kind


def _check(acting: Acting) -> None:
    if not acting.may_in_whole_city(Action.MANAGE_DEVICES):
        raise Refused("not_permitted", action=Action.MANAGE_DEVICES)


def _write(kind: DeviceKind, row: Property, measured: Measured) -> None:
    for field in ("name_zh", "name_en", "unit", "low", "high", "interval_seconds"):
        setattr(row, field, getattr(measured, field))
    row.save()


def _new_version(kind: DeviceKind, acting: Acting, now: datetime) -> None:
    kind.version += 1
    kind.save(update_fields=["version"])
    KindVersion.objects.create(
        kind=kind,
        version=kind.version,
        made_at=now,
        made_by=acting.user,
        profile={
            each.code: {
                "unit": each.unit,
                "low": each.low,
                "high": each.high,
                "interval_seconds": each.interval_seconds,
            }
            for each in Property.objects.filter(kind=kind, observed_as=None).order_by("pk")
        },
    )
