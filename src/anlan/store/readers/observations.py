"""Readings as they were stored: whole spans for a file, and one series for a page."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import IO, cast

from django.db import connection
from psycopg import Cursor

from anlan.base.errors import Refused
from anlan.store.models import Area

HEADER = ("device", "property", "time", "value")

READINGS = """
SELECT device.name, property.code,
       to_char(observation.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), observation.value
FROM observation
JOIN store_series series ON series.id = observation.series
JOIN store_device device ON device.id = series.device_id
JOIN store_property property ON property.id = series.property_id
WHERE observation.at >= {first} AND observation.at < {last} AND device.area_path LIKE {area}
"""
"""Not sorted: what sorts must hold all of it first. One day (UTC) comes after the other."""


VALUES_AT = """
SELECT observation.series, observation.at, observation.value
FROM unnest(%(series)s::int[], %(at)s::timestamptz[]) AS wanted (series, at)
JOIN observation ON observation.series = wanted.series AND observation.at = wanted.at
AND observation.at >= %(floor)s::timestamptz
"""


def values_at(wanted: Sequence[tuple[int, datetime]]) -> dict[tuple[int, datetime], float]:
    """What is held of each series at each time; one query."""
    if not wanted:
        return {}
    series, at = map(list, zip(*wanted, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(VALUES_AT, {"series": series, "at": at, "floor": min(moment for _, moment in wanted)})
        return {(number, moment): value for number, moment, value in cursor}


def write_observations(
    out: IO[str],
    first: datetime | None,
    last: datetime | None,
    area: str = "",
    advance: Callable[[int], None] = lambda _lines: None,
) -> int:
    """Write the readings from `first` up to, not with, `last` as CSV; how many they are.

    Times are in UTC to the microsecond, values as many digits as are needed to read them back. `advance`
    hears how many more lines were written. Raises Refused("area_unknown").
    """
    query = f"COPY ({_readings(first, last, area)}) TO STDOUT (FORMAT csv)"
    out.write(",".join(HEADER) + "\r\n")
    count = 0
    with connection.cursor() as cursor, cast("Cursor", cursor.cursor).copy(query) as copy:
        for piece in copy:
            text = bytes(piece).decode()
            lines = text.count("\n")
            count += lines
            out.write(text.replace("\n", "\r\n"))
            advance(lines)
    return count


def guessed_observations(first: datetime | None, last: datetime | None, area: str = "") -> int:
    """About how many `write_observations` would write: what the planner thinks, for nobody counts billions.

    Raises Refused("area_unknown").
    """
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {_readings(first, last, area)}".replace("%", "%%"), [])
        plan = cursor.fetchone()[0]
    return int((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"])


def _readings(first: datetime | None, last: datetime | None, area: str) -> str:
    """The query; a COPY takes no parameters, so its values stand in it."""
    path = _path(area)
    with connection.cursor() as cursor:
        raw = cast("Cursor", cursor.cursor)
        return READINGS.format(
            first=_literal(raw, first or "-infinity"),
            last=_literal(raw, last or "infinity"),
            area=_literal(raw, f"{path}%"),
        )


def _literal(cursor: Cursor, value: object) -> str:
    from psycopg.sql import Literal

    return Literal(value).as_string(cursor)


def _path(area: str) -> str:
    if not area:
        return ""
    path = Area.objects.filter(code=area).values_list("path", flat=True).first()
    if path is None:
        raise Refused("area_unknown", code=area)
    return path
