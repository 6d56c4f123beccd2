"""Lists of sites as CSV files."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from anlan.base.tables import N_, Complaints, need_columns, read_table, records, refuse_unknown_columns
from anlan.places.area_files import POINT_COLUMNS, point_columns
from anlan.places.areas import CODE_SHAPE, canonical_code
from anlan.places.attributes import ALL_NAMES, ATTRIBUTES, Measure
from anlan.places.cells import Cells
from anlan.places.terms import Crs, SiteKind

NEEDED = ("code", "kind", "name")
OPTIONAL = ("area", "unit", "in_use")
YES = frozenset({"yes", "true", "1", "是", "在用"})
NO = frozenset({"no", "false", "0", "否", "停用"})


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One site as a list has it: area and unit by their codes, None where the list says nothing.

    `lng` and `lat` are WGS-84 degrees, converted from `crs`.
    """

    file: str
    row: int
    code: str
    kind: SiteKind
    name: str
    area: str | None = None
    unit: str | None = None
    lng: float | None = None
    lat: float | None = None
    crs: Crs = Crs.WGS84
    in_use: bool | None = None
    attributes: dict[str, object] = field(default_factory=dict)


def read_sites(
    file: str,
    lines: Iterable[str],
    complaints: Complaints,
    crs: Crs | None = None,
    delimiter: str | None = None,
) -> list[SiteRow]:
    """The sites of a CSV with code, kind, name; and area, unit, in_use, a point, attributes of the kind.

    Raises Refused("column_unknown"), Refused("columns_missing"), Refused("crs_missing").
    """
    table = read_table(file, lines, complaints, delimiter)
    need_columns(table, NEEDED)
    point = point_columns(table, crs)
    refuse_unknown_columns(
        table, sorted({*NEEDED, *OPTIONAL, *ALL_NAMES, *(name for pair in POINT_COLUMNS for name in pair)})
    )
    rows: dict[str, SiteRow] = {}
    for row, record in records(table, {name: name for name in table.header}):
        cells = Cells(file, row, record, complaints)
        site = _site(cells, point)
        if site and site.code in rows:
            cells.wrong("code", N_("each code once; row %(row)s has it too"), row=rows[site.code].row)
        elif site:
            rows[site.code] = site
    return list(rows.values())


def _site(cells: Cells, point: tuple[str, str, Crs] | None) -> SiteRow | None:
    code, name, kind = cells.text("code", 64), cells.text("name", 200), _kind(cells)
    for column in ("code", "name"):
        if not cells.record[column]:
            cells.wrong(column, N_("not empty"))
    place = cells.point(*point) if point else None
    area, in_use = _area(cells), _yes_no(cells, "in_use")
    attributes = _attributes(cells, kind) if kind else {}
    if not (code and name and kind) or (cells.record.get("area") and area is None):
        return None
    lng, lat = place or (None, None)
    crs = point[2] if point else Crs.WGS84
    unit = cells.text("unit", 32)
    return SiteRow(cells.file, cells.row, code, kind, name, area, unit, lng, lat, crs, in_use, attributes)


def _kind(cells: Cells) -> SiteKind | None:
    try:
        return SiteKind(cells.record["kind"])
    except ValueError:
        cells.wrong("kind", N_("one of %(words)s"), words=", ".join(SiteKind))
        return None


def _area(cells: Cells) -> str | None:
    text = cells.record.get("area", "")
    code = canonical_code(text)
    if text and code is None:
        cells.wrong("area", CODE_SHAPE)
    return code


def _yes_no(cells: Cells, column: str) -> bool | None:
    text = cells.record.get(column, "").lower()
    if text and text not in YES | NO:
        cells.wrong(column, N_("yes or no"))
    return text in YES if text in YES | NO else None


def _attributes(cells: Cells, kind: SiteKind) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in ALL_NAMES:
        if not cells.record.get(name):
            continue
        measure = ATTRIBUTES[kind].get(name)
        if measure is None:
            cells.wrong(
                name, N_("an empty cell: a site of the kind %(kind)s has no such attribute"), kind=kind
            )
        elif (value := _measured(cells, name, measure)) is not None:
            found[name] = value
    return found


def _measured(cells: Cells, name: str, measure: Measure) -> object:
    if measure is Measure.YES_NO:
        return _yes_no(cells, name)
    if measure is Measure.WORDS:
        return cells.text(name, 200)
    number = cells.number(name)
    if number is None:
        return None
    if number < 0 or (measure is Measure.COUNT and number != int(number)):
        cells.wrong(name, N_("a whole number from 0") if measure is Measure.COUNT else N_("a number from 0"))
        return None
    return int(number) if measure is Measure.COUNT else number
