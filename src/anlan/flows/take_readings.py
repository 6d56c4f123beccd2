"""A batch of readings becomes rows: all of it and its place in the stream in one transaction, each once.

The database alone knows how far a stream was read. Whoever reads on begins there, so what was stored is not
read again, and what was not is; a reading that comes twice meets its own key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db import connection, transaction

from anlan.base.errors import Conflict
from anlan.base.when_used import when_used
from anlan.flows.judge_readings import judge_readings
from anlan.sensing.believing_many import REASONS, faults
from anlan.sensing.messages import MICROSECONDS, readings_of
from anlan.sensing.terms import QuarantineReason
from anlan.store.binary_copy import HEADER, TRAILER, Varying, pack, timestamps
from anlan.store.models import IngestOffset, Quarantined
from anlan.store.observation_days import make_days
from anlan.store.readers.series import SeriesTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

if TYPE_CHECKING:
    from psycopg import Cursor

KEPT_OF_A_BATCH = 200
"""Readings of one batch that are kept as they came when they are not believed; all are counted."""


@dataclass(frozen=True)
class Batch:
    """Messages of one stream in their order; subjects are `d.DEVICE.PROPERTY`, `last` the last number."""

    stream: str
    after: int
    last: int
    subjects: Sequence[bytes]
    payloads: Sequence[bytes]


@dataclass(frozen=True)
class Stored:
    """What became of a batch."""

    taken: int
    new: int
    refused: Mapping[QuarantineReason, int] = field(default_factory=dict)


def offset_of(stream: str) -> int:
    """The number of the last message of a stream that is stored."""
    row = IngestOffset.objects.filter(stream=stream).first()
    return 0 if row is None else row.sequence


def keep_listening(*, acting_user: None, streams: Sequence[str], now: datetime) -> None:
    """Keep that the streams are read, though nothing came."""
    IngestOffset.objects.filter(stream__in=streams).update(at=now)


def take_readings(*, acting_user: None, batch: Batch, known: SeriesTable, now: datetime) -> Stored:
    """Store a batch. Raises Conflict when the stream was read further by somebody else."""
    found, refused = _sorted_out(batch, known, now)
    make_days(_days(found.at))
    with transaction.atomic():
        _move_on(batch, now)
        judge_readings(found.series, found.at, found.value, now, known.rules.rules())
        new = _store(found, now)
        _keep_refused(batch, refused, now)
    counts: dict[QuarantineReason, int] = {}
    for reason in refused.values():
        counts[reason] = counts.get(reason, 0) + 1
    return Stored(len(batch.payloads), new, counts)


@dataclass(frozen=True)
class _Found:
    series: NDArray[np.int32]
    at: NDArray[np.int64]
    value: NDArray[np.float64]


def _sorted_out(
    batch: Batch, known: SeriesTable, now: datetime
) -> tuple[_Found, dict[int, QuarantineReason]]:
    """The readings to store, and by their place in the batch those that are not, with the reason."""
    readings, rejected = readings_of(batch.payloads)
    refused = {each.index: each.reason for each in rejected}
    series, low, high = known.look_up([batch.subjects[place] for place in readings.index])
    wrong = faults(readings.at, readings.value, low, high, int(now.timestamp() * MICROSECONDS))
    for place in np.flatnonzero((series >= 0) & (wrong > 0)):
        refused[int(readings.index[place])] = REASONS[wrong[place]] or QuarantineReason.MALFORMED
    strange = [int(readings.index[place]) for place in np.flatnonzero(series < 0)]
    why = known.why_unknown(batch.subjects[index] for index in strange)
    refused |= {index: why[batch.subjects[index]] for index in strange}
    fine = (series >= 0) & (wrong == 0)
    return _Found(series[fine], readings.at[fine], readings.value[fine]), refused


def _days(at: NDArray[np.int64]) -> list[date]:
    days = np.unique(at // (86_400 * MICROSECONDS))
    return [date(1970, 1, 1) + timedelta(days=int(day)) for day in days]


MOVE_ON = """
INSERT INTO ingest_offset AS known (stream, sequence, at) VALUES (%(stream)s, %(last)s, %(now)s)
ON CONFLICT (stream) DO UPDATE SET sequence = excluded.sequence, at = excluded.at
WHERE known.sequence = %(after)s
"""


def _move_on(batch: Batch, now: datetime) -> None:
    """Take the stream's place; whoever comes second finds it moved. Raises Conflict."""
    with connection.cursor() as cursor:
        cursor.execute(
            MOVE_ON, {"stream": batch.stream, "last": batch.last, "after": batch.after, "now": now}
        )
        if cursor.rowcount != 1:
            raise Conflict


