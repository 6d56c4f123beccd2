"""Somebody brings in a list of devices; those without a password get one, which is told once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from django.db import transaction

from anlan.base.errors import Refused
from anlan.base.tables import N_, Complaints
from anlan.base.when_used import when_used
from anlan.flows.device_credentials import Secret, give_credentials
from anlan.flows.device_history import tell_register
from anlan.flows.device_kinds import know_standard_kinds
from anlan.flows.device_series import store_series
from anlan.flows.import_runs import FileRead, record_run, take_turn
from anlan.flows.staff_history import said
from anlan.places.lookup import Confidence
from anlan.sensing.device_files import DeviceRow
from anlan.sensing.terms import Lifecycle
from anlan.store.copying import copy_rows, reserve_ids
from anlan.store.models import Area, Credential, Device, DeviceEvent, DeviceKind, Site, Unit
from anlan.store.models.staff import User
from anlan.store.readers.places import IN_USE, area_index

if TYPE_CHECKING:
    import numpy as np
else:
    np = when_used("numpy")

COMPARED = (
    *("title", "kind_id", "site_id", "area_id", "unit_id", "lng", "lat", "source_crs", "purpose"),
    *("legal_basis", "keeps_days", "state", "installed_on", "inspected_on", "gateway", "firmware"),
)
WRITTEN = (*COMPARED, "is_camera", "area_path", "unit_path")
OUTSIDE = N_("a point inside an area that has a boundary; it is kept with the whole city")


@dataclass(frozen=True, slots=True)
class DeviceList:
    """What was read from a file, and what was wrong in it so far."""

    devices: Sequence[DeviceRow] = ()
    files: Sequence[FileRead] = ()
    complaints: Complaints = field(default_factory=Complaints)


@dataclass(slots=True)
class DeviceChanges:
    """What an import changes; `odd` holds rows that are taken but look wrong."""

    added: list[Device] = field(default_factory=list)
    changed: list[tuple[Device, dict[str, list[object]]]] = field(default_factory=list)
    unchanged: int = 0
    odd: Complaints = field(default_factory=Complaints)

    def counts(self) -> dict[str, int]:
        """How many of each."""
        return {
            "added": len(self.added),
            "changed": len(self.changed),
            "unchanged": self.unchanged,
            "odd": self.odd.total,
        }


@transaction.atomic
def known_kinds(now: datetime) -> dict[str, bool]:
    """The kinds that a list may name, and which of them are cameras."""
    return {kind.code: kind.is_camera for kind in know_standard_kinds(now).values()}


def preview_devices(device_list: DeviceList) -> DeviceChanges:
    """What an import would change; raises RowsRefused and Refused("no_areas") as the import does."""
    return _plan(device_list)


@transaction.atomic
def import_devices(
    *,
    acting_user: User | None,
    device_list: DeviceList,
    now: datetime,
    keep_secrets: Callable[[Sequence[Secret]], None],
) -> DeviceChanges:
    """Take a list of devices, whole or not at all; a device is known by its name.

    `keep_secrets` is given the passwords of those that had none before anything is final: when it fails,
    nothing was imported. Raises RowsRefused with every bad row up to 100, Refused("no_areas").
    """
    take_turn("devices")
    changes = _plan(device_list)
    _store_added(changes.added)
    Device.objects.bulk_update([device for device, _ in changes.changed], WRITTEN, batch_size=500)
    _store_events(changes, acting_user, now)
    store_series([*changes.added, *(device for device, _ in changes.changed)])
    keep_secrets(give_credentials(_without_credential(device_list), now))
    record_run(
        "devices",
        acting_user=acting_user,
        files=device_list.files,
        started_at=now,
        now=now,
        counts=changes.counts(),
        odd=changes.odd.rows,
    )
    tell_register()
    return changes


def _store_added(added: Sequence[Device]) -> None:
    """All new devices in one COPY, under numbers that nobody else gets."""
    if not added:
        return
    first = reserve_ids(Device, len(added))
    for number, device in enumerate(added):
        device.pk = first + number
    columns = ("id", "name", "muted_why", *WRITTEN)
    copy_rows(Device, columns, ([getattr(device, column) for column in columns] for device in added))


def _store_events(changes: DeviceChanges, actor: User | None, now: datetime) -> None:
    actor_id = actor.pk if actor else None
    events: list[tuple[int, str, dict[str, list[object]]]] = [
        *((device.pk, "registered", {}) for device in changes.added),
        *((device.pk, "imported", fields) for device, fields in changes.changed),
    ]
    columns = ("device_id", "at", "actor_id", "action", "changes")
    copy_rows(DeviceEvent, columns, ((pk, now, actor_id, action, facts) for pk, action, facts in events))


def _without_credential(device_list: DeviceList) -> list[Device]:
    names = [row.name for row in device_list.devices]
    have = set(
        Credential.objects.filter(username__in=names, revoked_at=None).values_list("username", flat=True)
    )
    return list(Device.objects.filter(name__in=[name for name in names if name not in have]).order_by("pk"))


def _plan(device_list: DeviceList) -> DeviceChanges:
    found = _Found(device_list)
    changes = DeviceChanges()
    names = [row.name for row in device_list.devices]
    stored = Device.objects.in_bulk(names, field_name="name")
    inside = found.areas_by_point()
    for row, by_point in zip(device_list.devices, inside, strict=True):
        device = stored.get(row.name)
        place = found.place(row, by_point, device, changes.odd)
        _sort(row, found, place, device, changes)
    device_list.complaints.refuse_if_any()
    return changes


@dataclass(frozen=True, slots=True)
class _Place:
    area: Area
    site: Site | None
    unit: Unit | None


class _Found:
    """Kinds, areas, sites and units that the rows name; what does not exist is said."""

    def __init__(self, device_list: DeviceList) -> None:
        self.rows = device_list.devices
        self.complaints = device_list.complaints
        self.kinds = DeviceKind.objects.in_bulk(field_name="code")
        self.areas = {area.code: area for area in Area.objects.filter(IN_USE).only("code", "path")}
        self.by_id = {area.pk: area for area in self.areas.values()}
        if not self.areas:
            raise Refused("no_areas")
        self.root = min(self.areas.values(), key=lambda area: (area.path.count("."), area.path))
        sites = {row.site for row in self.rows if row.site}
        self.sites = Site.objects.in_bulk(sites, field_name="code")
        self.units = {unit.code: unit for unit in Unit.objects.only("code", "path")}

    def areas_by_point(self) -> list[str | None]:
        """The code of the area that each row's point lies in."""
        lng = np.array([np.nan if row.lng is None else row.lng for row in self.rows])
        lat = np.array([np.nan if row.lat is None else row.lat for row in self.rows])
        index = area_index()
        found = index.find(lng, lat)
        known = found.confidence != Confidence.UNKNOWN
        return [index.codes[place] if known[row] else None for row, place in enumerate(found.area)]

    def place(self, row: DeviceRow, by_point: str | None, device: Device | None, odd: Complaints) -> _Place:
        """The area that the row names, else its site's, its point's, what the device has, the whole city."""
        site, unit = self._site(row), self._unit(row)
        area = self.areas.get(row.area or "")
        if row.area and area is None:
            self._wrong(row, "area", row.area, N_("the code of an area in use"))
        if area is None and site is not None:
            area = self.by_id.get(site.area_id)
        if area is None and by_point:
            area = self.areas.get(by_point)
        if area is None and device is not None and row.lng is None:
            area = self.by_id.get(device.area_id)
        if area is None and row.lng is not None:
            odd.say(row.file, row.row, "lng", f"{row.lng}, {row.lat}", OUTSIDE)
        elif area is None:
            self._wrong(row, "lng", "", N_("a point, or the code of a site or an area"))
        return _Place(area or self.root, site, unit)

    def check_camera(self, row: DeviceRow, device: Device) -> None:
        """A camera says what for, by which right, and for how long its owner keeps what it records."""
        for column, right in CAMERA_NEEDS.items():
            if not getattr(device, column):
                self._wrong(row, column, "", right)

    @cached_property
    def cameras(self) -> frozenset[int]:
        return frozenset(kind.pk for kind in self.kinds.values() if kind.is_camera)

    def _site(self, row: DeviceRow) -> Site | None:
        if row.site and row.site not in self.sites:
            self._wrong(row, "site", row.site, N_("the code of a known site"))
        return self.sites.get(row.site or "")

    def _unit(self, row: DeviceRow) -> Unit | None:
        if row.owner and row.owner not in self.units:
            self._wrong(row, "owner", row.owner, N_("the code of a known unit"))
        return self.units.get(row.owner or "")

    def _wrong(self, row: DeviceRow, column: str, value: str, right: str) -> None:
        self.complaints.say(row.file, row.row, column, value, right)


