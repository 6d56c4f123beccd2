"""How far each stream was read: the database alone knows, and moves it together with the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from anlan.base.errors import Conflict
from anlan.store.models import IngestOffset


@dataclass(frozen=True)
class Move:
    """How far a stream is read by a batch: from behind number `after` to `last`."""

    stream: str
    after: int
    last: int


def offset_of(stream: str) -> int:
    """The number of the last message of a stream that is stored."""
    row = IngestOffset.objects.filter(stream=stream).first()
    return 0 if row is None else row.sequence


def begin_stream(*, acting_user: None, stream: str, identity: str, now: datetime) -> int:
    """The number of the last message that is stored of the stream that was made at `identity`.

    A stream that was made anew counts from one again, so what was kept of another says nothing: all of it
    is read, and what was stored before meets its own key.
    """
    row, _made = IngestOffset.objects.get_or_create(
        stream=stream, defaults={"sequence": 0, "identity": identity, "at": now}
    )
    if row.identity != identity:
        known_before = row.identity == ""  # of an earlier release, which did not keep it
        row.sequence = row.sequence if known_before else 0
        row.identity = identity
        row.save(update_fields=["sequence", "identity"])
    return row.sequence


def keep_listening(*, acting_user: None, streams: Sequence[str], now: datetime) -> None:
    """Keep that the streams are read, though nothing came."""
    IngestOffset.objects.filter(stream__in=streams).update(at=now)


MOVE_ON = """
WITH moves AS (
    SELECT * FROM unnest(%(streams)s::text[], %(after)s::bigint[], %(last)s::bigint[])
    AS each (stream, after, last)
)
INSERT INTO ingest_offset AS known (stream, sequence, at, identity)
SELECT stream, last, %(now)s, '' FROM moves ORDER BY stream
ON CONFLICT (stream) DO UPDATE SET sequence = excluded.sequence, at = excluded.at
WHERE known.sequence = (SELECT after FROM moves WHERE moves.stream = known.stream)
"""


def move_on(moves: Sequence[Move], now: datetime) -> None:
    """Take the places of streams; whoever comes second finds one moved. Raises Conflict."""
    asked: dict[str, list[str] | list[int] | datetime] = {
        "streams": [each.stream for each in moves],
        "after": [each.after for each in moves],
        "last": [each.last for each in moves],
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(MOVE_ON, asked)
        if cursor.rowcount != len(moves):
            raise Conflict
