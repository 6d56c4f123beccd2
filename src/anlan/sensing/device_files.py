"""Lists of devices as CSV files."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from anlan.base.tables import N_, Complaints, need_columns, read_table, records, refuse_unknown_columns
from anlan.places.cells import Cells
from anlan.places.terms import Crs
from anlan.sensing.terms import Lifecycle

NEEDED = ("device", "kind")
OPTIONAL = (
    *("name", "lat", "lng", "site", "area", "owner", "purpose", "legal_basis", "keeps_days"),
    *("state", "installed_on", "inspected_on", "gateway", "firmware"),
)
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
NAME_SHAPE = N_("1 to 64 letters, digits, - and _: it is the client id by which the device signs in")
CAMERA_WORDS = ("purpose", "legal_basis")


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device as a list has it: site, area and owner by their codes, None where the list says nothing.

    `lng` and `lat` are WGS-84 degrees, converted from `crs`.
    """

    file: str
    row: int
    name: str
    kind: str
    title: str | None = None
    lng: float | None = None
    lat: float | None = None
    crs: Crs = Crs.WGS84
    site: str | None = None
    area: str | None = None
    owner: str | None = None
    purpose: str | None = None
    legal_basis: str | None = None
    keeps_days: int | None = None
    state: Lifecycle | None = None
    installed_on: date | None = None
    inspected_on: date | None = None
    gateway: str | None = None
    firmware: str | None = None


def read_devices(
    file: str,
    lines: Iterable[str],
    complaints: Complaints,
    kinds: Mapping[str, bool],
    crs: Crs = Crs.WGS84,
    delimiter: str | None = None,
) -> list[DeviceRow]:
    """The devices of a CSV; `kinds` says of each known kind whether it is a camera.

    A receiver of satellites gives WGS-84, so that is what a point is unless `crs` says otherwise. Raises
    Refused("column_unknown"), Refused("columns_missing").
    """
    table = read_table(file, lines, complaints, delimiter)
    need_columns(table, NEEDED)
    refuse_unknown_columns(table, sorted({*NEEDED, *OPTIONAL}))
    rows: dict[str, DeviceRow] = {}
    for row, record in records(table, {name: name for name in table.header}):
        cells = Cells(file, row, record, complaints)
        device = _device(cells, kinds, crs)
        if device and device.name in rows:
            cells.wrong("device", N_("each device once; row %(row)s has it too"), row=rows[device.name].row)
        elif device:
            rows[device.name] = device
    return list(rows.values())


def _device(cells: Cells, kinds: Mapping[str, bool], crs: Crs) -> DeviceRow | None:
    name, kind = cells.record["device"], cells.record["kind"]
    if not NAME.match(name):
        cells.wrong("device", NAME_SHAPE)
    if kind not in kinds:
        cells.wrong("kind", N_("one of %(words)s"), words=", ".join(sorted(kinds)))
    lng, lat = cells.point("lng", "lat", crs) or (None, None)
    return DeviceRow(
        cells.file,
        cells.row,
        name,
        kind,
        cells.text("name", 200),
        lng,
        lat,
        crs,
        cells.text("site", 64),
        cells.text("area", 12),
        cells.text("owner", 32),
        cells.text("purpose", 200),
        cells.text("legal_basis", 200),
        _days(cells),
        _state(cells),
        cells.day("installed_on"),
        cells.day("inspected_on"),
        cells.text("gateway", 64),
        cells.text("firmware", 64),
    )


def _days(cells: Cells) -> int | None:
    text = cells.record.get("keeps_days", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= 3650 and len(text) < 9):
        cells.wrong("keeps_days", N_("whole days from 1 to 3650"))
        return None
    return int(text)


def _state(cells: Cells) -> Lifecycle | None:
    text = cells.record.get("state", "")
    try:
        return Lifecycle(text) if text else None
    except ValueError:
        cells.wrong("state", N_("one of %(words)s"), words=", ".join(Lifecycle))
        return None