CAMERA_NEEDS = {
    "purpose": N_("what the camera is for"),
    "legal_basis": N_("by which right the camera is there"),
    "keeps_days": N_("for how many days its owner keeps what it records"),
}


def _sort(
    row: DeviceRow, found: _Found, place: _Place, device: Device | None, changes: DeviceChanges
) -> None:
    """Put a row under added, changed or unchanged."""
    kind = found.kinds.get(row.kind)
    if kind is None:
        return  # said when the file was read
    if device is None:
        device = _filled(Device(name=row.name, state=Lifecycle.INSTALLED), row, kind, place)
        changes.added.append(device)
    elif fields := _differences(device, row, kind, place):
        changes.changed.append((device, fields))
    else:
        changes.unchanged += 1
    if kind.is_camera:
        found.check_camera(row, device)


def _differences(device: Device, row: DeviceRow, kind: DeviceKind, place: _Place) -> dict[str, list[object]]:
    before = _values(device)
    after = _values(_filled(device, row, kind, place))
    return {name: [said(before[name]), said(after[name])] for name in COMPARED if before[name] != after[name]}


def _values(device: Device) -> Mapping[str, object]:
    return {name: getattr(device, name) for name in COMPARED}


TAKEN = (
    "title",
    "purpose",
    "legal_basis",
    "keeps_days",
    "installed_on",
    "inspected_on",
    "gateway",
    "firmware",
)


def _filled(device: Device, row: DeviceRow, kind: DeviceKind, place: _Place) -> Device:
    """The device with what the row says; what it leaves out stays."""
    device.kind, device.is_camera = kind, kind.is_camera
    device.area, device.area_path = place.area, place.area.path
    if place.site:
        device.site = place.site
    if place.unit:
        device.unit, device.unit_path = place.unit, place.unit.path
    if row.lng is not None:
        device.lng, device.lat, device.source_crs = row.lng, row.lat, row.crs.value
    if row.state is not None:
        device.state = row.state.value
    for name in TAKEN:
        if (value := getattr(row, name)) is not None:
            setattr(device, name, value)
    return device
