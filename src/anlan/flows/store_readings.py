"""Readings that are believed become rows, each once; what is not believed is kept aside and counted.

All here happens in the transaction of whoever calls. Several may do it at once: rows are written in one
order everywhere, so that none waits for another in a ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db import connection, transaction
from psycopg.errors import UniqueViolation

from anlan.base.when_used import when_used
from anlan.flows.judge_readings import NotNew
from anlan.sensing.rolling_up import DAY, HOUR, MINUTE, Found, RolledUp, newest, rolled_up, summed
from anlan.sensing.terms import QuarantineReason
from anlan.store.binary_arrays import array_of, moments_of, with_arrays
from anlan.store.binary_copy import HEADER, TRAILER, Varying, pack, timestamps
from anlan.store.models import Quarantined
from anlan.store.observation_days import part_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from psycopg import Cursor
else:
    np = when_used("numpy")

KEPT_AT_ONCE = 200
KEPT_OF_A_DEVICE = 20
"""What is not believed is kept as it came up to so many at once; all is counted."""


@dataclass(frozen=True, slots=True)
class NotBelieved:
    """A reading that is not stored: device and property as they call themselves, what came, why."""

    device: str
    property: str
    said: str
    reason: QuarantineReason


def days_of(at: NDArray[np.int64]) -> list[date]:
    """The days (UTC) in which moments (microseconds since 1970) lie."""
    return [date(1970, 1, 1) + timedelta(days=int(day)) for day in np.unique(at // DAY)]


def store_found(found: Found, now: datetime) -> Found:
    """Store readings that are in order, newest values and roll-ups; those of them that were new."""
    new = insert(found)
    sum_up(new, now)
    return new


def insert(found: Found) -> Found:
    """Store readings that are in order; those of them that were new."""
    if not len(found.at):
        return found
    try:
        with transaction.atomic():
            _copy(found)
    except UniqueViolation:
        return _inserted(found)
    return found


def copy_new(found: Found) -> None:
    """Store readings that are in order. Raises NotNew when one of them was there already."""
    if not len(found.at):
        return
    try:
        _copy(found)
    except UniqueViolation as error:
        raise NotNew from error


def _copy(found: Found) -> None:
    """Copy readings straight into their table. Raises UniqueViolation."""
    days = days_of(found.at[[found.at.argmin(), found.at.argmax()]])
    table = part_of("observation", days[0]) if len(days) == 1 else "observation"
    columns = [Varying(found.series), timestamps(found.at), Varying(found.value)]
    with (
        _cursor() as cursor,
        cursor.copy(f"COPY {table} (series, at, value) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.write(HEADER + pack(columns, len(found.at)) + TRAILER)


NEW = """
INSERT INTO observation (series, at, value)
SELECT * FROM unnest(%(series)s::integer[], %(at)s::timestamptz[], %(value)s::double precision[])
ON CONFLICT DO NOTHING
RETURNING series, (extract(epoch FROM at) * 1000000)::bigint, value
"""


def _inserted(found: Found) -> Found:
    """Store readings of which some are there; those that were not."""
    columns = {
        "series": array_of(found.series),
        "at": moments_of(found.at),
        "value": array_of(found.value),
    }
    with with_arrays(NEW, columns) as cursor:
        rows = cursor.fetchall()
    series, at, value = zip(*rows, strict=True) if rows else ((), (), ())
    return Found(np.array(series, np.int32), np.array(at, np.int64), np.array(value, np.float64))


SUMS = """
WITH sums AS MATERIALIZED (
    SELECT * FROM unnest(
        %(span)s::smallint[], %(series)s::integer[], %(at)s::timestamptz[], %(count)s::integer[],
        %(sum)s::double precision[], %(low)s::double precision[], %(high)s::double precision[]
    ) AS each (span, series, at, count, sum, low, high)
), latest AS (
    INSERT INTO latest_value AS known (series, at, value, received_at)
    SELECT series, at, sum, %(now)s FROM sums WHERE span = 0
    ON CONFLICT (series) DO UPDATE
    SET at = excluded.at, value = excluded.value, received_at = excluded.received_at
    WHERE excluded.at > known.at
)
"""
ROLL_UP = """{name} AS (
    INSERT INTO observation_{name} AS known (series, at, count, sum, low, high)
    SELECT series, at, count, sum, low, high FROM sums WHERE span = {span}
    ON CONFLICT (series, at) DO UPDATE
    SET count = known.count + excluded.count, sum = known.sum + excluded.sum,
        low = least(known.low, excluded.low), high = greatest(known.high, excluded.high)
)"""
SPANS = ((1, "minute"), (2, "hour"), (3, "day"))
SUM_UP = ", ".join([SUMS, *(ROLL_UP.format(name=name, span=span) for span, name in SPANS)]) + " SELECT"


def sum_up(new: Found, now: datetime) -> None:
    """Write newest values and roll-ups, once for all of the readings and in one statement."""
    if not len(new.at):
        return
    minutes = rolled_up(new, MINUTE)
    hours = summed(minutes, HOUR)
    last = newest(new)
    ones = np.ones(len(last.at), np.int32)
    sums = (
        RolledUp(last.series, last.at, ones, last.value, last.value, last.value),
        *(minutes, hours, summed(hours, DAY)),
    )
    spans = np.repeat(np.arange(len(sums), dtype=np.int16), [len(each.at) for each in sums])
    columns = {
        name: np.concatenate([getattr(each, name) for each in sums])
        for name in ("series", "at", "count", "sum", "low", "high")
    }
    at = moments_of(columns.pop("at"))
    arrays = {name: array_of(column) for name, column in columns.items()}
    with_arrays(SUM_UP, {"span": array_of(spans), "at": at, **arrays, "now": now}).close()


def _cursor() -> Cursor[Any]:
    """A cursor of psycopg's own on Django's connection: in its transaction, without its notes."""
    connection.ensure_connection()
    return cast("Cursor[Any]", connection.connection.cursor())


COUNT = """
INSERT INTO quarantine_count AS known (device, day, reason, count)
SELECT * FROM unnest(%s::text[], %s::date[], %s::text[], %s::bigint[])
ON CONFLICT (device, day, reason) DO UPDATE SET count = known.count + excluded.count
"""


def keep_aside(refused: Iterable[NotBelieved], now: datetime) -> dict[QuarantineReason, int]:
    """Count what was not believed by device and reason, and keep some of it; how many by reason."""
    rows: list[NotBelieved] = []
    kept: dict[str, int] = {}
    counts: dict[tuple[str, QuarantineReason], int] = {}
    for each in refused:
        key = each.device, each.reason
        counts[key] = counts.get(key, 0) + 1
        if len(rows) < KEPT_AT_ONCE and kept.get(each.device, 0) < KEPT_OF_A_DEVICE:
            kept[each.device] = kept.get(each.device, 0) + 1
            rows.append(each)
    if not counts:
        return {}
    _keep(rows, now)
    _count(counts, now)
    totals: dict[QuarantineReason, int] = {}
    for (_device, reason), number in counts.items():
        totals[reason] = totals.get(reason, 0) + number
    return totals


def _keep(rows: Sequence[NotBelieved], now: datetime) -> None:
    Quarantined.objects.bulk_create(
        Quarantined(
            device=each.device,
            property=each.property,
            payload=each.said[:500].replace("\0", ""),
            reason=each.reason,
            received_at=now,
        )
        for each in rows
    )


def _count(counts: dict[tuple[str, QuarantineReason], int], now: datetime) -> None:
    keys = sorted(counts)
    columns: list[Any] = [
        [device for device, _ in keys],
        [now.astimezone(UTC).date()] * len(keys),
        [reason for _, reason in keys],
        [counts[key] for key in keys],
    ]
    with connection.cursor() as cursor:
        cursor.execute(COUNT, columns)
