"""Lists of incidents as CSV files, millions of rows, read in blocks of arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from itertools import batched
from typing import TYPE_CHECKING

from anlan.base.errors import Refused
from anlan.base.tables import N_, Complaints, Table
from anlan.base.when_used import when_used
from anlan.outcomes.local_times import LocalTimes, Zoned
from anlan.places.coordinates import on_mainland, to_wgs84
from anlan.places.terms import Crs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

DATE_ORDERS = ("iso", "ymd", "mdy", "dmy")
FIELDS = ("date", "time", "lng", "lat", "injured", "killed")
NEEDED = ("date",)
MOST_COUNTED = 1_000_000
BLOCK_ROWS = 20_000
DAY_S = 86_400
A_DAY = N_("a day such as 2026-11-02")

type Floats = NDArray[np.float64]
type Counts = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class IncidentMapping:
    """How a file is to be read: which column gives which of FIELDS, and its clock and coordinates."""

    zone: str
    columns: Mapping[str, str] = field(default_factory=dict)  # a field's column, where the names differ
    date_order: str = "iso"  # or the order of the parts: "mdy", "dmy", "ymd"
    crs: Crs | None = None
    delimiter: str | None = None


@dataclass(frozen=True, slots=True)
class IncidentBlock:
    """Rows as arrays of one length: `at` is microseconds since 1970 UTC; `lng` and `lat` WGS-84 or NaN."""

    at: NDArray[np.int64]
    lng: Floats
    lat: Floats
    injured: Counts
    killed: Counts
    zoned: Zoned

    @property
    def without_place(self) -> int:
        """Rows whose source had no place."""
        return int(np.isnan(self.lng).sum())


def read_incidents(
    table: Table, mapping: IncidentMapping, complaints: Complaints, block_rows: int = BLOCK_ROWS
) -> Iterator[IncidentBlock]:
    """Blocks of a table; a wrong cell goes to `complaints`, and its row's block must not be kept.

    Raises Refused("columns_missing"), Refused("time_zone_unknown"), Refused("crs_missing") for points on the
    mainland of China whose coordinate system is not named.
    """
    places = _places(table, mapping)
    reading = _Reading(table.file, complaints, mapping)
    for rows in batched(table.rows, block_rows):
        yield reading.block([row for row, _ in rows], [cells for _, cells in rows], places)


def _places(table: Table, mapping: IncidentMapping) -> dict[str, int]:
    """field -> position in a row."""
    unknown = sorted(set(mapping.columns) - set(FIELDS))
    if unknown:
        raise Refused("field_unknown", unknown=unknown, known=FIELDS)
    columns = {name: mapping.columns.get(name, name) for name in FIELDS}
    asked = [columns[name] for name in FIELDS if name in mapping.columns or name in NEEDED]
    missing = [column for column in asked if column not in table.header]
    if missing or (columns["lng"] in table.header) != (columns["lat"] in table.header):
        missing = missing or [columns["lng"], columns["lat"]]
        raise Refused("columns_missing", file=table.file, missing=missing, found=list(table.header))
    return {name: table.header.index(column) for name, column in columns.items() if column in table.header}


class _Reading:
    """What is learned once for a file: the days, times and offsets already seen."""

    def __init__(self, file: str, complaints: Complaints, mapping: IncidentMapping) -> None:
        self.file = file
        self.complaints = complaints
        self.mapping = mapping
        self.local_times = LocalTimes(mapping.zone)
        self.days: dict[str, int | None] = {}
        self.seconds: dict[str, int | None] = {"": 0}

    def block(
        self, numbers: Sequence[int], rows: list[list[str]], places: Mapping[str, int]
    ) -> IncidentBlock:
        cells = {name: [row[place] for row in rows] for name, place in places.items()}
        if "time" not in cells:  # date and time in one column
            cells["time"] = [_after_day(cell) for cell in cells["date"]]
            cells["date"] = [
                cell.removesuffix(late)[:-1] if late else cell
                for cell, late in zip(cells["date"], cells["time"], strict=True)
            ]

        def column[T](name: str, read: Callable[[str], T | None], right: str, instead: T) -> list[T]:
            return self.column(numbers, cells, name, read, right, instead)

        days = column("date", self.day, A_DAY, 0)
        seconds = column("time", self.second, N_("a time such as 9:30"), 0)
        lng = column("lng", _degrees(180), N_("degrees from -180 to 180, or an empty cell"), math.nan)
        lat = column("lat", _degrees(90), N_("degrees from -90 to 90, or an empty cell"), math.nan)
        injured = column("injured", _count, N_("a whole number from 0"), 0)
        killed = column("killed", _count, N_("a whole number from 0"), 0)
        zoned = self.local_times.to_utc(np.array(days, np.int64) * DAY_S + np.array(seconds, np.int64))
        x, y = self.points(np.array(lng, np.float64), np.array(lat, np.float64))
        at = zoned.at * 1_000_000
        return IncidentBlock(at, x, y, np.array(injured, np.int32), np.array(killed, np.int32), zoned)

    def column[T](
        self,
        numbers: Sequence[int],
        cells: Mapping[str, list[str]],
        name: str,
        read: Callable[[str], T | None],
        right: str,
        instead: T,
    ) -> list[T]:
        """The values of one column; cells that `read` answers with None are said."""
        if name not in cells:
            return [instead] * len(numbers)
        values = [read(cell) for cell in cells[name]]
        if None not in values:
            return values  # type: ignore[return-value]
        for row, cell, value in zip(numbers, cells[name], values, strict=True):
            if value is None:
                self.complaints.say(self.file, row, self.mapping.columns.get(name, name), cell, right)
        return [instead if value is None else value for value in values]

    def day(self, cell: str) -> int | None:
        if cell not in self.days:
            self.days[cell] = _day(cell.strip(), self.mapping.date_order)
        return self.days[cell]

    def second(self, cell: str) -> int | None:
        if cell not in self.seconds:
            self.seconds[cell] = _second(cell.strip())
        return self.seconds[cell]

    def points(self, lng: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """WGS-84; half a place is none, and neither is 0/0, which systems write for "unknown"."""
        nowhere = np.isnan(lng) | np.isnan(lat) | ((lng == 0) & (lat == 0))
        lng, lat = np.where(nowhere, np.nan, lng), np.where(nowhere, np.nan, lat)
        if self.mapping.crs is None and on_mainland(lng, lat).any():
            raise Refused("crs_missing", file=self.file, columns=["lng", "lat"])
        return to_wgs84(lng, lat, self.mapping.crs or Crs.WGS84)


EPOCH_DAY = date(1970, 1, 1).toordinal()


def _day(text: str, order: str) -> int | None:
    """Days since 1970, from 1900 to 2100."""
    try:
        day = date.fromisoformat(text) if order == "iso" else _day_of_parts(text, order)
    except (ValueError, KeyError):
        return None
    return day.toordinal() - EPOCH_DAY if 1900 <= day.year <= 2100 else None


def _day_of_parts(text: str, order: str) -> date:
    parts = text.replace("/", "-").replace(".", "-").split("-")
    said = dict(zip(order, map(int, parts), strict=True))
    return date(said["y"], said["m"], said["d"])


def _after_day(cell: str) -> str:
    """The time in "2026-11-02 09:30" or "2026-11-02T09:30"; "" when there is none."""
    return cell.strip().replace("T", " ").partition(" ")[2]


def _second(text: str) -> int | None:
    """Seconds since midnight of "9:30", "09:30" or "09:30:15"."""
    hour, colon, rest = text.partition(":")
    try:
        clock = time.fromisoformat(f"{hour.zfill(2)}{colon}{rest}")
    except ValueError:
        return None
    if clock.tzinfo is not None:
        return None
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def _degrees(limit: float) -> Callable[[str], float | None]:
    def read(cell: str) -> float | None:
        try:
            number = float(cell)
        except ValueError:
            return None if cell.strip() else math.nan
        return number if -limit <= number <= limit else None

    return read


def _count(cell: str) -> int | None:
    try:
        number = int(cell)
    except ValueError:
        return None if cell.strip() else 0
    return number if 0 <= number <= MOST_COUNTED else None
