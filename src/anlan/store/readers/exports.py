"""Whole tables for an export, row by row. No column holds words that a person wrote about a case."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from anlan.base.errors import Refused
from anlan.places.attributes import ALL_NAMES
from anlan.staff.terms import Action
from anlan.store.models import Area, Case, Device, Incident, Site
from anlan.store.readers.queue import Filters, chosen_cases
from anlan.store.readers.staff import Acting, scope_q

CHUNK = 2000


@dataclass(frozen=True)
class Exported:
    """What of a table leaves: {column of the file: column of the table}, and where its area stands."""

    columns: Mapping[str, str]
    path: str


@dataclass(frozen=True)
class Rows:
    """The rows of an export, read piece by piece each time they are walked; one query."""

    query: QuerySet[Any, Sequence[object]]

    def __iter__(self) -> Iterator[Sequence[object]]:
        return self.query.iterator(CHUNK)

    def count(self) -> int:
        """How many they are; one query."""
        return self.query.count()


AREAS = Exported(
    {name: name for name in ("code", "name", "level", "kind", "valid_from", "valid_to")}
    | {"successor": "successor__code", "lng_wgs84": "lng", "lat_wgs84": "lat", "source": "source"},
    "path",
)
SITES = Exported(
    {
        "code": "code",
        "kind": "kind",
        "name": "name",
        "area": "area__code",
        "unit": "unit__code",
        "in_use": "in_use",
        "lng_wgs84": "lng",
        "lat_wgs84": "lat",
    }
    | {name: f"attributes__{name}" for name in ALL_NAMES},
    "area_path",
)
INCIDENTS = Exported(
    {
        "kind": "kind",
        "at": "at",
        "area": "area__code",
        "lng_wgs84": "lng",
        "lat_wgs84": "lat",
        "injured": "injured",
        "killed": "killed",
        "source": "source",
    },
    "area_path",
)
DEVICES = Exported(
    {
        "device": "name",
        "kind": "kind__code",
        "name": "title",
        "lat": "lat",
        "lng": "lng",
        "site": "site__code",
        "area": "area__code",
        "owner": "unit__code",
        "purpose": "purpose",
        "legal_basis": "legal_basis",
        "keeps_days": "keeps_days",
        "state": "state",
        "installed_on": "installed_on",
        "inspected_on": "inspected_on",
        "gateway": "gateway",
        "firmware": "firmware",
    },
    "area_path",
)
CASES = Exported(
    {
        "id": "id",
        "state": "state",
        "category": "category__code",
        "severity": "severity",
        "area": "area__code",
        "site": "site__code",
        "unit": "unit__code",
        "lng_wgs84": "lng",
        "lat_wgs84": "lat",
        "opened_at": "opened_at",
        "due_at": "due_at",
        "rectified_at": "rectified_at",
        "closed_at": "closed_at",
        "reports": "report_count",
        "reworks": "rework_count",
        "reopenings": "reopen_count",
    },
    "area_path",
)


def exported_areas(area: str) -> Rows:
    """Areas from the top down; `area` is a code that limits them to a subtree, "" for all."""
    return _rows(Area.objects.order_by("path"), AREAS, area)


def exported_sites(area: str) -> Rows:
    """Sites by their codes."""
    return _rows(Site.objects.order_by("code"), SITES, area)


def exported_incidents(area: str) -> Rows:
    """Incidents as they were stored."""
    return _rows(Incident.objects.order_by("id"), INCIDENTS, area)


def exported_cases(area: str) -> Rows:
    """Cases as they were opened here: facts, no title, no address, no report."""
    return _rows(Case.objects.order_by("id"), CASES, area)


def exported_devices(area: str) -> Rows:
    """Devices by their names, as `anlan import devices` takes them; no password."""
    return _rows(Device.objects.order_by("name"), DEVICES, area)


def exported_queue(acting: Acting, filters: Filters, now: datetime) -> Iterator[Sequence[object]]:
    """The cases of a queue that this person may export, in its order, read piece by piece."""
    cases = chosen_cases(acting, filters, now).filter(scope_q(acting, Action.EXPORT))
    return cases.values_list(*CASES.columns.values()).iterator(CHUNK)


def _rows[Row: (Area, Site, Incident, Case, Device)](rows: QuerySet[Row], table: Exported, area: str) -> Rows:
    """The rows of a table below an area; raises Refused("area_unknown") at once. One query for the area."""
    if area:
        path = Area.objects.filter(code=area).values_list("path", flat=True).first()
        if path is None:
            raise Refused("area_unknown", code=area)
        rows = rows.filter(**{f"{table.path}__startswith": path})
    return Rows(rows.values_list(*table.columns.values()))