STAGING = """
CREATE TEMPORARY TABLE IF NOT EXISTS staged_reading (series integer, at timestamptz, value double precision)
ON COMMIT DELETE ROWS
"""
ROLL_UP = """
, by_{span} AS (
    INSERT INTO observation_{span} AS known (series, at, count, sum, low, high)
    SELECT series, date_trunc('{span}', at, 'UTC'), count(*), sum(value), min(value), max(value)
    FROM new GROUP BY 1, 2
    ON CONFLICT (series, at) DO UPDATE
    SET count = known.count + excluded.count, sum = known.sum + excluded.sum,
        low = least(known.low, excluded.low), high = greatest(known.high, excluded.high)
)
"""
STORE = f"""
WITH new AS (
    INSERT INTO observation (series, at, value) SELECT series, at, value FROM staged_reading
    ON CONFLICT DO NOTHING RETURNING series, at, value
), latest AS (
    INSERT INTO latest_value AS known (series, at, value, received_at)
    SELECT DISTINCT ON (series) series, at, value, %(now)s FROM new ORDER BY series, at DESC
    ON CONFLICT (series) DO UPDATE
    SET at = excluded.at, value = excluded.value, received_at = excluded.received_at
    WHERE excluded.at > known.at
)
{"".join(ROLL_UP.format(span=span) for span in ("minute", "hour", "day"))}
SELECT count(*) FROM new
"""


def _store(found: _Found, now: datetime) -> int:
    """Store readings, the newest values and the roll-ups; how many were new."""
    if not len(found.series):
        return 0
    columns = [Varying(found.series), timestamps(found.at), Varying(found.value)]
    data = HEADER + pack(columns, len(found.series)) + TRAILER
    with connection.cursor() as cursor:
        cursor.execute(STAGING)
        inner = cast("Cursor[Any]", cursor.cursor)
        with inner.copy("COPY staged_reading FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(data)
        cursor.execute(STORE, {"now": now})
        return int(cursor.fetchone()[0])


COUNT = """
INSERT INTO quarantine_count AS known (device, day, reason, count)
SELECT * FROM unnest(%s::text[], %s::date[], %s::text[], %s::bigint[])
ON CONFLICT (device, day, reason) DO UPDATE SET count = known.count + excluded.count
"""


def _keep_refused(batch: Batch, refused: Mapping[int, QuarantineReason], now: datetime) -> None:
    """Count what was not believed by device and reason, and keep some of it as it came."""
    if not refused:
        return
    rows: list[Quarantined] = []
    counts: dict[tuple[str, QuarantineReason], int] = {}
    for index, reason in sorted(refused.items()):
        device, name = names_in(batch.subjects[index])
        counts[device, reason] = counts.get((device, reason), 0) + 1
        if len(rows) < KEPT_OF_A_BATCH:
            said = batch.payloads[index][:500].decode(errors="replace").replace("\0", "")[:500]
            rows.append(
                Quarantined(device=device, property=name, payload=said, reason=reason, received_at=now)
            )
    Quarantined.objects.bulk_create(rows)
    day = now.astimezone(UTC).date()
    keys = sorted(counts)
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT,
            [
                [device for device, _ in keys],
                [day] * len(keys),
                [reason for _, reason in keys],
                [counts[key] for key in keys],
            ],
        )


def names_in(subject: bytes) -> tuple[str, str]:
    """Device and property of a subject `d.DEVICE.PROPERTY`, as they call themselves."""
    _d, _dot, rest = subject.partition(b".")
    device, _dot, name = rest.partition(b".")
    return device.decode(errors="replace")[:64], name.decode(errors="replace")[:64]
