"""The kinds of devices: the ones that every installation knows, and new versions of their profiles."""

from datetime import datetime

from anlan.sensing.profiles import PROFILES, Profile
from anlan.store.models import DeviceKind, KindVersion, Property


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
