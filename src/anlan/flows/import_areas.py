"""Somebody brings in a list of areas, their boundaries, or both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from anlan.base.tables import N_, Complaints
from anlan.flows.import_runs import FileRead, record_run, take_turn
from anlan.flows.staff_history import take_turns
from anlan.flows.turn_areas import turn_areas
from anlan.places.areas import (
    AreaChange,
    AreaRow,
    ChangeSet,
    ListedArea,
    check_tree,
    compare,
    current,
    in_use_on,
    merge_rows,
    parent_code,
    path_of,
    with_cities,
)
from anlan.places.boundary_files import add_boundaries
from anlan.places.terms import Level
from anlan.store.models import Area, StaffEvent, User
from anlan.store.readers.managed import with_something_in
from anlan.store.readers.places import known_areas


@dataclass(frozen=True, slots=True)
class AreaList:
    """What was read from the files, and what was wrong in them so far."""

    areas: Sequence[ListedArea] = ()
    boundaries: Sequence[ListedArea] = ()
    files: Sequence[FileRead] = ()
    source: str = ""
    city_name: str | None = None
    close_missing: date | None = None
    complaints: Complaints = field(default_factory=Complaints)


def preview_areas(area_list: AreaList, now: datetime) -> ChangeSet:
    """What an import at `now` would change; raises RowsRefused as the import does."""
    return _plan(area_list, timezone.localdate(now))


@transaction.atomic
def import_areas(*, acting_user: User | None, area_list: AreaList, now: datetime) -> ChangeSet:
    """Take a list of areas, whole or not at all; taken again it changes nothing.

    Raises RowsRefused with every bad row up to 100.
    """
    take_turn("areas")
    take_turns()
    today = timezone.localdate(now)
    changes = _plan(area_list, today)
    _add(changes.added, area_list.source, today)
    _change((*changes.changed, *changes.closed), area_list.source)
    _link_successors(changes)
    StaffEvent.objects.bulk_create(
        [_event(change, acting_user, now) for change in (*changes.changed, *changes.closed)]
    )
    turn_areas(acting_user=acting_user, now=now)
    record_run(
        "areas",
        acting_user=acting_user,
        files=area_list.files,
        started_at=now,
        now=now,
        counts=changes.counts(),
    )
    return changes


def _plan(area_list: AreaList, today: date) -> ChangeSet:
    known, complaints = known_areas(), area_list.complaints
    listed = merge_rows(area_list.areas, complaints)
    listed = with_cities(listed, known, area_list.city_name)
    listed = add_boundaries(listed, area_list.boundaries, known, complaints)
    check_tree(listed, known, complaints)
    complaints.refuse_if_any()
    changes = compare([one.area for one in listed.values()], known, area_list.close_missing)
    _check_left_alone(changes, listed, known, today, complaints)
    complaints.refuse_if_any()
    return changes


def _check_left_alone(
    changes: ChangeSet,
    listed: Mapping[str, ListedArea],
    known: Mapping[str, AreaRow],
    today: date,
    complaints: Complaints,
) -> None:
    """Say each area that would end by today with something in it and nothing in use to follow it."""
    after = dict(known) | {area.code: area for area in changes.added}
    after |= {change.area.code: change.area for change in (*changes.changed, *changes.closed)}
    over = [code for code, area in after.items() if area.valid_to is not None and area.valid_to < today]
    for code in sorted(with_something_in(over)):
        follows = after[current(code, after)]
        if in_use_on(today, follows.valid_from, follows.valid_to):
            continue
        where = listed.get(code)
        complaints.say(
            where.file if where else "--close-missing",
            where.row if where else 0,
            "successor",
            after[code].successor or code,
            N_("an area in use: units, roles, sites, devices or open cases of %(code)s go on there"),
            code=code,
        )


def _add(areas: Sequence[AreaRow], source: str, today: date) -> None:
    """Level by level, since a row needs the id of its parent."""
    for level in Level:
        rows = [area for area in areas if area.level is level]
        ids = _ids({above for area in rows if (above := parent_code(area.code))})
        Area.objects.bulk_create([_new(area, ids, source, today) for area in rows], batch_size=1000)


def _new(area: AreaRow, ids: Mapping[str, int], source: str, today: date) -> Area:
    above = parent_code(area.code)
    stored = Area(
        code=area.code,
        level=area.level,
        path=path_of(area.code),
        parent_id=ids[above] if above else None,
        in_use=in_use_on(today, area.valid_from, area.valid_to),
    )
    _fill(stored, area, source)
    return stored


def _fill(stored: Area, area: AreaRow, source: str) -> None:
    """All columns but those that the code says; the successor is linked when all rows are there."""
    stored.name = area.name or ""
    stored.kind = area.kind or ""
    stored.lng, stored.lat = area.lng, area.lat
    stored.valid_from, stored.valid_to = area.valid_from, area.valid_to
    stored.boundary = area.boundary
    stored.boundary_crs = area.boundary_crs or ""
    stored.source = source[:100]


FILLED = (
    "name",
    "kind",
    "lng",
    "lat",
    "valid_from",
    "valid_to",
    "boundary",
    "boundary_crs",
    "source",
)


def _change(changes: Sequence[AreaChange], source: str) -> None:
    stored = Area.objects.in_bulk([change.area.code for change in changes], field_name="code")
    for change in changes:
        _fill(stored[change.area.code], change.area, source)
    Area.objects.bulk_update(stored.values(), FILLED, batch_size=500)


def _link_successors(changes: ChangeSet) -> None:
    later = {area.code: area.successor for area in changes.added if area.successor}
    later |= {
        change.area.code: change.area.successor
        for change in (*changes.changed, *changes.closed)
        if change.area.successor
    }
    ids = _ids(set(later.values()))
    stored = Area.objects.in_bulk(list(later), field_name="code")
    for code, successor in later.items():
        stored[code].successor_id = ids[successor]
    Area.objects.bulk_update(stored.values(), ["successor"], batch_size=500)


def _ids(codes: set[str]) -> dict[str, int]:
    return dict(Area.objects.filter(code__in=codes).values_list("code", "id"))


def _event(change: AreaChange, acting_user: User | None, now: datetime) -> StaffEvent:
    fields = {name: [_shown(value) for value in pair] for name, pair in change.fields.items()}
    return StaffEvent(
        at=now, actor=acting_user, action="import", subject=f"area:{change.area.code}", changes=fields
    )


def _shown(value: object) -> object:
    """A value as JSON can hold it; of a boundary only its size."""
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return value if isinstance(value, str | float | None) else str(value)
