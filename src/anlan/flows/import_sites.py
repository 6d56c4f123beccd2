"""Somebody brings in a list of sites."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from anlan.base.tables import N_, Complaints
from anlan.flows.import_runs import FileRead, record_run, take_turn
from anlan.places.areas import current
from anlan.places.lookup import AreaIndex, Confidence
from anlan.places.site_files import SiteRow
from anlan.places.terms import within
from anlan.store.models import Area, Site, StaffEvent, Unit, User
from anlan.store.readers.places import area_index, known_areas

COMPARED = ("kind", "name", "area_id", "unit_id", "lng", "lat", "source_crs", "in_use", "attributes")
NOT_INSIDE = N_("a point inside %(area)s; it lies in %(found)s")


@dataclass(frozen=True, slots=True)
class SiteList:
    """What was read from a file, and what was wrong in it so far."""

    sites: Sequence[SiteRow] = ()
    files: Sequence[FileRead] = ()
    complaints: Complaints = field(default_factory=Complaints)


@dataclass(slots=True)
class SiteChanges:
    """What an import changes; `odd` holds rows that are taken but look wrong."""

    added: list[Site] = field(default_factory=list)
    changed: list[tuple[Site, dict[str, list[object]]]] = field(default_factory=list)
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


def preview_sites(site_list: SiteList) -> SiteChanges:
    """What an import would change; raises RowsRefused as the import does."""
    return _plan(site_list)


@transaction.atomic
def import_sites(*, acting_user: User | None, site_list: SiteList, now: datetime) -> SiteChanges:
    """Take a list of sites, whole or not at all; a site is known by its code.

    Raises RowsRefused with every bad row up to 100.
    """
    take_turn("sites")
    changes = _plan(site_list)
    Site.objects.bulk_create(changes.added, batch_size=1000)
    Site.objects.bulk_update(
        [site for site, _ in changes.changed], [*COMPARED, "area_path", "unit_path"], batch_size=500
    )
    StaffEvent.objects.bulk_create(
        StaffEvent(at=now, actor=acting_user, action="import", subject=f"site:{site.code}", changes=fields)
        for site, fields in changes.changed
    )
    record_run(
        "sites",
        acting_user=acting_user,
        files=site_list.files,
        started_at=now,
        now=now,
        counts=changes.counts(),
        odd=changes.odd.rows,
    )
    return changes


def _plan(site_list: SiteList) -> SiteChanges:
    found = _Found(site_list, area_index())
    changes = SiteChanges()
    codes = [row.code for row in site_list.sites]
    stored = Site.objects.select_related("area").in_bulk(codes, field_name="code")
    for row in site_list.sites:
        site = stored.get(row.code)
        area, unit = found.area(row, site, changes.odd), found.unit(row)
        if area:
            _sort(row, area, unit, site, changes)
    site_list.complaints.refuse_if_any()
    return changes


class _Found:
    """Areas and units that the rows name; what does not exist is said."""

    def __init__(self, site_list: SiteList, index: AreaIndex) -> None:
        self.complaints = site_list.complaints
        self.index = index
        self.known = known_areas()
        self.areas = {area.code: area for area in Area.objects.only("code", "path", "name", "in_use")}
        self.units = {unit.code: unit for unit in Unit.objects.only("code", "path")}

    def area(self, row: SiteRow, site: Site | None, odd: Complaints) -> Area | None:
        """The area that the row names, else the one the site has, else the one its point lies in."""
        inside = self._by_point(row)
        code = row.area or (site.area.code if site else inside)
        if code is None or code not in self.areas:
            right = N_("the code of a known area, or a point inside one that has a boundary")
            self.complaints.say(row.file, row.row, "area", row.area or "", right)
            return None
        area = self.areas[code]
        if not area.in_use:
            later = current(code, self.known)
            right = N_("an area in use; this one ended, look at %(later)s")
            self.complaints.say(row.file, row.row, "area", code, right, later=later)
        elif inside and not _agree(self.areas[inside].path, area.path):
            odd.say(row.file, row.row, "lng", f"{row.lng}, {row.lat}", NOT_INSIDE, area=code, found=inside)
        return area

    def unit(self, row: SiteRow) -> Unit | None:
        if row.unit and row.unit not in self.units:
            self.complaints.say(row.file, row.row, "unit", row.unit, N_("the code of a known unit"))
        return self.units.get(row.unit or "")

    def _by_point(self, row: SiteRow) -> str | None:
        if row.lng is None or row.lat is None:
            return None
        code, confidence = self.index.code_of(row.lng, row.lat)
        return code if confidence is not Confidence.UNKNOWN else None


def _agree(one: str, other: str) -> bool:
    return within(one, other) or within(other, one)


def _sort(row: SiteRow, area: Area, unit: Unit | None, site: Site | None, changes: SiteChanges) -> None:
    """Put a row under added, changed or unchanged."""
    if site is None:
        changes.added.append(_filled(Site(code=row.code, attributes={}), row, area, unit))
        return
    before = _values(site)
    after = _values(_filled(site, row, area, unit))
    if before == after:
        changes.unchanged += 1
        return
    fields = {name: [before[name], after[name]] for name in COMPARED if before[name] != after[name]}
    changes.changed.append((site, fields))


def _values(site: Site) -> Mapping[str, object]:
    return {name: getattr(site, name) for name in COMPARED}


def _filled(site: Site, row: SiteRow, area: Area, unit: Unit | None) -> Site:
    """The site with what the row says; what it leaves out stays."""
    site.kind, site.name = row.kind.value, row.name
    site.area, site.area_path = area, area.path
    if unit:
        site.unit, site.unit_path = unit, unit.path
    if row.lng is not None:
        site.lng, site.lat, site.source_crs = row.lng, row.lat, row.crs.value
    if row.in_use is not None:
        site.in_use = row.in_use
    site.attributes = {**site.attributes, **row.attributes}
    return site
